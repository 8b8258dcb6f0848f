"""Models that the runner trains and tests: one fusion network each."""

from .image_fusor import ImageFusor

__all__ = ["ImageFusor"]
