"""Reading and writing images of any usual depth."""

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np

from ..system.regular_file import read_regular_file, write_atomically
from ..user_errors import UserError
from .data_files import is_data_file, read_data_file
from .image_header import read_header
from .image_source import ImageReadError, PictureSource, check_pixels, describe, is_path, to_array
from .luminance import LUMINANCE_WEIGHTS
from .pixels import to_uint8
from .value_range import stretch, to_full_range


def read_image(image: PictureSource, channels: int | None = None, is_thermal: bool = False) -> np.ndarray:
    """Read an image file, or take an array, a PIL image or a PyTorch tensor that is one.

    Besides pictures, arrays of NumPy (.npy), DICOM (.dcm) and NIfTI (.nii, .nii.gz) are read, of the latter two the
    middle slice. 16-bit files keep their precision (65535 becomes 255), an alpha channel is dropped, and the
    orientation that a camera noted is applied. Floating-point files must hold values in [0, 1].

    Args:
        image (PictureSource): The file, or a picture as :func:`to_array` takes it: gray, gray and alpha, RGB, or
            RGBA.
        channels (int, optional): 1 converts to luminance (0.299 R + 0.587 G + 0.114 B), 3 repeats a gray image,
            None keeps what is stored. Default: None.
        is_thermal (bool): Stretch 16 bits between the percentiles 0.1 and 99.9 of the picture: raw counts of a
            thermal camera fill a small part of their range, and would come out as one gray. Default: False.

    Returns:
        np.ndarray: (H, W, 1 or 3) float32 in [0, 255], RGB.

    Raises:
        ImageReadError: If the file is missing, no file, damaged, cut off, too large or of an unusable type, or
            what is given is no picture.
    """
    name, pixels = describe(image), read_pixels(image)
    stretched = is_thermal and pixels.dtype == np.uint16
    pixels = stretch(pixels) if stretched else to_full_range(pixels, name)
    return arrange_channels(pixels, channels)


def read_pixels(image: PictureSource, slice_index: int | None = None) -> np.ndarray:
    """Read an image as it is stored, or take one in memory.

    Args:
        image (PictureSource): See :func:`read_image`.
        slice_index (int, optional): Which slice of a volume (DICOM, NIfTI). Default: None, the middle one.

    Returns:
        np.ndarray: (H, W) or (H, W, 1 to 4), RGB, of the type that the file has.

    Raises:
        ImageReadError: See :func:`read_image`.
    """
    if not is_path(image):
        return to_array(image)
    if is_data_file(image):
        return read_data_file(Path(image), slice_index)
    return _decode(Path(image))


def arrange_channels(pixels: np.ndarray, channels: int | None) -> np.ndarray:
    """Drop alpha, and make gray of colour or three channels of gray, as :func:`read_image` does."""
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    # without alpha
    pixels = pixels[:, :, : 3 if pixels.shape[2] >= 3 else 1]
    if channels == 3 and pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    elif channels == 1 and pixels.shape[2] == 3:
        pixels = pixels @ np.array(LUMINANCE_WEIGHTS, np.float32)[:, None]
    return np.ascontiguousarray(pixels)


def read_image_pair(
    img_a: PictureSource, img_b: PictureSource, channels_a: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Read both sources of a pair; see :func:`read_image`.

    Args:
        img_a (PictureSource): Source A.
        img_b (PictureSource): Source B, of which the luminance is taken; of 16 bits it is stretched
            between its percentiles.
        channels_a (int, optional): Channels of source A. Default: None, what is stored.

    Returns:
        tuple[np.ndarray, np.ndarray]: (H, W, 1 or 3) and (H, W, 1), float32 in [0, 255], RGB.

    Raises:
        ImageReadError: If a file cannot be used, or the sizes differ.
    """
    images = read_image(img_a, channels_a), read_image(img_b, 1, is_thermal=True)
    check_equal_sizes(*images, img_a, img_b)
    return images


def check_equal_sizes(
    pixels_a: np.ndarray, pixels_b: np.ndarray, img_a: PictureSource, img_b: PictureSource
) -> None:
    """Check that the two sources of a pair show the same view.

    Args:
        pixels_a (np.ndarray): Source A (H, W, C).
        pixels_b (np.ndarray): Source B (H, W, C).
        img_a (PictureSource): Where A is from, for the message.
        img_b (PictureSource): Where B is from.

    Raises:
        ImageReadError: If the sizes differ.
    """
    size_a, size_b = (pixels.shape[:2] for pixels in (pixels_a, pixels_b))
    if size_a != size_b:
        names = [describe(image) for image in (img_a, img_b)]
        raise ImageReadError(
            f"the two sources differ in size: {names[0]} is {size_a[1]}x{size_a[0]}, {names[1]} is "
            f"{size_b[1]}x{size_b[0]}; register and crop them to the same view first"
        )


def write_image(path: str | Path, image: np.ndarray) -> None:
    """Write an 8-bit image in one step, so that a reader or a kill never meets half a file.

    Args:
        path (str | Path): Target; its extension chooses the format and its folder is made if need be.
        image (np.ndarray): (H, W) or (H, W, 1 or 3) in [0, 255], RGB; rounded and clipped.

    Raises:
        UserError: If the extension names no known format, or one that cannot hold the image.
        OSError: If the file cannot be written; names path and cause.
    """
    path = Path(path)
    check_image_format(path)
    pixels = to_uint8(image)
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


#: What pictures of :func:`write_image` say about their origin.
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

    Args:
        path (str | Path): Target.

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


def _decode(path: Path) -> np.ndarray:
    try:
        data = read_regular_file(path)
    except (OSError, ValueError) as error:  # a name with a null byte is no OSError
        reason = getattr(error, "strerror", error)
        raise ImageReadError(f"cannot read {path} ({reason}): check the path and its permissions") from error
    header = read_header(data)
    if header is not None:
        # The pixels of a small file may need more memory than there is.
        check_pixels(path, header.height, header.width)
    cut_off = header is not None and not header.is_whole
    image = None
    if data.startswith(b"GIF8"):
        image = _decode_gif(data)
    elif data and not cut_off:
        image = _decode_with_opencv(data, path)
        # OpenCV fills what a cut-off JPEG lacks with gray and only prints a warning.
        if image is not None and _ends_in_fill(data, image):
            image, cut_off = None, True
    if image is None:
        reason = "is cut off" if cut_off else "is empty" if not data else "is damaged or no image"
        raise ImageReadError(f"{path} {reason}: replace the file, or take its name out of the list")
    return image if image.ndim == 2 else image[:, :, 2::-1]  # BGR(A) to RGB


def _decode_with_opencv(data: bytes, path: Path) -> np.ndarray | None:
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR)
    except cv2.error as error:  # e.g. more pixels than OpenCV takes
        raise ImageReadError(f"{path} cannot be decoded ({error.err}): convert it to PNG") from error


def _decode_gif(data: bytes) -> np.ndarray | None:
    """First picture of a GIF as BGR, which OpenCV's wheels cannot read; None if it is damaged."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            image = np.asarray(picture.convert("RGB"))[:, :, ::-1]
    except (OSError, ValueError, SyntaxError, EOFError):
        return None
    is_gray = (image[:, :, :1] == image).all()
    return image[:, :, 0] if is_gray else image


def _ends_in_fill(data: bytes, image: np.ndarray) -> bool:
    """Whether a JPEG was cut off and closed with an end marker.

    Its last blocks are then the decoder's middle gray, and its last byte describes a block far before them. Files
    that lack less than four blocks pass.
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
