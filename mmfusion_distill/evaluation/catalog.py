"""The table of metrics: name, direction, and how a score is made of a pair and its fusion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import metrics as m
from .gray_image import GrayImage
from .protocols import Protocol

__all__ = ["METRICS_BY_NAME", "FusionTriple", "MetricEntry", "get_metric"]


@dataclass(frozen=True)
class FusionTriple:
    """Source A, source B and their fusion, all of one size."""

    img_a: GrayImage
    img_b: GrayImage
    fused: GrayImage


SourceScores = tuple[float, float]


@dataclass(frozen=True)
class MetricEntry:
    """One metric of the table.

    Args:
        name: Key in results.
        title: Full name.
        score: The fusion score of a triple under a protocol. For a source-wise metric it also
            gets the two per-source values.
        per_source: The values towards A and towards B; None if the metric has no sources.
        higher_is_better: Direction.
    """

    name: str
    title: str
    score: Callable[..., float]
    per_source: Callable[[FusionTriple, Protocol], SourceScores] | None = None
    higher_is_better: bool = True

    def balanced(self, values: SourceScores) -> float:
        """The worse of the two per-source values."""
        return min(values) if self.higher_is_better else max(values)


def get_metric(name: str) -> MetricEntry:
    """Look a metric up by name.

    Raises:
        ValueError: If there is none; the message lists those that exist.
    """
    if name not in METRICS_BY_NAME:
        raise ValueError(f"No metric '{name}'; choose from {', '.join(METRICS_BY_NAME)}.")
    return METRICS_BY_NAME[name]


def _sum(triple: FusionTriple, protocol: Protocol, values: SourceScores) -> float:
    return values[0] + values[1]


def _mean(triple: FusionTriple, protocol: Protocol, values: SourceScores) -> float:
    return (values[0] + values[1]) / 2


def _correlation_total(triple: FusionTriple, protocol: Protocol, values: SourceScores) -> float:
    return sum(values) if protocol.cc_total == "sum" else sum(values) / 2


def _ssim_total(triple: FusionTriple, protocol: Protocol, values: SourceScores) -> float:
    return sum(values) if protocol.ssim_total == "sum" else sum(values) / 2


def _entropy(t: FusionTriple, protocol: Protocol) -> float:
    return m.entropy(t.fused, all_channels=protocol.color_channels)


def _spatial_frequency(t: FusionTriple, protocol: Protocol) -> float:
    return m.spatial_frequency(t.fused, all_channels=protocol.color_channels)


def _mutual_information(t: FusionTriple, protocol: Protocol) -> SourceScores:
    unit = protocol.mi_unit
    return m.mutual_information(t.img_a, t.fused, unit), m.mutual_information(t.img_b, t.fused, unit)


def _scd(t: FusionTriple, protocol: Protocol) -> SourceScores:
    return (
        m.difference_correlation(t.img_a, t.img_b, t.fused),
        m.difference_correlation(t.img_b, t.img_a, t.fused),
    )


def _correlation(t: FusionTriple, protocol: Protocol) -> SourceScores:
    return (
        m.correlation_coefficient(t.img_a, t.fused),
        m.correlation_coefficient(t.img_b, t.fused),
    )


def _vif(t: FusionTriple, protocol: Protocol) -> SourceScores:
    return tuple(m.visual_information_fidelities([t.img_a, t.img_b], t.fused, protocol.vif_padding))


def _ssim(t: FusionTriple, protocol: Protocol) -> SourceScores:
    return tuple(m.structural_similarities([t.img_a, t.img_b], t.fused, protocol.ssim_window))


def _edge_preservation(t: FusionTriple, protocol: Protocol) -> SourceScores:
    return (
        m.source_edge_preservation(t.img_a, t.fused),
        m.source_edge_preservation(t.img_b, t.fused),
    )


METRICS_BY_NAME = {
    entry.name: entry
    for entry in (
        MetricEntry("EN", "entropy", _entropy),
        MetricEntry("SD", "standard deviation", lambda t, p: m.standard_deviation(t.fused)),
        MetricEntry("SF", "spatial frequency", _spatial_frequency),
        MetricEntry("AG", "average gradient", lambda t, p: m.average_gradient(t.fused, p.ag_divisor)),
        MetricEntry("MI", "mutual information", _sum, _mutual_information),
        MetricEntry("SCD", "sum of correlations of differences", _sum, _scd),
        MetricEntry("CC", "correlation coefficient", _correlation_total, _correlation),
        MetricEntry("VIF", "visual information fidelity", _sum, _vif),
        MetricEntry("SSIM", "structural similarity", _ssim_total, _ssim),
        MetricEntry(
            "Qabf",
            "edge preservation",
            lambda t, p, values: m.combined_edge_preservation(t.img_a, t.img_b, *values),
            _edge_preservation,
        ),
    )
}
