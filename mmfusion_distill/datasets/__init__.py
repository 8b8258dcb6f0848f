"""Image pairs, their annotations and transforms."""

from ..files.image_io import ImageReadError, read_image, write_image
from ..files.pairing import ImagePair, PairingError, find_pairs
from .annotation_file import Annotation, AnnotationError, Event, parse_annotation, read_annotation
from .paired_fusion_dataset import PairedFusionDataset
from .seeded_samplers import SeededDefaultSampler, SeededInfiniteSampler
from .transforms import (
    LoadImagePair,
    PackPair,
    RandomDegradation,
    RandomDropText,
    RandomEvenSource,
    RandomPairCrop,
    RandomTextConflict,
)

__all__ = [
    "Annotation",
    "AnnotationError",
    "Event",
    "ImagePair",
    "ImageReadError",
    "LoadImagePair",
    "PackPair",
    "PairedFusionDataset",
    "PairingError",
    "RandomDegradation",
    "RandomDropText",
    "RandomEvenSource",
    "RandomPairCrop",
    "RandomTextConflict",
    "SeededDefaultSampler",
    "SeededInfiniteSampler",
    "find_pairs",
    "parse_annotation",
    "read_annotation",
    "read_image",
    "write_image",
]
