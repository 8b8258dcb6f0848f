"""Losses between a fused image and its sources: what they share, and any number of them."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from ...registry import MODELS
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
        return self.reduced(self.weighted(fused, img_a, img_b), weight)

    def weighted(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample, (N,), times `loss_weight`; images as for :meth:`forward`."""
        with torch.autocast(fused.device.type, enabled=False):
            return self.loss_weight * self.per_sample(fused.float(), img_a.float(), img_b.float())

    def reduced(self, values: Tensor, weight: Tensor | None = None) -> Tensor:
        """What :meth:`forward` returns, of what :meth:`weighted` gave."""
        if weight is not None:
            values = values * weight.to(values)
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


@MODELS.register_module()
class LossSet(nn.Module):
    """Losses between a fused image and its sources, by name.

    Where :class:`FusionLoss` has the published terms and lets events weigh them, this takes what the config lists.

    Args:
        losses (Mapping[str, dict]): Configs of the losses by the name they are logged under, each with its own
            `loss_weight`.

    Raises:
        UserError: If there is none.

    Example:
        >>> LossSet(dict(margin=dict(type="PyramidMarginLoss"), distance=dict(type="PyramidDistanceLoss")))
    """

    def __init__(self, losses: Mapping[str, dict]) -> None:
        super().__init__()
        if not losses:
            raise UserError("LossSet: name at least one loss")
        self.losses = nn.ModuleDict({name: MODELS.build(config) for name, config in losses.items()})

    def forward(
        self,
        fused: Tensor,
        img_a: Tensor,
        img_b: Tensor,
        events: Sequence[Sequence[str]] | None = None,
        weight: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Every loss, a scalar `loss_<name>` each; arguments as for :class:`FusionLoss`, events are not used."""
        return self.reduced(self.per_sample(fused, img_a, img_b), weight)

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> dict[str, Tensor]:
        """Every loss for each sample, (N,) each, times its `loss_weight`."""
        return {name: loss.weighted(fused, img_a, img_b) for name, loss in self.losses.items()}

    def reduced(self, values: Mapping[str, Tensor], weight: Tensor | None = None) -> dict[str, Tensor]:
        """What :meth:`forward` returns, of what :meth:`per_sample` gave."""
        return {f"loss_{name}": loss.reduced(values[name], weight) for name, loss in self.losses.items()}
