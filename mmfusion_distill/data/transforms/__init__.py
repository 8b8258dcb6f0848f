"""Transforms of image pairs."""

from .append_events import AppendEvents
from .load_image_pair import LoadImagePair
from .load_paired_image import LoadPairedImage
from .pack_pair import PackPair
from .random_degradation import RandomDegradation
from .random_drop_text import RandomDropText
from .random_even_source import RandomEvenSource
from .random_fill_area import RandomFillArea
from .random_pair_crop import RandomPairCrop
from .random_pair_resize import RandomPairResize
from .random_text_conflict import RandomTextConflict
from .random_tone import RandomTone
from .visible_only import VisibleOnly

__all__ = [
    "AppendEvents",
    "LoadImagePair",
    "LoadPairedImage",
    "PackPair",
    "RandomDegradation",
    "RandomDropText",
    "RandomEvenSource",
    "RandomFillArea",
    "RandomPairCrop",
    "RandomPairResize",
    "RandomTextConflict",
    "RandomTone",
    "VisibleOnly",
]
