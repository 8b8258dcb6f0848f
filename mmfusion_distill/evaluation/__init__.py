"""Evaluation: metrics as pure functions, composites, and the metric that a runner calls."""

from .baselines import BASELINES, baseline_images
from .compute import DEFAULT_METRICS, compute_metrics
from .fusion_metric import FusionMetric
from .metrics import (
    average_gradient,
    correlation_coefficient,
    difference_correlation,
    edge_preservation,
    entropy,
    mutual_information,
    source_edge_preservation,
    spatial_frequency,
    standard_deviation,
    structural_similarity,
    visual_information_fidelity,
)
from .protocols import PROTOCOLS, Protocol, get_protocol
from .quality import balanced_quality, quality

__all__ = [
    "BASELINES",
    "DEFAULT_METRICS",
    "PROTOCOLS",
    "FusionMetric",
    "Protocol",
    "average_gradient",
    "balanced_quality",
    "baseline_images",
    "compute_metrics",
    "correlation_coefficient",
    "difference_correlation",
    "edge_preservation",
    "entropy",
    "get_protocol",
    "mutual_information",
    "quality",
    "source_edge_preservation",
    "spatial_frequency",
    "standard_deviation",
    "structural_similarity",
    "visual_information_fidelity",
]
