"""Random crop of both sources at the same place."""

import numpy as np

from ...registry import TRANSFORMS
from ...user_errors import UserError
from .pair_transform import PairTransform


@TRANSFORMS.register_module()
class RandomPairCrop(PairTransform):
    """Crop images alike at a random place.

    Args:
        crop_size (tuple[int, int]): Height and width.
        keys (tuple[str, ...]): What is cropped alike. Default: ('img_a', 'img_b').

    Raises:
        UserError: If an image is smaller than the crop.
    """

    def __init__(self, crop_size: tuple[int, int], keys: tuple[str, ...] = ("img_a", "img_b")) -> None:
        self.crop_size = tuple(crop_size)
        self.keys = tuple(keys)

    def transform(self, results: dict) -> dict:
        """Crop the images of `results`, (H, W, C) each."""
        height, width = results[self.keys[0]].shape[:2]
        crop_height, crop_width = self.crop_size
        if height < crop_height or width < crop_width:
            raise UserError(
                f"{results.get('img_a_path', 'an image')} is {width}x{height}, smaller than the training crop of "
                f"{crop_width}x{crop_height}: use a smaller crop_size, or leave the pair out"
            )
        left = np.random.randint(0, width - crop_width + 1)
        top = np.random.randint(0, height - crop_height + 1)
        for key in self.keys:
            results[key] = results[key][top : top + crop_height, left : left + crop_width]
        return results
