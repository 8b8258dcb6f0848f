"""The table of metrics: name, direction, and how a score is made of a pair and its fusion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import functional as m
from .feature_mutual_information import FEATURES
from .fusion_triple import FusionTriple
from .gray_image import GrayImage
from .metric_entry import MetricEntry, SourceScores
from .protocols import Protocol

__all__ = ["METRICS_BY_NAME", "FusionTriple", "MetricEntry", "SourceScores"]


def _sum(triple: FusionTriple, protocol: Protocol, values: SourceScores) -> float:
    return values[0] + values[1]


def _mean(triple: FusionTriple, protocol: Protocol, values: SourceScores) -> float:
    return (values[0] + values[1]) / 2


def _total_of_ssim(triple: FusionTriple, protocol: Protocol, values: SourceScores) -> float:
    total = _sum if protocol.ssim_total == "sum" else _mean
    return total(triple, protocol, values)


def _total_of_cc(triple: FusionTriple, protocol: Protocol, values: SourceScores) -> float:
    total = _sum if protocol.cc_total == "sum" else _mean
    return total(triple, protocol, values)


def _towards_each(function: Callable[..., float]) -> Callable[..., SourceScores]:
    """Per-source scores of ``function(source, fused, protocol)``."""
    return lambda t, p: (function(t.img_a, t.fused, p), function(t.img_b, t.fused, p))


def _entropy(t: FusionTriple, p: Protocol) -> float:
    return m.entropy(t.fused, all_channels=p.en_channels == "pooled")


def _average_gradient(t: FusionTriple, p: Protocol) -> float:
    return m.average_gradient(t.fused, p.ag_divisor)


def _spatial_frequency(t: FusionTriple, p: Protocol) -> float:
    return m.spatial_frequency(t.fused, p.sf_channels)


def _psnr(source: GrayImage, fused: GrayImage, p: Protocol) -> float:
    return _psnr_of_error(_psnr_error(source, fused, p), fused, p)


def _psnr_total(t: FusionTriple, p: Protocol, values: SourceScores) -> float:
    errors = [_psnr_error(source, t.fused, p) for source in (t.img_a, t.img_b)]
    return _psnr_of_error(sum(errors) / 2, t.fused, p)


def _psnr_error(source: GrayImage, fused: GrayImage, p: Protocol) -> float:
    if p.psnr_form == "rmse_of_sum":
        return m.root_mean_squared_error(source, fused, "root_of_sum")
    return m.mean_squared_error(source, fused)


def _psnr_of_error(error: float, fused: GrayImage, p: Protocol) -> float:
    peak: Any = p.psnr_peak
    if peak == "fused_maximum":
        # One gray level at least: a black result has no peak.
        peak = max(float(fused.values.max()), 1.0) / 255.0
    return m.peak_signal_to_noise_ratio(error, fused.values.size, peak)


def _mse(source: GrayImage, fused: GrayImage, p: Protocol) -> float:
    scale = 255.0**2 if p.mse_scale == "gray_levels" else 1.0
    return scale * m.mean_squared_error(source, fused)


def _scd(t: FusionTriple, p: Protocol) -> SourceScores:
    return (
        m.difference_correlation(t.img_a, t.img_b, t.fused),
        m.difference_correlation(t.img_b, t.img_a, t.fused),
    )


def _ssim(t: FusionTriple, p: Protocol) -> SourceScores:
    sources = [t.img_a, t.img_b]
    return tuple(m.structural_similarities(sources, t.fused, p.ssim_window, p.ssim_range))


def _ms_ssim(t: FusionTriple, p: Protocol) -> SourceScores:
    return tuple(m.multiscale_structural_similarities([t.img_a, t.img_b], t.fused))


def _vif(t: FusionTriple, p: Protocol) -> SourceScores:
    return tuple(m.visual_information_fidelities([t.img_a, t.img_b], t.fused, p.vif_padding))


def _viff(t: FusionTriple, p: Protocol, values: SourceScores) -> float:
    return m.fusion_visual_information_fidelity([t.img_a, t.img_b], t.fused)


def _qabf(t: FusionTriple, p: Protocol, values: SourceScores) -> float:
    return m.combined_edge_preservation(t.img_a, t.img_b, *values)


def _nabf(t: FusionTriple, p: Protocol, values: SourceScores) -> float:
    return m.fusion_artifacts(t.img_a, t.img_b, t.fused)


def _nabf_per_source(t: FusionTriple, p: Protocol) -> SourceScores:
    shares = m.lost_and_added_edges(t.img_a, t.img_b, t.fused)
    return tuple(share.artifacts / share.total for share in shares)


def _labf(t: FusionTriple, p: Protocol, values: SourceScores) -> float:
    return m.fusion_loss(t.img_a, t.img_b, t.fused)


def _labf_per_source(t: FusionTriple, p: Protocol) -> SourceScores:
    shares = m.lost_and_added_edges(t.img_a, t.img_b, t.fused)
    return tuple(share.lost / share.total for share in shares)


def _qcv(t: FusionTriple, p: Protocol, values: SourceScores) -> float:
    scores = [m.chen_varshney(source, t.fused) for source in (t.img_a, t.img_b)]
    total = sum(score.weight for score in scores)
    if total == 0:
        return sum(values) / 2
    return sum(score.value * score.weight for score in scores) / total


def _qcb(t: FusionTriple, p: Protocol, values: SourceScores) -> float:
    scores = m.chen_blum(t.img_a, t.img_b, t.fused)
    return sum(score.value * score.weight for score in scores)


def _qcb_per_source(t: FusionTriple, p: Protocol) -> SourceScores:
    return tuple(score.value for score in m.chen_blum(t.img_a, t.img_b, t.fused))


def _qp(t: FusionTriple, p: Protocol, values: SourceScores) -> float:
    return m.phase_congruency_preservation([t.img_a, t.img_b], t.fused)


def _qm(t: FusionTriple, p: Protocol, values: SourceScores) -> float:
    sources = [m.detail_preservation(source, t.fused) for source in (t.img_a, t.img_b)]
    return m.combine_detail_preservation(*sources)


def _qs(t: FusionTriple, p: Protocol, values: SourceScores) -> float:
    return sum(score.value * score.weight for score in m.piella(t.img_a, t.img_b, t.fused))


def _qs_per_source(t: FusionTriple, p: Protocol) -> SourceScores:
    return tuple(score.value for score in m.piella(t.img_a, t.img_b, t.fused))


def _qy(t: FusionTriple, p: Protocol, values: SourceScores) -> float:
    return m.yang(t.img_a, t.img_b, t.fused)


def _feature_entry(feature: str) -> MetricEntry:
    return MetricEntry(
        f"FMI_{feature}",
        f"feature mutual information ({feature})",
        _mean,
        _towards_each(lambda s, f, p: m.feature_mutual_information(s, f, feature)),
    )


_ENTRIES = (
    MetricEntry("EN", "entropy", _entropy),
    MetricEntry("SD", "standard deviation", lambda t, p: m.standard_deviation(t.fused)),
    MetricEntry("SF", "spatial frequency", _spatial_frequency),
    MetricEntry("AG", "average gradient", _average_gradient),
    MetricEntry("EI", "edge intensity", lambda t, p: m.edge_intensity(t.fused)),
    MetricEntry(
        "CE",
        "cross entropy",
        _mean,
        _towards_each(lambda s, f, p: m.cross_entropy(s, f)),
        higher_is_better=False,
    ),
    MetricEntry(
        "MI",
        "mutual information",
        _sum,
        _towards_each(lambda s, f, p: m.mutual_information(s, f, p.mi_unit)),
    ),
    MetricEntry(
        "NMI",
        "normalised mutual information",
        _sum,
        _towards_each(lambda s, f, p: m.normalized_mutual_information(s, f)),
    ),
    *(_feature_entry(feature) for feature in FEATURES),
    MetricEntry("PSNR", "peak signal-to-noise ratio", _psnr_total, _towards_each(_psnr)),
    MetricEntry(
        "MSE",
        "mean squared error",
        _mean,
        _towards_each(_mse),
        higher_is_better=False,
    ),
    MetricEntry(
        "RMSE",
        "root mean squared error",
        _mean,
        _towards_each(lambda s, f, p: m.root_mean_squared_error(s, f, p.rmse_form)),
        higher_is_better=False,
    ),
    MetricEntry(
        "CC",
        "correlation coefficient",
        _total_of_cc,
        _towards_each(lambda s, f, p: m.correlation_coefficient(s, f)),
    ),
    MetricEntry("SCD", "sum of the correlations of differences", _sum, _scd),
    MetricEntry("SSIM", "structural similarity", _total_of_ssim, _ssim),
    MetricEntry("MS-SSIM", "multi-scale structural similarity", _total_of_ssim, _ms_ssim),
    MetricEntry("VIF", "visual information fidelity", _sum, _vif),
    MetricEntry(
        "VIFF",
        "visual information fidelity for fusion",
        _viff,
        _towards_each(lambda s, f, p: m.fusion_visual_information_fidelity([s], f)),
    ),
    MetricEntry(
        "Qabf",
        "edge preservation",
        _qabf,
        _towards_each(lambda s, f, p: m.source_edge_preservation(s, f)),
    ),
    MetricEntry("Nabf", "fusion artifacts", _nabf, _nabf_per_source, higher_is_better=False),
    MetricEntry("Labf", "fusion loss", _labf, _labf_per_source, higher_is_better=False),
    MetricEntry(
        "Qcv",
        "Chen-Varshney, visible regional error",
        _qcv,
        _towards_each(lambda s, f, p: m.chen_varshney(s, f).value),
        higher_is_better=False,
    ),
    MetricEntry("Qcb", "Chen-Blum, contrast preservation", _qcb, _qcb_per_source),
    MetricEntry(
        "Qp",
        "phase congruency preservation",
        _qp,
        _towards_each(lambda s, f, p: m.phase_congruency_preservation([s], f)),
    ),
    MetricEntry(
        "QM",
        "wavelet detail preservation",
        _qm,
        _towards_each(lambda s, f, p: m.combine_detail_preservation(m.detail_preservation(s, f))),
    ),
    MetricEntry("QS", "Piella, weighted structural similarity", _qs, _qs_per_source),
    MetricEntry("QY", "Yang, similarity", _qy, _towards_each(lambda s, f, p: m.yang(s, s, f))),
    MetricEntry(
        "CIEDE2000",
        "colour difference to source A",
        lambda t, p: m.ciede2000(t.img_a, t.fused),
        higher_is_better=False,
    ),
)

METRICS_BY_NAME = {entry.name: entry for entry in _ENTRIES}
