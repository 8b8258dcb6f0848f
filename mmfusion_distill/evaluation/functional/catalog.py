"""The table of metrics: name, direction, and how a score is made of a pair and its fusion."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from .color_difference import ciede2000
from .contrast import average_gradient, edge_intensity, spatial_frequency, standard_deviation
from .correlation import correlation_coefficient, difference_correlations
from .edge_loss import added_edges, lost_edges
from .edge_preservation import weighted_edge_preservation
from .feature_mutual_information import FEATURES, feature_mutual_informations
from .fusion_visual_fidelity import fusion_visual_information_fidelity
from .gray_image import GrayImage
from .information import cross_entropy, entropy, mutual_information, normalized_mutual_information
from .metric_entry import FusedMetric, JointMetric, MetricEntry, Scoring, SummedMetric, WeightedMetric
from .multiscale_structural import multiscale_structural_similarities
from .perceptual import chen_blum, chen_varshney
from .phase_congruency import phase_congruency_preservation
from .pixel_error import (
    fusion_peak_signal_to_noise_ratio,
    mean_squared_error,
    root_mean_squared_error,
)
from .saliency_structural import piella, yang
from .structural import structural_similarities
from .visual_fidelity import visual_information_fidelities
from .wavelet_preservation import wavelet_detail_preservation


class _ColorDifference(FusedMetric):
    """``function(img_a, fused)``: the only metric that looks at source A alone."""

    def total(self, scoring: Scoring) -> float:
        return self.function(scoring.sources[0], scoring.fused)


def _each(function: Callable[..., Any]) -> Callable[..., list]:
    """The values of ``function(source, fused)`` for each source."""

    def of_sources(sources: Sequence[GrayImage], fused: GrayImage, **options: Any) -> list:
        return [function(source, fused, **options) for source in sources]

    return of_sources


_ENTRIES: tuple[MetricEntry, ...] = (
    FusedMetric("EN", "entropy", entropy, lambda p: dict(all_channels=p.en_channels == "pooled")),
    FusedMetric("SD", "standard deviation", standard_deviation),
    FusedMetric("SF", "spatial frequency", spatial_frequency, lambda p: dict(channels=p.sf_channels)),
    FusedMetric("AG", "average gradient", average_gradient, lambda p: dict(divisor=p.ag_divisor)),
    FusedMetric("EI", "edge intensity", edge_intensity),
    SummedMetric("CE", "cross entropy", _each(cross_entropy), direction="lower", combine=lambda p: "mean"),
    SummedMetric("MI", "mutual information", _each(mutual_information), lambda p: dict(unit=p.mi_unit)),
    SummedMetric("NMI", "normalised mutual information", _each(normalized_mutual_information)),
    *(
        SummedMetric(
            f"FMI_{feature}",
            f"feature mutual information ({feature})",
            partial(feature_mutual_informations, feature=feature),
            combine=lambda p: "mean",
        )
        for feature in FEATURES
    ),
    JointMetric(
        "PSNR",
        "peak signal-to-noise ratio",
        fusion_peak_signal_to_noise_ratio,
        lambda p: dict(form=p.psnr_form, peak=p.psnr_peak),
    ),
    SummedMetric(
        "MSE",
        "mean squared error",
        _each(mean_squared_error),
        lambda p: dict(scale=p.mse_scale),
        direction="lower",
        combine=lambda p: "mean",
    ),
    SummedMetric(
        "RMSE",
        "root mean squared error",
        _each(root_mean_squared_error),
        lambda p: dict(form=p.rmse_form),
        direction="lower",
        combine=lambda p: "mean",
    ),
    SummedMetric(
        "CC", "correlation coefficient", _each(correlation_coefficient), combine=lambda p: p.cc_total
    ),
    SummedMetric("SCD", "sum of the correlations of differences", difference_correlations),
    SummedMetric(
        "SSIM",
        "structural similarity",
        structural_similarities,
        lambda p: dict(window=p.ssim_window, data_range=p.ssim_range),
        combine=lambda p: p.ssim_total,
    ),
    SummedMetric(
        "MS-SSIM",
        "multi-scale structural similarity",
        multiscale_structural_similarities,
        combine=lambda p: p.ssim_total,
    ),
    SummedMetric(
        "VIF",
        "visual information fidelity",
        visual_information_fidelities,
        lambda p: dict(padding=p.vif_padding),
    ),
    JointMetric("VIFF", "visual information fidelity for fusion", fusion_visual_information_fidelity),
    WeightedMetric("Qabf", "edge preservation", _each(weighted_edge_preservation)),
    WeightedMetric("Nabf", "fusion artifacts", added_edges, direction="lower"),
    WeightedMetric("Labf", "loss of information", lost_edges, direction="lower"),
    WeightedMetric("Qcv", "Chen-Varshney, visible regional error", _each(chen_varshney), direction="lower"),
    WeightedMetric("Qcb", "Chen-Blum, contrast preservation", lambda s, f: chen_blum(s[0], s[1], f)),
    JointMetric("Qp", "phase congruency preservation", phase_congruency_preservation),
    JointMetric("QM", "wavelet detail preservation", wavelet_detail_preservation),
    WeightedMetric("QS", "Piella, weighted structural similarity", lambda s, f: piella(s[0], s[1], f)),
    JointMetric("QY", "Yang, similarity", lambda s, f: yang(s[0], s[-1], f)),
    _ColorDifference("CIEDE2000", "colour difference to source A", ciede2000, direction="lower"),
)

METRICS_BY_NAME = {entry.name: entry for entry in _ENTRIES}
