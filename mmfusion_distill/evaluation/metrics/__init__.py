"""Fusion metrics as pure functions on pictures."""

from .contrast import average_gradient, spatial_frequency, standard_deviation
from .correlation import correlation_coefficient, difference_correlation
from .edge_preservation import combined_edge_preservation, edge_preservation, source_edge_preservation
from .information import entropy, mutual_information
from .structural import structural_similarities, structural_similarity
from .visual_fidelity import visual_information_fidelities, visual_information_fidelity

__all__ = [
    "average_gradient",
    "combined_edge_preservation",
    "correlation_coefficient",
    "difference_correlation",
    "edge_preservation",
    "entropy",
    "mutual_information",
    "source_edge_preservation",
    "spatial_frequency",
    "standard_deviation",
    "structural_similarities",
    "structural_similarity",
    "visual_information_fidelities",
    "visual_information_fidelity",
]
