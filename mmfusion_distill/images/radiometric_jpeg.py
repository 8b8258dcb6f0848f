"""Temperatures inside a JPEG of FLIR's cameras, whose visible pixels are a coloured screenshot."""

import io
import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ..user_errors import reason_of
from .image_source import ImageReadError

#: Records that the directory of a file may have; flyr would walk through any number.
_MOST_RECORDS = 1000
_NEEDED = "pip install 'mmfusion_distill[thermal]'"


def is_radiometric(data: bytes) -> bool:
    """Whether a JPEG has segments of FLIR."""
    return data.startswith(b"\xff\xd8") and _first_segment(data) is not None


def can_read_radiometric() -> bool:
    """Whether flyr is installed."""
    return find_spec("flyr") is not None


def read_radiometric(data: bytes, path: str | Path) -> np.ndarray:
    """Temperatures of a radiometric JPEG.

    Returns:
        np.ndarray: (H, W) float32, degrees Celsius.

    Raises:
        ImageReadError: If flyr is missing, or the temperatures cannot be read.
    """
    if not can_read_radiometric():
        raise ImageReadError(f"{path} holds temperatures, which need flyr to be read: {_NEEDED}")
    import flyr

    records = _first_segment(data) or b""
    try:
        if struct.unpack_from(">I", records, 28)[0] > _MOST_RECORDS:
            raise ValueError("too many records")
        celsius = np.asarray(flyr.unpack(io.BytesIO(data)).celsius, np.float32)
        if celsius.ndim != 2 or not np.isfinite(celsius).any():
            raise ValueError("no temperatures")
    except Exception as error:  # whatever flyr meets in a damaged file
        raise ImageReadError(
            f"{path} holds temperatures that cannot be read ({reason_of(error, 80)}): export them as 16-bit TIFF"
        ) from error
    return celsius


def _first_segment(data: bytes) -> bytes | None:
    position = 2
    # Segments of metadata come before the image.
    while data[position : position + 1] == b"\xff" and data[position + 1 : position + 2] not in (
        b"\xda",
        b"",
    ):
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        if data[position + 1] == 0xE1 and data[position + 4 : position + 9] == b"FLIR\0":
            return data[position + 12 : position + 2 + length]
        position += 2 + length
    return None
