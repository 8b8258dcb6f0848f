"""Shared code of the losses between a fused image and its sources."""

import torch
from torch import Tensor, nn

from ...user_errors import UserError

REDUCTIONS = ("none", "mean", "sum")


class SampleWiseLoss(nn.Module):
    """Base of losses that have one value per sample, which may be weighted per sample.

    Subclasses implement :meth:`per_sample`. Images are in [0, 1]; with mixed precision they are computed in
    float32 all the same.

    Args:
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.

    Raises:
        UserError: If `reduction` is none of these.
    """

    def __init__(self, loss_weight: float = 1.0, reduction: str = "mean") -> None:
        super().__init__()
        if reduction not in REDUCTIONS:
            raise UserError(f"unsupported reduction '{reduction}': use one of {', '.join(REDUCTIONS)}")
        self.loss_weight = loss_weight
        self.reduction = reduction

    def forward(self, fused: Tensor, img_a: Tensor, img_b: Tensor, weight: Tensor | None = None) -> Tensor:
        """Compute the loss.

        Args:
            fused (Tensor): Fused image F, (N, 1 or 3, H, W).
            img_a (Tensor): Source A, (N, 1 or 3, H, W).
            img_b (Tensor): Source B, (N, 1, H, W).
            weight (Tensor, optional): (N,) factor of every sample. Default: None.

        Returns:
            Tensor: A scalar, or (N,) with reduction 'none'.
        """
        with torch.autocast(fused.device.type, enabled=False):
            values = self.per_sample(fused.float(), img_a.float(), img_b.float())
        if weight is not None:
            values = values * weight.to(values)
        values = self.loss_weight * values
        if self.reduction == "none":
            return values
        return values.mean() if self.reduction == "mean" else values.sum()

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample, (N,)."""
        raise NotImplementedError


def mean_per_sample(x: Tensor) -> Tensor:
    """Mean over everything but the batch: (N, ...) to (N,)."""
    return x.flatten(1).mean(dim=1)


def match_channels(x: Tensor, like: Tensor) -> Tensor:
    """Repeat a gray image to the channels of another, (N, 1, H, W) to (N, C, H, W)."""
    return x.expand(-1, like.shape[1], -1, -1) if x.shape[1] == 1 else x
