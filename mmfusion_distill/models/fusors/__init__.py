"""Models that the runner trains and tests: a fusion network by itself, and a student beside its teacher."""

# Whoever trains such a model can start it from `mmfusion://student`.
from ..weight_files import checkpoint_schemes  # noqa: F401
from .fusion_distiller import FusionDistiller
from .image_fusor import ImageFusor
from .preprocessors import FusionDataPreprocessor, PairDataPreprocessor

__all__ = ["FusionDataPreprocessor", "FusionDistiller", "ImageFusor", "PairDataPreprocessor"]
