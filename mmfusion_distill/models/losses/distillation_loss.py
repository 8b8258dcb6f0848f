"""What a student learns from its teacher, and from annotations."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...annotation.event_types import READ_EVENTS
from ...registry import MODELS


@MODELS.register_module()
class FeatureDistillationLoss(nn.Module):
    """Smooth L1 distance between features normalised over channels, summed over the levels.

    Args:
        loss_weight (float): Factor of the loss. Default: 0.1.
    """

    def __init__(self, loss_weight: float = 0.1) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(
        self, student: Sequence[Tensor], teacher: Sequence[Tensor], weight: Tensor | None = None
    ) -> Tensor:
        """Compute the loss.

        Args:
            student (Sequence[Tensor]): Features of the student, adapted to the teacher's widths,
                (N, C_l, H_l, W_l).
            teacher (Sequence[Tensor]): Features of the teacher, of the same shapes.
            weight (Tensor, optional): (N,) factor of every sample. Default: None.

        Returns:
            Tensor: A scalar.
        """
        total = 0.0
        for ours, theirs in zip(student, teacher, strict=True):
            with torch.autocast(ours.device.type, enabled=False):
                unit_ours = F.normalize(ours.float(), dim=1)
                unit_theirs = F.normalize(theirs.float(), dim=1)
                total = total + _weighted(F.smooth_l1_loss(unit_ours, unit_theirs, reduction="none"), weight)
        return self.loss_weight * total


class WeightedDistanceLoss(nn.Module):
    """Mean distance of what the student makes to what the teacher makes, samples weighted.

    Args:
        loss_weight (float): Factor of the loss. Default: 1.0.
    """

    def __init__(self, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, student: Tensor, teacher: Tensor, weight: Tensor | None = None) -> Tensor:
        """Two tensors (N, ...), and the weights (N,) of the samples if they differ, to a scalar."""
        return self.loss_weight * _weighted(self.distances(student.float(), teacher.float()), weight)

    def distances(self, student: Tensor, teacher: Tensor) -> Tensor:
        """Distance of every value."""
        raise NotImplementedError


@MODELS.register_module()
class ResultDistillationLoss(WeightedDistanceLoss):
    """Smooth L1 distance between the results of student and teacher, (N, C, H, W)."""

    def distances(self, student: Tensor, teacher: Tensor) -> Tensor:
        """Of every pixel and channel."""
        return F.smooth_l1_loss(student, teacher, reduction="none")


@MODELS.register_module()
class PriorDistillationLoss(WeightedDistanceLoss):
    """Squared distance of the student's prior to the one that the teacher makes of the text, (N, num_values)."""

    def distances(self, student: Tensor, teacher: Tensor) -> Tensor:
        """Of every number."""
        return (student - teacher).square()


def _weighted(values: Tensor, weight: Tensor | None) -> Tensor:
    """Mean of (N, ...), each sample with its weight."""
    return values.mean() if weight is None else (values.flatten(1).mean(dim=1) * weight).mean()


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
