"""Tones, even sources and areas without data."""

import cv2
import numpy as np

from ...registry import TRANSFORMS
from ...user_errors import UserError
from .geometry import PairTransform, sample_generator


@TRANSFORMS.register_module()
class RandomTone(PairTransform):
    """Draw tone curves for the sources, so that a network learns more than the brightness of one data set.

    Not a degradation: what comes out is the reference. So put it before :class:`RandomDegradation`.

    Required and modified keys: `img_a`, `img_b` (H, W, C), float32 in [0, 255].

    Args:
        prob (float): Share of the sources, A and B by themselves, that get a curve.
        gamma_a (tuple[float, float]): Range of the exponent for A, drawn evenly in its logarithm.
            Default: (0.6, 1.7).
        gamma_b (tuple[float, float]): Of B. Default: (0.5, 2.0).
        contrast_b (tuple[float, float]): Range of a factor on B's contrast, around a level that is drawn too.
            Default: (0.5, 1.0).
        invert_prob (float): Share of the pairs whose B is turned from white-hot to black-hot. Default: 0.1.

    Raises:
        UserError: If a probability is none, or a range is not positive and ascending.
    """

    def __init__(
        self,
        prob: float,
        gamma_a: tuple[float, float] = (0.6, 1.7),
        gamma_b: tuple[float, float] = (0.5, 2.0),
        contrast_b: tuple[float, float] = (0.5, 1.0),
        invert_prob: float = 0.1,
    ) -> None:
        if not (0 <= prob <= 1 and 0 <= invert_prob <= 1):
            raise UserError(f"RandomTone: prob {prob} and invert_prob {invert_prob} are wanted in [0, 1]")
        for name, bounds in (("gamma_a", gamma_a), ("gamma_b", gamma_b), ("contrast_b", contrast_b)):
            if not 0 < bounds[0] <= bounds[1]:
                raise UserError(f"RandomTone: {name} is {bounds}, wanted a range above 0")
        self.prob = prob
        self.gamma_a, self.gamma_b, self.contrast_b = tuple(gamma_a), tuple(gamma_b), tuple(contrast_b)
        self.invert_prob = invert_prob

    def transform(self, results: dict) -> dict:
        """Change the tone of one pair, or leave it."""
        rng = sample_generator()
        if rng.random() < self.invert_prob:
            results["img_b"] = 255 - results["img_b"]
        if rng.random() < self.prob:
            results["img_a"] = _curve(results["img_a"], rng, self.gamma_a)
        if rng.random() < self.prob:
            image = _curve(results["img_b"], rng, self.gamma_b)
            contrast = rng.uniform(*self.contrast_b)
            results["img_b"] = np.rint(image * contrast + rng.uniform(0, 255) * max(1 - contrast, 0))
            results["img_b"] = np.clip(results["img_b"], 0, 255)
        return results


def _curve(image: np.ndarray, rng: np.random.Generator, gamma: tuple[float, ...]) -> np.ndarray:
    exponent = np.exp(rng.uniform(*np.log(gamma)))
    return np.rint(255 * (image / 255) ** np.float32(exponent)).astype(np.float32)


@TRANSFORMS.register_module()
class RandomEvenSource(PairTransform):
    """Replace some sources B by an even image of any level: the result is then to be A, whatever the level.

    Modified keys: `img_b`. Put it before :class:`RandomDegradation`, so that the target is even too.

    Args:
        prob (float): Share of the pairs, in [0, 1].

    Raises:
        UserError: If `prob` is no probability.
    """

    def __init__(self, prob: float) -> None:
        if not 0 <= prob <= 1:
            raise UserError(f"RandomEvenSource: prob is {prob}, wanted a probability in [0, 1]")
        self.prob = prob

    def transform(self, results: dict) -> dict:
        """Replace B of one pair, or leave it."""
        if np.random.random() < self.prob:
            results["img_b"] = np.full_like(results["img_b"], np.random.randint(0, 256))
        return results


@TRANSFORMS.register_module()
class RandomFillArea(PairTransform):
    """Fill a border or a wedge of one source with black or white; the target is the other source there.

    Put it behind :class:`RandomDegradation`: a source without data has no say in its area, nor has the area's edge,
    so the target of that source becomes the luminance of the other's, gradually over `RAMP` pixels around the area.

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
        rng = sample_generator()
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
