"""TIFF: a frame around images of many kinds, of which no library reads all."""

import io
from importlib.util import find_spec
from typing import Any

import cv2
import numpy as np

from .metadata import upright
from .pillow_decoding import PILLOW_ERRORS, decode_with_pillow, gray_of_equal_channels

_BITS, _PHOTOMETRIC, _ORIENTATION, _SAMPLES, _PLANES = 258, 262, 274, 277, 284
_EXTRA, _GDAL_NODATA = 338, 42113
#: Planes of colour that lie apart in the file.
_APART = 2
#: Alpha that the colours were not multiplied by.
_OWN_ALPHA = 2
#: Channels more than the colours, in the order of the file: this one is no alpha, e.g. near infrared beside RGB.
_NO_ALPHA = 0
_WHITE_IS_ZERO, _GRAY, _RGB, _PALETTE, _LAB_KINDS = 0, (0, 1), 2, 3, (8, 9, 10)
#: Channels of a file that is decoded for its first three.
_MOST_CHANNELS = 16


def decode_tiff(data: bytes) -> tuple[np.ndarray | None, float | None]:
    """First image of a TIFF file, upright.

    Returns:
        tuple[np.ndarray | None, float | None]: (H, W) or (H, W, C) RGB(A) of the type that it holds, None if nothing
        here reads it; and the value that stands for no data (GDAL's tag), if it names one.
    """
    tags = _tags(data)
    photometric, bits = _first(tags.get(_PHOTOMETRIC)), _first(tags.get(_BITS)) or 1
    # OpenCV takes Lab for RGB, and multiplies colours of 8 bits by an alpha of their own.
    readers = [_by_opencv, _by_pillow, _by_tifffile]
    if photometric in _LAB_KINDS or (bits <= 8 and _first(tags.get(_EXTRA)) == _OWN_ALPHA):
        readers = [_by_pillow, _by_tifffile]
    samples = _first(tags.get(_SAMPLES)) or 1
    is_deep = bits > 8 and (samples == 2 or _first(tags.get(_PLANES)) == _APART)
    if samples > 1 and (is_deep or samples > 4 or (samples > 2 and photometric in _GRAY)):
        # The others make 8 bits of gray with alpha, mix planes up, or take the first band of many for gray.
        readers = [_by_tifffile]
        if bits <= 8 and photometric == _RGB and _first(tags.get(_PLANES)) != _APART:
            # It needs help with most compressions.
            readers.append(_by_opencv)
    pixels = next((pixels for read in readers if (pixels := read(data, tags)) is not None), None)
    if pixels is not None and photometric == _WHITE_IS_ZERO and bits > 8 and pixels.dtype.kind == "u":
        # Up to 8 bits the libraries invert, beyond they do not.
        pixels = np.iinfo(pixels.dtype).max - pixels
    if pixels is not None and photometric == _PALETTE and pixels.ndim == 3:
        pixels = gray_of_equal_channels(pixels)
    if pixels is not None and pixels.ndim == 3:
        pixels = _colours_and_alpha(pixels, tags)
    return pixels, _number(tags.get(_GDAL_NODATA))


def _colours_and_alpha(pixels: np.ndarray, tags: Any) -> np.ndarray:
    """An image without its other channels, such as near infrared."""
    extra = tags.get(_EXTRA) or ()
    extra = extra if isinstance(extra, tuple) else (extra,)
    channels, most = pixels.shape[2], _first(tags.get(_SAMPLES)) or 1
    if channels < most or (channels <= 4 and _NO_ALPHA not in extra):
        # Converted by whoever read it, or as it should be.
        return pixels
    alpha = next((most - len(extra) + at for at, kind in enumerate(extra) if kind != _NO_ALPHA), None)
    colours = pixels[:, :, :3] if channels > 2 else pixels[:, :, 0]
    return colours if alpha is None else np.dstack([colours, pixels[:, :, alpha]])


def _tags(data: bytes) -> Any:
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    try:
        # Tags with 64-bit offsets begin with more bytes.
        tags = ImageFileDirectory_v2(data[:16] if data[2:4] in (b"+\0", b"\0+") else data[:8])
        file = io.BytesIO(data)
        file.seek(tags.next)
        tags.load(file)
        return tags
    except PILLOW_ERRORS:
        return {}


def _first(value: Any) -> int | None:
    return (value[0] if value else None) if isinstance(value, tuple) else value


def _number(text: Any) -> float | None:
    try:
        return float(str(text).strip("\0 "))
    except ValueError:
        return None


def _by_opencv(data: bytes, tags: Any) -> np.ndarray | None:
    # What it cannot read others may; its own words about it would stand among ours.
    level = _set_log_level(0)
    try:
        # Turned by OpenCV, whatever the flags.
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    finally:
        _set_log_level(level)
    return image if image is None or image.ndim == 2 else image[:, :, [2, 1, 0, 3][: image.shape[2]]]


def _set_log_level(level: int) -> int:
    """Set how much OpenCV says; the level before."""
    # Its place differs between OpenCV 4 and 5.
    return (getattr(cv2, "setLogLevel", None) or cv2.utils.logging.setLogLevel)(level)


def _by_pillow(data: bytes, tags: Any) -> np.ndarray | None:
    try:
        return decode_with_pillow(data, ("TIFF",))
    except PILLOW_ERRORS:
        return None


def _by_tifffile(data: bytes, tags: Any) -> np.ndarray | None:
    # It hands out the indices of a palette, and Lab as it is.
    if find_spec("tifffile") is None or _first(tags.get(_PHOTOMETRIC)) not in (*_GRAY, _RGB):
        return None
    import tifffile

    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page = file.pages[0]
            # Before anything is decoded: a small file may say that it has a thousand channels.
            are_apart = len(page.shape) == 3 and page.axes[0] == "S"
            channels = 1 if len(page.shape) == 2 else page.shape[0 if are_apart else 2]
            # Of more than four bands that are not colours nobody knows what they show.
            if len(page.shape) > 3 or channels > (
                _MOST_CHANNELS if _first(tags.get(_PHOTOMETRIC)) == _RGB else 4
            ):
                return None
            pixels = np.moveaxis(page.asarray(), 0, 2) if are_apart else page.asarray()
    except Exception:  # whatever tifffile meets in a file that is none, or lacks a codec for
        return None
    return upright(pixels, _first(tags.get(_ORIENTATION)) or 1)
