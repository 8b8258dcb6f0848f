"""Who writes annotations of image pairs: image statistics, a local model, a server."""

from ..lazy import lazy_attributes
from .annotate_pairs import AnnotationSummary, annotate_pairs
from .annotators.base import AnnotationResult, Annotator
from .modalities import MODALITIES

# The annotators register with MMagic, which brings PyTorch along.
__getattr__, _lazy = lazy_attributes(
    __name__,
    {
        "OpenAIAnnotator": ".annotators.openai_annotator",
        "StatisticsAnnotator": ".annotators.statistics_annotator",
        "TransformersAnnotator": ".annotators.transformers_annotator",
        "build_annotator": ".annotators.builder",
    },
)

__all__ = [
    "MODALITIES",
    "AnnotationResult",
    "AnnotationSummary",
    "Annotator",
    "annotate_pairs",
    *_lazy,
]
