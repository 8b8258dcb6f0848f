"""Both sources at another scale."""

import cv2
import numpy as np

from ...registry import TRANSFORMS
from ...user_errors import UserError
from .pair_transform import PairTransform


@TRANSFORMS.register_module()
class RandomPairResize(PairTransform):
    """Resize both sources alike, since sharpness and noise at a pixel's scale differ from camera to camera.

    Required and modified keys: `img_a`, `img_b` (H, W, C), float32 in [0, 255].

    Args:
        scale (tuple[float, float]): Range of the factor, drawn evenly in its logarithm.
        min_size (tuple[int, int]): Height and width that are kept, that of the crop to come: a smaller factor is
            raised as far as needed. Default: (1, 1).
        keys (tuple[str, ...]): What is resized alike. Default: ('img_a', 'img_b').

    Raises:
        UserError: If the range is not positive and ascending.
    """

    def __init__(
        self,
        scale: tuple[float, float],
        min_size: tuple[int, int] = (1, 1),
        keys: tuple[str, ...] = ("img_a", "img_b"),
    ) -> None:
        if not 0 < scale[0] <= scale[1]:
            raise UserError(f"RandomPairResize: scale is {scale}, wanted a range above 0")
        self.scale = tuple(scale)
        self.min_size = tuple(min_size)
        self.keys = tuple(keys)

    def transform(self, results: dict) -> dict:
        """Resize one pair."""
        height, width = results["img_a"].shape[:2]
        factor = np.exp(np.random.uniform(*np.log(self.scale)))
        factor = max(factor, self.min_size[0] / height, self.min_size[1] / width)
        size = (max(round(width * factor), self.min_size[1]), max(round(height * factor), self.min_size[0]))
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        for key in self.keys:
            channels = results[key].shape[2]
            resized = cv2.resize(results[key], size, interpolation=method).reshape(size[1], size[0], channels)
            results[key] = np.rint(np.clip(resized, 0, 255)).astype(np.float32)
        return results
