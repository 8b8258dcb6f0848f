"""Pictures on disk: reading, writing, pairing, fusing. NumPy and OpenCV only, PyTorch is not needed."""

from .fuse_files import FusingReport, PairFuser, fuse_files
from .image_io import ImageReadError, read_image, read_image_pair, write_image
from .pairing import ImagePair, PairingError, find_pairs, list_images, read_name_list
from .picture_source import PictureSource

__all__ = [
    "FusingReport",
    "ImagePair",
    "ImageReadError",
    "PairFuser",
    "PairingError",
    "PictureSource",
    "find_pairs",
    "fuse_files",
    "list_images",
    "read_image",
    "read_image_pair",
    "read_name_list",
    "write_image",
]
