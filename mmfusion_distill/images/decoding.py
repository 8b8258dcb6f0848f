"""Bytes of an image's file made pixels, whatever the format, depth and colour model."""

import re
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from .image_header import PNG, TIFF, can_be_read, foreign_format, read_header, remedy
from .image_source import ImageReadError, check_pixels
from .metadata import read_orientation, upright
from .pillow_decoding import PILLOW_ERRORS, decode_with_pillow, gray_of_equal_channels, pillow_facts
from .tiff_decoding import decode_tiff


def ends_in_fill(data: bytes, image: np.ndarray) -> bool:
    """Whether a JPEG was cut off and closed with an end marker.

    Its last blocks are then the decoder's middle gray, and its last byte describes a block far before them. Files
    that lack less than four blocks pass.

    Args:
        data (bytes): The file.
        image (np.ndarray): Its pixels, (H, W) or (H, W, C) uint8.
    """
    ends = slice(8), slice(-8, None)
    corners = [image[rows, columns] for rows in ends for columns in ends]
    if not data.startswith(b"\xff\xd8") or not any((corner == 128).all() for corner in corners):
        return False
    # Blocks stand in the order of the rows of the file, however it is to be turned.
    whole = _decode_unturned(data)
    if whole is None or (whole[-8:, -8:] != 128).any():
        return False
    end = data.rfind(b"\xff\xd9")
    blocks_of_row, blocks_of_column = -(-whole.shape[1] // 16), -(-whole.shape[0] // 16)
    # Of a whole file these bytes hold few blocks; of a cut one the last may hold nothing.
    for removed in (1, 2, 3):
        shorter = _decode_unturned(data[: end - removed] + b"\xff\xd9")
        if shorter is None:
            continue
        rows, columns = np.nonzero((whole != shorter).any(axis=2))
        if rows.size:
            last = int((rows // 16 * blocks_of_row + columns // 16).max())
            return last < blocks_of_row * blocks_of_column - 3
    return False


def _decode_unturned(data: bytes) -> np.ndarray | None:
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    return cv2.imdecode(np.frombuffer(data, np.uint8), flags)


_PNG_GRAY, _PNG_PALETTE, _PNG_GRAY_ALPHA = 0, 3, 4
#: PNM whose pixels are written as text.
_PNM_TEXT = (b"P1", b"P2", b"P3")
_PNM = re.compile(rb"P[2356]\s(?:\s*#[^\n]*\n)*\s*\d+\s+(?:#[^\n]*\n\s*)*\d+\s+(?:#[^\n]*\n\s*)*(\d+)\s")


class Decoded(NamedTuple):
    """Contents of an image file.

    Args:
        pixels (np.ndarray): (H, W) gray, (H, W, 2) gray and alpha, (H, W, 3) RGB or (H, W, 4) RGBA, upright, of the
            type that the file has.
        full_scale (float, optional): Value of full brightness where the file names it. Default: None, what the type
            can hold.
        no_data (float, optional): Value that stands for no data, where the file names it. Default: None.
    """

    pixels: np.ndarray
    full_scale: float | None = None
    no_data: float | None = None


def decode(data: bytes, path: str | Path) -> Decoded:
    """Decode an image's file.

    Raises:
        ImageReadError: If it is damaged, cut off, too large, or of a format that is not read here.
    """
    header = read_header(data)
    if header is not None:
        # The pixels of a small file may need more memory than there is.
        check_pixels(path, header.height, header.width)
        if not header.is_whole:
            raise _unusable(path, "is cut off")
    decoded = None
    if data.startswith(TIFF):
        pixels, no_data = decode_tiff(data)
        if pixels is None and header is not None and header.bands > 2:
            raise ImageReadError(
                f"{path} is a TIFF of {header.bands} bands that cannot be read as colours: save one, or red, green "
                f"and blue, as a file of its own (gdal_translate -b 3 -b 2 -b 1 -co PHOTOMETRIC=RGB {path} rgb.tif)"
            )
        if pixels is None and header is not None:
            raise ImageReadError(
                f"{path} is damaged or no image of a kind that is read here (TIFF of {header.bits} bits): convert "
                "it to PNG or to TIFF of 8 or 16 bits, gray or RGB, or replace the file"
            )
        decoded = None if pixels is None else Decoded(pixels, no_data=no_data)
    elif foreign_format(data) is not None:
        pixels = _decode_foreign(data, path)
        decoded = None if pixels is None else Decoded(pixels)
    elif data:
        decoded = _decode_usual(data, path)
    if decoded is None:
        raise _unusable(path, "is damaged or no image" if data else "is empty")
    return decoded


def _unusable(path: str | Path, reason: str) -> ImageReadError:
    return ImageReadError(f"{path} {reason}: replace the file, or take its name out of the list")


def _decode_usual(data: bytes, path: str | Path) -> Decoded | None:
    # OpenCV wants something behind the last number.
    image = _decode_with_opencv(data + b"\n" if data.startswith(_PNM_TEXT) else data, path)
    if image is None:
        return None
    # OpenCV fills what a cut-off JPEG lacks with gray and only prints a warning.
    if ends_in_fill(data, image):
        raise _unusable(path, "is cut off")
    if data[:8] == PNG and data[25] == _PNG_GRAY_ALPHA and image.ndim == 3:
        image = image[:, :, [0, -1]]
    elif data[:8] == PNG and data[25] == _PNG_PALETTE and image.ndim == 3:
        image = gray_of_equal_channels(image)
    named = _PNM.match(data)
    full_scale = float(named[1]) if named else None
    return Decoded(upright(image, read_orientation(data)), full_scale, _transparent_gray(data))


def _transparent_gray(data: bytes) -> float | None:
    """The level of a gray PNG that counts as transparent, by which GDAL marks what is no data; None if none does."""
    if data[:8] != PNG or data[25] != _PNG_GRAY:
        return None
    at = data.find(b"tRNS", 33, max(data.find(b"IDAT"), 33))
    if at < 0 or len(data) < at + 6:
        return None
    level, bits = int.from_bytes(data[at + 4 : at + 6], "big"), data[24]
    return level * 255 / (2**bits - 1) if bits < 8 else float(level)


def _decode_with_opencv(data: bytes, path: str | Path) -> np.ndarray | None:
    """(H, W), or (H, W, 3 or 4) RGB(A), as stored; versions of OpenCV differ in what they turn."""
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:  # e.g. more pixels than OpenCV takes
        raise ImageReadError(f"{path} cannot be decoded ({error.err}): convert it to PNG") from error
    return image if image is None or image.ndim == 2 else image[:, :, [2, 1, 0, 3][: image.shape[2]]]


def _decode_foreign(data: bytes, path: str | Path) -> np.ndarray | None:
    kind = foreign_format(data)
    facts = pillow_facts(data) if can_be_read(kind) else {}
    if "size" in facts:
        check_pixels(path, *facts["size"][::-1])
    if kind.pillow == "JPEG2000" and facts.get("mode") not in ("LA", "PA"):
        # Pillow makes 8 bits of colour that has 16.
        image = _decode_with_opencv(data, path)
        if image is not None:
            return upright(image, read_orientation(data))
    if not can_be_read(kind):
        raise ImageReadError(f"{path} is {kind.name}, which is not read here: {remedy(kind)}")
    try:
        pixels = decode_with_pillow(data, (kind.pillow,))
    except PILLOW_ERRORS:
        return None
    is_gif = kind.pillow == "GIF" and pixels.ndim == 3
    return gray_of_equal_channels(pixels) if is_gif else pixels
