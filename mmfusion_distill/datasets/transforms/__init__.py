"""Transforms of image pairs."""

from .load_image_pair import LoadImagePair
from .pack_pair import PackPair
from .random_degradation import RandomDegradation
from .random_drop_text import RandomDropText
from .random_even_source import RandomEvenSource
from .random_pair_crop import RandomPairCrop
from .random_text_conflict import RandomTextConflict

__all__ = [
    "LoadImagePair",
    "PackPair",
    "RandomDegradation",
    "RandomDropText",
    "RandomEvenSource",
    "RandomPairCrop",
    "RandomTextConflict",
]
