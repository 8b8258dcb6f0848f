"""Uploaded pictures, in memory only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data.generated_scenes import generate_pair
from ..images.image_header import read_header
from ..images.image_source import ImageReadError
from ..images.source_reading import read_source_a, read_source_b
from ..system.regular_file import read_regular_file
from ..user_errors import UserError
from .limits import Limits


@dataclass(frozen=True)
class Picture:
    """One source of a pair.

    Args:
        name (str): What the user calls it.
        pixels (np.ndarray): (H, W, 1 or 3) float32 in [0, 1], RGB.
    """

    name: str
    pixels: np.ndarray

    @property
    def size(self) -> str:
        """Width and height, as 640x480."""
        height, width = self.pixels.shape[:2]
        return f"{width}x{height}"


@contextmanager
def taken(path: str | Path, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Read an uploaded file in this context: it is deleted at the end, whether it is of use or not.

    Args:
        path (str | Path): The temporary file.
        limits (Limits): Of its size.

    Yields:
        tuple[str, bytes]: The user's name of the file, and its content.

    Raises:
        ImageReadError: If it cannot be used; the message has the user's name of the file, not the server's path.
    """
    name = os.path.basename(path)
    try:
        limits.check_bytes(os.path.getsize(path), name)
        yield name, read_regular_file(path, limits.bytes)
    except OSError as error:
        raise ImageReadError(f"{name} is gone or cannot be read: upload it again") from error
    except UserError as error:
        raise ImageReadError(str(error).replace(str(path), name)) from None
    finally:
        Path(path).unlink(missing_ok=True)


def take_upload(path: str | Path, is_source_b: bool, limits: Limits) -> Picture:
    """Read an uploaded picture; see :func:`taken`.

    Args:
        path (str | Path): The temporary file.
        is_source_b (bool): Whether it is source B: its luminance is taken, raw values are stretched.
        limits (Limits): What is refused, before anything is decoded.

    Returns:
        Picture: The picture.
    """
    with taken(path, limits) as (name, data):
        header = read_header(data)
        if header is None:
            raise ImageReadError(f"{name} is no picture: upload a PNG, JPEG, TIFF, BMP, GIF or WebP file")
        limits.check_pixels(header.width, header.height, name)
        pixels = (read_source_b if is_source_b else read_source_a)(path).pixels
    return Picture(name, pixels / np.float32(255))


def sample_pair(seed: int) -> tuple[Picture, Picture]:
    """A generated pair of 640x480 pixels, for trying things out."""
    visible, thermal = (image.astype(np.float32) / 255 for image in generate_pair(seed, 480, 640))
    return Picture(f"sample {seed}, visible", visible), Picture(f"sample {seed}, infrared", thermal)
