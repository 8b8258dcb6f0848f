"""Leaving the text out at random."""

import numpy as np

from ...registry import TRANSFORMS
from ...user_errors import UserError
from .pair_transform import PairTransform


@TRANSFORMS.register_module()
class RandomDropText(PairTransform):
    """Train some samples with the learned null embedding, so that the network also runs without text.

    Needs a guidance with `null_embedding=True`. The events of the sample still choose its loss weights.

    Added keys: `drop_text` (bool).

    Args:
        prob (float): Probability in [0, 1].
    """

    def __init__(self, prob: float) -> None:
        if not 0 <= prob <= 1:
            raise UserError(f"RandomDropText: prob is {prob}, wanted a probability in [0, 1]")
        self.prob = prob

    def transform(self, results: dict) -> dict:
        """Decide for one sample."""
        results["drop_text"] = bool(np.random.random() < self.prob)
        return results
