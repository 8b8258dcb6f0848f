"""What the student learns from the teacher."""

from collections.abc import Sequence

import torch
from mmagic.registry import MODELS
from torch import Tensor, nn
from torch.nn import functional as F


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


@MODELS.register_module()
class ResultDistillationLoss(nn.Module):
    """Smooth L1 distance between the results of student and teacher.

    Args:
        loss_weight (float): Factor of the loss. Default: 1.0.
    """

    def __init__(self, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, student: Tensor, teacher: Tensor, weight: Tensor | None = None) -> Tensor:
        """Two results (N, C, H, W), and the weights (N,) of the samples if they differ, to a scalar."""
        distances = F.smooth_l1_loss(student.float(), teacher.float(), reduction="none")
        return self.loss_weight * _weighted(distances, weight)


@MODELS.register_module()
class PriorDistillationLoss(nn.Module):
    """Mean squared distance of the student's prior to the one that the teacher makes of the text.

    Args:
        loss_weight (float): Factor of the loss. Default: 1.0.
    """

    def __init__(self, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, student: Tensor, teacher: Tensor, weight: Tensor | None = None) -> Tensor:
        """Two priors (N, num_values), and the weights (N,) of the samples if they differ, to a scalar."""
        return self.loss_weight * _weighted((student.float() - teacher.float()).square(), weight)


def _weighted(values: Tensor, weight: Tensor | None) -> Tensor:
    """Mean of (N, ...), each sample with its weight."""
    return values.mean() if weight is None else (values.flatten(1).mean(dim=1) * weight).mean()
