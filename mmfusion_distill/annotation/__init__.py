"""Who writes annotations of image pairs: image statistics, a local model, a server."""

from .base import MODALITIES, AnnotationResult, Annotator
from .builder import build_annotator
from .statistics_annotator import StatisticsAnnotator

__all__ = ["MODALITIES", "AnnotationResult", "Annotator", "StatisticsAnnotator", "build_annotator"]
