"""Image pairs, their annotations and transforms."""

from ..annotation.annotation_file import read_annotation
from ..annotation.annotation_parser import parse_annotation
from ..annotation.annotation_types import Annotation, AnnotationError, Event
from ..io.image_files import PairingError
from ..io.image_io import ImageReadError, read_image, write_image
from ..io.pairing import ImagePair, find_pairs
from ..lazy import lazy_attributes

# What needs PyTorch; pictures and annotations do not.
__getattr__, _lazy = lazy_attributes(
    __name__,
    {
        "LoadImagePair": ".transforms",
        "LoadPairedImage": ".transforms",
        "PackPair": ".transforms",
        "PairedFusionDataset": ".paired_fusion_dataset",
        "RandomDegradation": ".transforms",
        "RandomDropText": ".transforms",
        "RandomEvenSource": ".transforms",
        "RandomPairCrop": ".transforms",
        "RandomTextConflict": ".transforms",
        "SeededConcatDataset": ".seeded_concat_dataset",
        "SeededDefaultSampler": ".seeded_samplers",
        "SeededInfiniteSampler": ".seeded_samplers",
        "VisibleOnly": ".transforms",
    },
)

__all__ = [
    "Annotation",
    "AnnotationError",
    "Event",
    "ImagePair",
    "ImageReadError",
    "PairingError",
    "find_pairs",
    "parse_annotation",
    "read_annotation",
    "read_image",
    "write_image",
    *_lazy,
]
