"""Pairs whose source B says nothing."""

import numpy as np

from ...registry import TRANSFORMS
from ...user_errors import UserError
from .pair_transform import PairTransform


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
