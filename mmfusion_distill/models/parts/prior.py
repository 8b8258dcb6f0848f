"""Base of the priors."""

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from ...annotation.event_types import READ_EVENTS


class Prior(BaseModule):
    """A few dozen numbers in (-1, 1) that say what is wrong with a pair.

    All that a network decides for the whole image by more than statistics reads them: guidance, noise filter, tone
    curves. A teacher makes them from a text (:class:`TextPrior`), a student from the pair (:class:`PicturePrior`), so
    that a student can be given its teacher's. A linear read-out names the events.

    Args:
        num_inputs (int): Values that the numbers are made of.
        hidden (int): Hidden values of the perceptron.
        num_values (int): Numbers.
        init_cfg (dict, optional): As in mmengine. Default: None.
    """

    #: Whether it is made of a text embedding. All priors take text, deepest map and statistics, and read their own.
    reads_text = False

    def __init__(self, num_inputs: int, hidden: int, num_values: int, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        self.num_values = num_values
        self.layers = nn.Sequential(nn.Linear(num_inputs, hidden), nn.GELU(), nn.Linear(hidden, num_values))
        self.read_out = nn.Linear(num_values, len(READ_EVENTS))

    def pooled(self, feature: Tensor) -> Tensor | None:
        """What it pools of the deepest merged map, (N, channels, h, w), to (N, length); None: nothing."""
        return None

    def events(self, prior: Tensor) -> Tensor:
        """Logits of :data:`READ_EVENTS`, (N, len(READ_EVENTS)), of priors (N, num_values)."""
        return self.read_out(prior)

    def _made_of(self, values: Tensor) -> Tensor:
        return torch.tanh(self.layers(values))


def steered(own: Tensor | None, given: Tensor | None) -> Tensor | None:
    """A network's own prior, (N, num_values), with what is given, (N or 1, num_values), where that is not NaN."""
    return own if own is None or given is None else torch.where(torch.isnan(given), own, given)
