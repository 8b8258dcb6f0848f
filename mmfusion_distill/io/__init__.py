"""Pictures on disk: reading, writing, pairing. NumPy and OpenCV only, PyTorch is not needed."""

from .image_io import ImageReadError, read_image, read_image_pair, write_image
from .pair_fuser import PairFuser
from .pairing import ImagePair, PairingError, find_pairs, list_images, read_name_list
from .picture_source import PictureSource

__all__ = [
    "ImagePair",
    "ImageReadError",
    "PairFuser",
    "PairingError",
    "PictureSource",
    "find_pairs",
    "list_images",
    "read_image",
    "read_image_pair",
    "read_name_list",
    "write_image",
]
