"""Any number of losses, named in the config."""

from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from ...registry import MODELS
from ...user_errors import UserError


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
        """Compute every loss.

        Args:
            fused (Tensor): Fused image, (N, 3, H, W) in [0, 1].
            img_a (Tensor): Source A, (N, 1 or 3, H, W) in [0, 1].
            img_b (Tensor): Source B, (N, 1, H, W) in [0, 1].
            events (Sequence[Sequence[str]], optional): Not used. Default: None.
            weight (Tensor, optional): (N,) factor of every sample. Default: None.

        Returns:
            dict[str, Tensor]: Scalars `loss_<name>`.
        """
        return {
            f"loss_{name}": loss(fused, img_a, img_b, weight=weight) for name, loss in self.losses.items()
        }

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """The sum of the losses for each sample, (N,)."""
        values = (
            loss.loss_weight * loss.per_sample(fused.float(), img_a.float(), img_b.float())
            for loss in self.losses.values()
        )
        return sum(values)
