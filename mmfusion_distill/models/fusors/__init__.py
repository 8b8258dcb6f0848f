"""Models that the runner trains and tests: a fusion network by itself, and a student beside its teacher."""

from .fusion_distiller import FusionDistiller
from .image_fusor import ImageFusor
from .preprocessors import FusionDataPreprocessor, PairDataPreprocessor

__all__ = ["FusionDataPreprocessor", "FusionDistiller", "ImageFusor", "PairDataPreprocessor"]
