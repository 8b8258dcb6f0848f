"""Other cameras' brightness and contrast."""

import numpy as np

from ...registry import TRANSFORMS
from ...user_errors import UserError
from .pair_transform import PairTransform


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
        rng = np.random.default_rng(np.random.randint(0, 2**32, dtype=np.uint32))
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
