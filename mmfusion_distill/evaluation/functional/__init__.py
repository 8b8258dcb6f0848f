"""Fusion metrics as pure functions on pictures, one file for each family."""

from .contrast import average_gradient, edge_intensity, spatial_frequency, standard_deviation
from .correlation import correlation_coefficient, difference_correlation, difference_correlations
from .edge_loss import added_edges, fusion_artifacts, information_loss, lost_edges
from .edge_preservation import (
    edge_preservation,
    source_edge_preservation,
    weighted_edge_preservation,
)
from .feature_mutual_information import feature_mutual_information
from .fusion_visual_fidelity import fusion_visual_information_fidelity
from .information import (
    cross_entropy,
    entropy,
    mutual_information,
    normalized_mutual_information,
)
from .multiscale_structural import (
    multiscale_structural_similarities,
    multiscale_structural_similarity,
)
from .perceptual import chen_blum, chen_varshney
from .phase_congruency import phase_congruency_preservation
from .pixel_error import (
    ciede2000,
    fusion_peak_signal_to_noise_ratio,
    mean_squared_error,
    peak_signal_to_noise_ratio,
    root_mean_squared_error,
)
from .saliency_structural import piella, yang
from .structural import structural_similarities, structural_similarity
from .visual_fidelity import visual_information_fidelities, visual_information_fidelity
from .wavelet_preservation import wavelet_detail_preservation

__all__ = [
    "added_edges",
    "average_gradient",
    "chen_blum",
    "chen_varshney",
    "ciede2000",
    "correlation_coefficient",
    "cross_entropy",
    "difference_correlation",
    "difference_correlations",
    "edge_intensity",
    "edge_preservation",
    "entropy",
    "feature_mutual_information",
    "fusion_artifacts",
    "fusion_peak_signal_to_noise_ratio",
    "fusion_visual_information_fidelity",
    "information_loss",
    "lost_edges",
    "mean_squared_error",
    "multiscale_structural_similarities",
    "multiscale_structural_similarity",
    "mutual_information",
    "normalized_mutual_information",
    "peak_signal_to_noise_ratio",
    "phase_congruency_preservation",
    "piella",
    "root_mean_squared_error",
    "source_edge_preservation",
    "spatial_frequency",
    "standard_deviation",
    "structural_similarities",
    "structural_similarity",
    "visual_information_fidelities",
    "visual_information_fidelity",
    "wavelet_detail_preservation",
    "weighted_edge_preservation",
    "yang",
]
