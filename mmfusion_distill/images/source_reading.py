"""One source of a pair, read: stored values made brightness, what shows nothing marked, oddities noted."""

from typing import NamedTuple

import cv2
import numpy as np

from . import source_notes as notes
from .image_source import ImageReadError, PictureSource
from .no_data import fill_smoothly, find_no_data
from .pixels import arrange_channels, without_alpha
from .slice_grid import SliceGrid
from .source_options import SourceOptions
from .stored_image import StoredImage, read_stored
from .value_range import is_raw, percentile_range, stretch_between, to_full_range

#: Share of 16 bits below which a source A uses a part of them only.
_SMALL_PART = 0.27
#: Gray levels by which a hot pixel is above its eight neighbours, and share of the pixels beyond which it is noise.
_HOT, _MOST_HOT = 70.0, 0.001


class SourceImage(NamedTuple):
    """A source as brightness.

    Args:
        pixels (np.ndarray): (H, W, 1 or 3) float32 in [0, 255], RGB.
        missing (np.ndarray, optional): (H, W) bool, where it shows nothing; filled from around. Default: None.
        notes (tuple[tuple[str, str], ...]): Sentences of `source_notes`, each with what is to be said behind the
            name. Default: ().
    """

    pixels: np.ndarray
    missing: np.ndarray | None = None
    notes: tuple[tuple[str, str], ...] = ()


def read_source_a(
    image: PictureSource, options: SourceOptions | None = None, channels: int | None = None
) -> SourceImage:
    """Read source A.

    Args:
        image (PictureSource): A file, or an image in memory.
        options (SourceOptions, optional): Its range and slice. Default: None, as stored.
        channels (int, optional): 1 converts to luminance, 3 repeats gray, None keeps what is stored. Default: None.

    Raises:
        ImageReadError: If it cannot be used.
    """
    options = options or SourceOptions()
    return source_a(read_stored(image, options.slice_index), options, channels)


def read_source_b(image: PictureSource) -> SourceImage:
    """Read source B as stored: (H, W, 1), warm things bright.

    Args:
        image (PictureSource): A file, a radiometric JPEG, or an image or raw values of any type in memory.

    Raises:
        ImageReadError: If it cannot be used.
    """
    options = SourceOptions()
    return source_b(read_stored_b(image, options), options)


def read_stored_b(image: PictureSource, options: SourceOptions, like: SliceGrid | None = None) -> StoredImage:
    """Read source B as stored.

    Args:
        image (PictureSource): See :func:`read_source_b`.
        options (SourceOptions): Its range and slice.
        like (SliceGrid, optional): Where source A lies in the patient, if it is a scan. Default: None.
    """
    return read_stored(
        image,
        options.slice_index,
        temperatures=True,
        needed=options.ir_range is not None,
        like=like,
        resample=options.resample,
    )


def source_a(stored: StoredImage, options: SourceOptions, channels: int | None = None) -> SourceImage:
    """Make brightness of a source A that was read; see :func:`read_source_a`."""
    pixels = without_alpha(stored.pixels)
    finite, missing = _without_gaps(stored, pixels, options)
    if options.a_range == "auto":
        low, high = percentile_range(finite if missing is None else finite[~missing])
        picture = _between(finite, low, high, stored.name)
    elif options.a_range is not None:
        picture = stretch_between(finite, *options.a_range)
    else:
        picture = to_full_range(finite, stored.name, stored.full_scale)
    said = _part_of_range(pixels) if options.a_range is None and stored.full_scale is None else ()
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        said += ((notes.NO_NUMBERS, f" ({_percent(1 - np.isfinite(pixels).mean())})"),)
    return SourceImage(arrange_channels(picture, channels), missing, said)


