"""Transforms of image pairs."""

# Registers `Flip`, which our configs use; MMagic's other transforms wait until one of them is named.
import mmagic.datasets.transforms.aug_shape  # noqa: F401

from .load_image_pair import LoadImagePair
from .pack_pair import PackPair
from .random_drop_text import RandomDropText
from .random_pair_crop import RandomPairCrop

__all__ = ["LoadImagePair", "PackPair", "RandomDropText", "RandomPairCrop"]
