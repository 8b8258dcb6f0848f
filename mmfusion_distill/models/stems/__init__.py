"""Stems: an image in, the first feature map out."""

from .pixel_unshuffle_stem import PixelUnshuffleStem

__all__ = ["PixelUnshuffleStem"]
