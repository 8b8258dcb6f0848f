"""Whether a prior names what is wrong with a pair."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...annotation.event_types import READ_EVENTS
from ...registry import MODELS


@MODELS.register_module()
class EventLoss(nn.Module):
    """Binary cross-entropy between the events read out of priors and those of the annotations.

    Args:
        loss_weight (float): Factor of the loss. Default: 0.1.
    """

    def __init__(self, loss_weight: float = 0.1) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, logits: Tensor, events: Sequence[Sequence[str] | None]) -> Tensor:
        """Compute the loss.

        Args:
            logits (Tensor): Of :data:`READ_EVENTS`, (N, len(READ_EVENTS)).
            events (Sequence[Sequence[str] | None]): Event names of each pair; None: nobody looked at it.

        Returns:
            Tensor: A scalar, 0 if nothing is known of any pair.
        """
        known = [index for index, names in enumerate(events) if names is not None]
        if not known:
            return 0 * logits.sum()
        wanted = [[float(name in (events[index] or ())) for name in READ_EVENTS] for index in known]
        values = F.binary_cross_entropy_with_logits(
            logits[known].float(), torch.tensor(wanted).to(logits.device)
        )
        return self.loss_weight * values