def source_b(
    stored: StoredImage, options: SourceOptions, limits: tuple[float, float] | None = None
) -> SourceImage:
    """Make brightness of a source B that was read; see :func:`read_source_b`.

    `limits` take the place of the percentiles of raw values.
    """
    pixels, name = without_alpha(stored.pixels), stored.name
    if pixels.dtype.kind not in "buif":
        raise ImageReadError(f"{name} holds {pixels.dtype}, which are no pixels: give numbers")
    # The black ground of a scan is what it is.
    missing = find_no_data(stored.pixels, stored.no_data, by_looks=stored.kind != "scan")
    if missing is None and stored.no_data is not None and (pixels == stored.no_data).all():
        raise ImageReadError(f"{name} holds nothing but the value that it calls no data: replace the file")
    values = pixels if missing is None else pixels[~missing]
    if values.dtype.kind == "f" and not np.isfinite(values).any():
        raise ImageReadError(f"{name} holds {pixels.dtype} values from nan to nan: replace the file")
    raw = is_raw(values)
    if missing is not None and pixels.dtype.kind == "f":
        # filled below; NumPy warns of what is no number
        pixels = np.where(missing.reshape(*missing.shape, *[1] * (pixels.ndim - 2)), values.flat[0], pixels)
    if options.ir_range is not None:
        picture = stretch_between(pixels, *options.ir_range)
    elif raw:
        low, high = limits or percentile_range(values)
        picture = _between(pixels, low, high, name)
    else:
        picture = to_full_range(pixels, name, stored.full_scale)
    picture = arrange_channels(picture, 1)
    if missing is not None:
        picture = fill_smoothly(picture, missing)
    if options.is_black_hot:
        picture = 255 - picture
    said = _range_notes(stored, options, raw) + _looks(picture)
    if missing is not None:
        said += ((notes.NO_DATA, f" ({_percent(missing.mean())})"),)
    return SourceImage(picture, missing, said)


def _without_gaps(
    stored: StoredImage, pixels: np.ndarray, options: SourceOptions
) -> tuple[np.ndarray, np.ndarray | None]:
    """Source A without what is no number, and where it shows nothing, which percentiles leave out.

    Only for these is a guess worth it: dark parts of a visible image are an image.
    """
    if pixels.dtype.kind not in "buif":
        return pixels, None
    is_guessed = options.a_range == "auto"
    missing = find_no_data(stored.pixels if is_guessed else pixels, stored.no_data, by_looks=is_guessed)
    if missing is not None and pixels.dtype.kind == "f":
        pixels = np.where(np.isfinite(pixels), pixels, pixels[~missing].min())
    return pixels, missing


def _between(pixels: np.ndarray, low: float, high: float, name: str) -> np.ndarray:
    if high > low:
        return stretch_between(pixels, low, high)
    # Of one value: counts keep the level that they have, of others nothing is known.
    if pixels.dtype == np.uint16:
        return to_full_range(pixels, name)
    return np.full(pixels.shape, 127.5, np.float32)


def _range_notes(stored: StoredImage, options: SourceOptions, raw: bool) -> tuple[tuple[str, str], ...]:
    if stored.kind == "screenshot":
        return ((notes.SCREENSHOTS, ""),)
    if options.ir_range is not None or not raw:
        return ()
    if stored.kind == "temperatures":
        return ((notes.TEMPERATURES, ""),)
    return ((notes.STRETCHED if stored.pixels.dtype == np.uint16 else notes.STRETCHED_VALUES, ""),)


def _part_of_range(pixels: np.ndarray) -> tuple[tuple[str, str], ...]:
    if pixels.dtype != np.uint16:
        return ()
    # without hot pixels
    highest = percentile_range(pixels)[1]
    if not 0 < highest < _SMALL_PART * 65_535:
        return ()
    bits = int(highest).bit_length()
    return ((notes.PART_OF_RANGE, f" (up to {highest:.0f} of 65535: {bits} bits?)"),)


def _looks(picture: np.ndarray) -> tuple[tuple[str, str], ...]:
    """Hot pixels."""
    ring = np.ones((3, 3), np.uint8)
    ring[1, 1] = 0
    plane = picture[:, :, 0].astype(np.uint8)
    if min(plane.shape) < 8:
        return ()
    hot = int((cv2.subtract(plane, cv2.dilate(plane, ring)) > _HOT).sum())
    return ((notes.HOT_PIXELS, f" ({hot})"),) if 0 < hot <= _MOST_HOT * plane.size else ()


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.001 else "below 0.1 %"
