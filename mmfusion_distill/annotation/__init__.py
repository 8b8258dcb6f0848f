"""Who writes annotations of image pairs: image statistics, a local model, a server."""

from .annotate_pairs import AnnotationSummary, annotate_pairs
from .annotators.base import AnnotationResult, Annotator
from .annotators.builder import build_annotator
from .modalities import MODALITIES

__all__ = [
    "MODALITIES",
    "AnnotationResult",
    "AnnotationSummary",
    "Annotator",
    "annotate_pairs",
    "build_annotator",
]
