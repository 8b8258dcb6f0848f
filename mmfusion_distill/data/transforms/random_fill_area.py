"""Areas without data, as rectification leaves them."""

import cv2
import numpy as np

from ...registry import TRANSFORMS
from ...user_errors import UserError
from .pair_transform import PairTransform


@TRANSFORMS.register_module()
class RandomFillArea(PairTransform):
    """Fill a border or a wedge of one source with black or white; the target is the other source there.

    Put it behind :class:`RandomDegradation`: a source without data has no say in its area, nor has the area's edge, so
    the target of that source becomes the luminance of the other's, gradually over `RAMP` pixels around the area.

    Required keys: `img_a`, `img_b`, `target_a`, `target_b`, (H, W, C), float32 in [0, 255]. All are modified.

    Args:
        prob (float): Share of the pairs, in [0, 1].
        share_of_b (float): Of these, the share in which B is filled, not A. Default: 0.7.
        max_width (float): Largest width of an area beside the image's. Default: 0.08.

    Raises:
        UserError: If `prob` or `share_of_b` is no probability.
    """

    RAMP = 12

    def __init__(self, prob: float, share_of_b: float = 0.7, max_width: float = 0.08) -> None:
        if not (0 <= prob <= 1 and 0 <= share_of_b <= 1):
            raise UserError(f"RandomFillArea: prob {prob} and share_of_b {share_of_b} are wanted in [0, 1]")
        self.prob, self.share_of_b, self.max_width = prob, share_of_b, max_width

    def transform(self, results: dict) -> dict:
        """Fill an area of one pair, or leave it."""
        rng = np.random.default_rng(np.random.randint(0, 2**32, dtype=np.uint32))
        if rng.random() >= self.prob:
            return results
        filled, other = ("b", "a") if rng.random() < self.share_of_b else ("a", "b")
        image = results[f"img_{filled}"].copy()
        area = self._area(rng, image.shape[:2])
        image[area] = 255 * (rng.random() < 0.25)
        results[f"img_{filled}"] = image
        share = cv2.GaussianBlur(area.astype(np.float32), (0, 0), self.RAMP / 3)[:, :, None]
        share = np.where(area[:, :, None], 1, np.minimum(2 * share, 1))
        target, shown = results[f"target_{filled}"], results[f"target_{other}"]
        shown = shown.mean(axis=2, keepdims=True) if shown.shape[2] > 1 else shown
        results[f"target_{filled}"] = target + share * (shown - target)
        return results

    def _area(self, rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """A border of one side, its inner edge tilted or not."""
        height, width = size
        if rng.random() < 0.5:
            return self._area(rng, (width, height)).T if rng.random() < 0.5 else self._rows(rng, size)
        return self._rows(rng, size)[::-1]

    def _rows(self, rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        height, width = size
        ends = rng.uniform(0, self.max_width * height, 2)
        if rng.random() < 0.5:
            ends[1] = ends[0]
        edge = np.linspace(*ends, width) + 2
        return np.arange(height)[:, None] < edge
