"""Models that the runner trains and tests: a fusion network by itself, and a student beside its teacher."""

from .fusion_data_preprocessor import FusionDataPreprocessor
from .fusion_distiller import FusionDistiller
from .image_fusor import ImageFusor

__all__ = ["FusionDataPreprocessor", "FusionDistiller", "ImageFusor"]
