"""The published fusion loss: all terms, weighted by what the annotation says."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from ...registry import MODELS
from ...user_errors import UserError, check_choice

#: Terms of the fusion loss, in the order of the table's columns.
LOSS_TERMS = ("max", "con", "grad", "ssim", "color")

#: Event -> weights of the terms (arXiv 2504.07029; `default` also serves events that are not in the table).
EVENT_WEIGHTS: dict[str, tuple[float, ...]] = {
    "default": (24, 40, 48, 2, 12),
    "low_light": (48, 20, 48, 2, 12),
    "over_exposure": (32, 60, 48, 2, 12),
    "ir_low_contrast": (40, 40, 48, 2, 12),
    "ir_noise": (32, 60, 48, 2, 12),
    "motion_blur": (32, 40, 72, 2, 12),
    "sensor_artifact": (24, 80, 96, 2, 12),
    "high_noise": (32, 80, 72, 2, 12),
    "medical_default": (40, 80, 72, 4, 12),
    "contrast_enhancement": (40, 60, 96, 4, 12),
    "edge_preservation": (48, 80, 72, 4, 12),
    "noise_suppression": (32, 100, 72, 4, 12),
    "detail_enhancement": (40, 80, 96, 4, 12),
    "structure_consistency": (48, 100, 72, 8, 12),
    "artifact_reduction": (32, 120, 96, 6, 12),
}


def event_weights(
    events: Sequence[Sequence[str]],
    default: str = "default",
    table: Mapping[str, Sequence[float]] = EVENT_WEIGHTS,
) -> Tensor:
    """Weights of a batch, averaged over the events of each pair.

    Args:
        events (Sequence[Sequence[str]]): Event names of every pair; no event counts as `default`.
        default (str): Row for unknown events: 'default' or 'medical_default'. Default: 'default'.
        table (Mapping[str, Sequence[float]]): Event -> weights. Default: `EVENT_WEIGHTS`.

    Returns:
        Tensor: (N, 5) on the CPU, columns as in `LOSS_TERMS`.

    Raises:
        KeyError: If `default` is not in the table.
    """
    fallback = table[default]
    rows = []
    for names in events:
        known = [table.get(name, fallback) for name in names] or [fallback]
        rows.append([sum(column) / len(known) for column in zip(*known)])
    return torch.tensor(rows, dtype=torch.float32).reshape(len(rows), len(LOSS_TERMS))


TERMS = {
    "max": dict(type="MaxIntensityLoss"),
    "con": dict(type="IntensityConsistencyLoss"),
    "grad": dict(type="JointGradientLoss"),
    "ssim": dict(type="FusionSSIMLoss"),
    "color": dict(type="ColorConsistencyLoss"),
}


@MODELS.register_module()
class FusionLoss(nn.Module):
    """Weighted sum of the SSIM, maximum-intensity, consistency, colour and gradient terms.

    The events of a pair choose the weights of its terms (:data:`EVENT_WEIGHTS`), averaged over its events.

    Args:
        default_event (str): Row of the table for pairs without events and for unknown events: 'default' or,
            for CT, PET and SPECT with MRI, 'medical_default'. Default: 'default'.
        use_events (bool): Whether events choose the weights; False uses `default_event` for every pair.
            Default: True.
        event_table (Mapping[str, Sequence[float]], optional): Rows that replace or extend the table, weights in
            the order max, con, grad, ssim, color. Default: None.
        terms (Mapping[str, dict], optional): Configs that replace a term, by its name. Default: None.
        loss_weight (float): Factor of all terms. Default: 1.0.

    Raises:
        UserError: If a name of a term or row is unknown, or a row has not five weights.
    """

    def __init__(
        self,
        default_event: str = "default",
        use_events: bool = True,
        event_table: Mapping[str, Sequence[float]] | None = None,
        terms: Mapping[str, dict] | None = None,
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__()
        self.table = {**EVENT_WEIGHTS, **(event_table or {})}
        for event, row in self.table.items():
            if len(row) != len(LOSS_TERMS):
                raise UserError(
                    f"event_table['{event}'] has {len(row)} weights, wanted {len(LOSS_TERMS)}: "
                    + ", ".join(LOSS_TERMS)
                )
        check_choice("default_event", default_event, self.table)
        unknown = set(terms or {}) - set(LOSS_TERMS)
        if unknown:
            raise UserError(f"unknown terms {sorted(unknown)}: the terms are {', '.join(LOSS_TERMS)}")
        self.default_event = default_event
        self.use_events = use_events
        self.loss_weight = loss_weight
        configs = {**TERMS, **(terms or {})}
        self.terms = nn.ModuleDict({name: MODELS.build(configs[name]) for name in LOSS_TERMS})

    def forward(
        self,
        fused: Tensor,
        img_a: Tensor,
        img_b: Tensor,
        events: Sequence[Sequence[str]] | None = None,
        weight: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Compute every term, already weighted.

        Args:
            fused (Tensor): Fused image, (N, 3, H, W) in [0, 1].
            img_a (Tensor): Source A, (N, 1 or 3, H, W) in [0, 1].
            img_b (Tensor): Source B, (N, 1, H, W) in [0, 1].
            events (Sequence[Sequence[str]], optional): Event names of each pair. Default: None.
            weight (Tensor, optional): (N,) factor of every sample. Default: None.

        Returns:
            dict[str, Tensor]: Scalars `loss_max`, `loss_con`, `loss_grad`, `loss_ssim`, `loss_color`; their sum
            is the fusion loss.
        """
        if events is None or not self.use_events:
            events = [()] * fused.shape[0]
        weights = event_weights(events, self.default_event, self.table).to(fused.device, non_blocking=True)
        if weight is not None:
            weights = weights * weight[:, None].to(weights)
        return {
            f"loss_{name}": self.loss_weight * term(fused, img_a, img_b, weight=weights[:, column])
            for column, (name, term) in enumerate(self.terms.items())
        }
