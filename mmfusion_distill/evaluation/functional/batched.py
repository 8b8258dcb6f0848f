"""Metrics of a whole batch of tensors at once, on the device where they are."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .batched_images import BatchedImages
from .batched_metrics import OF_FUSED, PER_SOURCE, TOTAL
from .compute import COMPOSITES, DEFAULT_METRICS, FORMS, parse_metric_names

__all__ = ["BATCHED_METRICS", "compute_metrics_batched"]

#: Metrics that have a batched form.
BATCHED_METRICS = (*OF_FUSED, *PER_SOURCE)


def compute_metrics_batched(
    img_a: Tensor, img_b: Tensor, fused: Tensor, metrics: Sequence[str] = DEFAULT_METRICS
) -> dict[str, Tensor]:
    """Score a batch of fused pictures by the ``standard`` protocol.

    The values of :func:`compute_metrics` picture by picture, for those metrics that gain from a GPU; definitions
    and sources of the formulas are there. On a CPU :func:`compute_metrics` is faster. Not differentiable.

    Args:
        img_a: Source A, (N, 1 or 3, H, W), RGB, values 0 to 255; uint8 (of which the luminance is rounded) or float.
        img_b: Source B, likewise.
        fused: Fused pictures, likewise.
        metrics: Keys wanted: those of ``BATCHED_METRICS``, source-wise ones also with ``_A``, ``_B`` and
            ``_balanced``, and the composites.

    Returns:
        (N,) float64 tensors under the keys in ``metrics``, in that order, on the device of ``fused``.

    Raises:
        ValueError: If shapes or values do not make pictures, or a key is unknown or has no batched form.
    """
    parsed = parse_metric_names(metrics)
    alone = [entry.name for _, entry, _ in parsed if entry is not None and entry.name not in BATCHED_METRICS]
    if alone:
        raise ValueError(
            f"{', '.join(alone)}: no batched form; use compute_metrics, or choose from {', '.join(BATCHED_METRICS)}"
        )
    shapes = {tuple(image.shape[-2:]) for image in (img_a, img_b, fused)}
    if len(shapes) > 1 or len({len(image) for image in (img_a, img_b, fused)}) > 1:
        raise ValueError(
            f"Batches of different sizes: img_a {tuple(img_a.shape)}, img_b {tuple(img_b.shape)}, fused "
            f"{tuple(fused.shape)}"
        )
    with torch.no_grad():
        scorer = _Scorer(*(BatchedImages(image) for image in (img_a, img_b, fused)))
        return {name: scorer.score(name) for name in metrics}


class _Scorer:
    def __init__(self, img_a: BatchedImages, img_b: BatchedImages, fused: BatchedImages) -> None:
        self.sources = (img_a, img_b)
        self.fused = fused
        self._per_source: dict[str, tuple[Tensor, Tensor]] = {}

    def score(self, key: str) -> Tensor:
        if key in COMPOSITES:
            inputs, composite = COMPOSITES[key]
            return composite({name: self.score(name) for name in inputs})
        ((_, entry, form),) = parse_metric_names([key])
        if entry.name in OF_FUSED:
            return OF_FUSED[entry.name](self.fused)
        if entry.name not in self._per_source:
            self._per_source[entry.name] = PER_SOURCE[entry.name](self.sources, self.fused)
        values = self._per_source[entry.name]
        if form == "balanced":
            return (torch.minimum if entry.higher_is_better else torch.maximum)(*values)
        if form:
            return values[FORMS.index(form)]
        return TOTAL[entry.name](self.sources, self.fused, values)
