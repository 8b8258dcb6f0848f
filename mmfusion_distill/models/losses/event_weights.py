"""Weights of the fusion loss by degradation event."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

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
