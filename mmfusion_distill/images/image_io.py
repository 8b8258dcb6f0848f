"""Reading and writing images of any usual depth."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np

from ..system.regular_file import write_atomically
from ..user_errors import UserError
from .image_source import ImageReadError, PictureSource, describe
from .metadata import Metadata, can_hold_metadata, encode_with_metadata
from .pixels import arrange_channels, to_uint8, without_single_channel
from .source_options import SourceOptions
from .source_reading import read_source_a, read_source_b, read_stored_b, source_a, source_b
from .stored_image import check_equal_grids, read_stored


def read_image(image: PictureSource, channels: int | None = None, is_thermal: bool = False) -> np.ndarray:
    """Read an image file, or take an array, a PIL image or a PyTorch tensor that is one.

    Besides images, arrays of NumPy (.npy), DICOM (.dcm) and NIfTI (.nii, .nii.gz) are read, of the latter two the
    middle slice. 16-bit files keep their precision (65535 becomes 255), an alpha channel is dropped, and the
    orientation that a camera noted is applied. Floating-point files must hold values in [0, 1].

    Args:
        image (PictureSource): The file, or an image as :func:`to_array` takes it: gray, gray and alpha, RGB, or
            RGBA.
        channels (int, optional): 1 converts to luminance (0.299 R + 0.587 G + 0.114 B), 3 repeats a gray image,
            None keeps what is stored. Default: None.
        is_thermal (bool): Read it as source B: temperatures of radiometric JPEGs, raw counts and degrees stretched
            between the percentiles 0.1 and 99.9, what shows nothing filled from around; luminance of colour.
            Default: False.

    Returns:
        np.ndarray: (H, W, 1 or 3) float32 in [0, 255], RGB.

    Raises:
        ImageReadError: If the file is missing, no file, damaged, cut off, too large or of an unusable type, or
            what is given is no image.
    """
    if is_thermal:
        return arrange_channels(read_source_b(image).pixels, channels)
    return read_source_a(image, channels=channels).pixels


def read_image_pair(
    img_a: PictureSource, img_b: PictureSource, channels_a: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Read both sources of a pair of equal size, with no options; `PairReader` has these.

    Returns:
        tuple[np.ndarray, np.ndarray]: (H, W, 1 or 3) and (H, W, 1), float32 in [0, 255], RGB.

    Raises:
        ImageReadError: If a file cannot be used, or the sizes differ.
    """
    options = SourceOptions()
    stored_a = read_stored(img_a)
    stored_b = read_stored_b(img_b, options, stored_a.grid)
    check_equal_grids(stored_a, stored_b, with_options=False)
    images = source_a(stored_a, options, channels_a).pixels, source_b(stored_b, options).pixels
    check_equal_sizes(*images, describe(img_a), describe(img_b))
    return images


def check_equal_sizes(pixels_a: np.ndarray, pixels_b: np.ndarray, name_a: str, name_b: str) -> None:
    """Check that the two sources of a pair show the same view.

    Args:
        pixels_a (np.ndarray): Source A (H, W, C).
        pixels_b (np.ndarray): Source B (H, W, C).
        name_a (str): Of A, for the message.
        name_b (str): Of B.

    Raises:
        ImageReadError: If the sizes differ.
    """
    size_a, size_b = (pixels.shape[:2] for pixels in (pixels_a, pixels_b))
    if size_a != size_b:
        raise ImageReadError(
            f"the two sources differ in size: {name_a} is {size_a[1]}x{size_a[0]}, {name_b} is "
            f"{size_b[1]}x{size_b[0]}; register and crop them to the same view first, or read them with "
            "SourceOptions(register=...)"
        )


def write_image(path: str | Path, image: np.ndarray, metadata: Metadata | None = None) -> None:
    """Write an 8-bit image in one step, so that a reader or a kill never meets half a file.

    Args:
        path (str | Path): Target; its extension chooses the format and its folder is made if need be.
        image (np.ndarray): (H, W) or (H, W, 1 or 3) in [0, 255], RGB; rounded and clipped.
        metadata (Metadata, optional): Facts that go with it, in formats that carry them (PNG, JPEG, WebP, TIFF).
            Default: None.

    Raises:
        UserError: If the extension names no known format, or one that cannot hold the image.
        OSError: If the file cannot be written; names path and cause.
    """
    path = Path(path)
    check_image_format(path)
    pixels = without_single_channel(to_uint8(image))
    if metadata is not None and can_hold_metadata(path):
        write_atomically(path, _with_mark(encode_with_metadata(path, pixels, metadata)))
        return
    if pixels.ndim == 3:
        pixels = pixels[:, :, ::-1]
    try:
        done, data = cv2.imencode(path.suffix, pixels)
    except cv2.error:
        done = False
    if not done:
        raise UserError(
            f"cannot write {path}: '{path.suffix}' does not hold {pixels.shape[1]}x{pixels.shape[0]} pixels of "
            f"{'color' if pixels.ndim == 3 else 'gray'}, use .png"
        )
    write_atomically(path, _with_mark(data.tobytes()))


#: What images of :func:`write_image` say about their origin.
_MARK = b"mmfusion_distill"


def _with_mark(data: bytes) -> bytes:
    """Note the origin in a PNG or JPEG, as its format provides."""
    if data.startswith(b"\x89PNG"):
        chunk = b"tEXtSoftware\0" + _MARK
        chunk = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        return data[:33] + chunk + data[33:]  # behind signature and header
    if data.startswith(b"\xff\xd8"):
        return data[:2] + b"\xff\xfe" + struct.pack(">H", len(_MARK) + 2) + _MARK + data[2:]
    return data


def is_own_picture(path: str | Path) -> bool:
    """Whether a file was written by :func:`write_image`, as far as PNG and JPEG files tell."""
    try:
        with open(path, "rb") as file:
            return _MARK in file.read(100)
    except OSError:
        return False


def check_image_format(path: str | Path) -> None:
    """Check that :func:`write_image` knows the format that a target's extension names.

    Raises:
        UserError: If it names none.
    """
    suffix = Path(path).suffix
    try:
        known = bool(suffix) and cv2.haveImageWriter(f"image{suffix}")
    except cv2.error:  # formats that OpenCV knows but was told to leave out
        known = False
    if not known:
        raise UserError(f"cannot write {path}: '{suffix}' is no image format, use .png")
