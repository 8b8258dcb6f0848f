"""Who writes annotations of image pairs: image statistics, a local model, a server."""

from .annotate_pairs import AnnotationSummary, annotate_pairs
from .base import MODALITIES, AnnotationResult, Annotator
from .builder import build_annotator
from .openai_annotator import OpenAIAnnotator
from .statistics_annotator import StatisticsAnnotator
from .transformers_annotator import TransformersAnnotator

__all__ = [
    "MODALITIES",
    "AnnotationResult",
    "AnnotationSummary",
    "Annotator",
    "OpenAIAnnotator",
    "StatisticsAnnotator",
    "TransformersAnnotator",
    "annotate_pairs",
    "build_annotator",
]
