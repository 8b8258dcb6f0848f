"""Transforms of image pairs."""

from .geometry import RandomPairCrop, RandomPairResize
from .gray_levels import RandomEvenSource, RandomFillArea, RandomTone
from .loading import LoadImagePair, LoadPairedImage, PackPair, VisibleOnly
from .random_degradation import RandomDegradation
from .texts import AppendEvents, BrightenNamedNight, NameRandomEvents, RandomDropText, RandomTextConflict

__all__ = [
    "AppendEvents",
    "BrightenNamedNight",
    "LoadImagePair",
    "LoadPairedImage",
    "NameRandomEvents",
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
