"""Evaluation: metrics as pure functions, composites, tables. None of it needs PyTorch.

The metric of the runner is in :mod:`.metrics`, plots are in :mod:`.report.plots`.
"""

from .functional.baselines import BASELINES, baseline_images
from .functional.catalog import METRICS_BY_NAME
from .functional.color_difference import ciede2000
from .functional.compute import (
    DEFAULT_METRICS,
    compute_metrics,
    higher_is_better,
    score_triple,
    source_wise_metrics,
)
from .functional.contrast import average_gradient, edge_intensity, spatial_frequency, standard_deviation
from .functional.correlation import correlation_coefficient, difference_correlation
from .functional.edge_loss import fusion_artifacts, information_loss
from .functional.edge_preservation import edge_preservation, source_edge_preservation
from .functional.feature_mutual_information import feature_mutual_information
from .functional.fusion_visual_fidelity import fusion_visual_information_fidelity
from .functional.gray_image import FusionTriple, GrayImage
from .functional.information import cross_entropy, entropy, mutual_information, normalized_mutual_information
from .functional.laplacian_pyramid import laplacian_pyramid_fusion
from .functional.metric_entry import MetricEntry
from .functional.multiscale_structural import multiscale_structural_similarity
from .functional.perceptual import chen_blum, chen_varshney
from .functional.phase_congruency import phase_congruency_preservation
from .functional.pixel_error import (
    mean_squared_error,
    peak_signal_to_noise_ratio,
    root_mean_squared_error,
)
from .functional.protocols import PROTOCOLS, Protocol, get_protocol
from .functional.quality import balanced_quality, quality
from .functional.saliency_structural import piella, yang
from .functional.structural import structural_similarity
from .functional.visual_fidelity import visual_information_fidelity
from .report.bootstrap import BootstrapResult, paired_bootstrap
from .report.folder import evaluate_folders, read_picture
from .report.grid import picture_grid, write_picture_grid
from .report.results import EvaluationResult
from .report.tables import per_image_csv, summary_csv, to_json, to_latex, to_markdown, write_report

__all__ = [
    "BASELINES",
    "DEFAULT_METRICS",
    "METRICS_BY_NAME",
    "PROTOCOLS",
    "BootstrapResult",
    "EvaluationResult",
    "FusionTriple",
    "GrayImage",
    "MetricEntry",
    "Protocol",
    "average_gradient",
    "balanced_quality",
    "baseline_images",
    "chen_blum",
    "chen_varshney",
    "ciede2000",
    "compute_metrics",
    "correlation_coefficient",
    "cross_entropy",
    "difference_correlation",
    "edge_intensity",
    "edge_preservation",
    "entropy",
    "evaluate_folders",
    "feature_mutual_information",
    "fusion_artifacts",
    "fusion_visual_information_fidelity",
    "get_protocol",
    "higher_is_better",
    "information_loss",
    "laplacian_pyramid_fusion",
    "mean_squared_error",
    "multiscale_structural_similarity",
    "mutual_information",
    "normalized_mutual_information",
    "paired_bootstrap",
    "peak_signal_to_noise_ratio",
    "per_image_csv",
    "phase_congruency_preservation",
    "picture_grid",
    "piella",
    "quality",
    "read_picture",
    "root_mean_squared_error",
    "score_triple",
    "source_edge_preservation",
    "source_wise_metrics",
    "spatial_frequency",
    "standard_deviation",
    "structural_similarity",
    "summary_csv",
    "to_json",
    "to_latex",
    "to_markdown",
    "visual_information_fidelity",
    "write_picture_grid",
    "write_report",
    "yang",
]
