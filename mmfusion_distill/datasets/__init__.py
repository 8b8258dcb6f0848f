"""Image pairs, their annotations and transforms."""

from .annotation_file import Annotation, AnnotationError, Event, parse_annotation, read_annotation
from .image_io import ImageReadError, read_image, write_image
from .paired_fusion_dataset import PairedFusionDataset
from .pairing import ImagePair, PairingError, find_pairs
from .seeded_samplers import SeededDefaultSampler, SeededInfiniteSampler
from .transforms import LoadImagePair, PackPair, RandomDropText, RandomPairCrop

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
    "RandomDropText",
    "RandomPairCrop",
    "SeededDefaultSampler",
    "SeededInfiniteSampler",
    "find_pairs",
    "parse_annotation",
    "read_annotation",
    "read_image",
    "write_image",
]
