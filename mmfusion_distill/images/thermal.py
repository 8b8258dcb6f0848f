"""Source B as its camera stored it, made a picture: raw counts, temperatures, inverted ones."""

from pathlib import Path

import numpy as np

from ..system.regular_file import read_regular_file
from .image_io import arrange_channels, read_pixels
from .image_source import ImageReadError, PictureSource, describe, is_path
from .radiometric_jpeg import can_read_radiometric, is_radiometric, read_radiometric
from .source_options import SourceOptions
from .value_range import percentile_range, stretch_between, to_full_range


def read_thermal(image: PictureSource, options: SourceOptions) -> np.ndarray:
    """Read source B.

    Args:
        image (PictureSource): A picture, a radiometric JPEG, or an array of raw values of any type.
        options (SourceOptions): Its range and polarity.

    Returns:
        np.ndarray: (H, W, 1) float32 in [0, 255], warm things bright.

    Raises:
        ImageReadError: If it cannot be used.
    """
    pixels = _temperatures(image, options)
    if pixels is None:
        pixels = read_pixels(image, options.slice_index)
    return scale_thermal(pixels, options, describe(image))


def scale_thermal(
    pixels: np.ndarray,
    options: SourceOptions,
    name: str = "the infrared picture",
    limits: tuple[float, float] | None = None,
) -> np.ndarray:
    """Turn stored values into brightness.

    Args:
        pixels (np.ndarray): (H, W) or (H, W, 1 to 4), numbers of any type.
        options (SourceOptions): Their range and polarity.
        name (str): Of the picture, for messages. Default: 'the infrared picture'.
        limits (tuple[float, float], optional): Takes the place of the percentiles of raw values. Default: None.

    Returns:
        np.ndarray: (H, W, 1) float32 in [0, 255].

    Raises:
        ImageReadError: If the values are no numbers, or none is finite.
    """
    if pixels.dtype.kind not in "buif":
        raise ImageReadError(f"{name} holds {pixels.dtype}, which are no pixels: give numbers")
    finite = np.isfinite(pixels)
    if not finite.all():
        if not finite.any():
            raise ImageReadError(f"{name} holds {pixels.dtype} values from nan to nan: replace the file")
        # Dead pixels and what lies outside of a fisheye count as cold.
        pixels = np.where(finite, pixels, pixels[finite].min())
    if options.ir_range is not None:
        picture = stretch_between(pixels, *options.ir_range)
    elif is_raw(pixels):
        low, high = limits or percentile_range(pixels)
        picture = (
            stretch_between(pixels, low, high) if high > low else np.full(pixels.shape, 127.5, np.float32)
        )
    else:
        picture = to_full_range(pixels, name)
    picture = arrange_channels(picture, 1)
    return 255 - picture if options.is_black_hot else picture


def is_raw(pixels: np.ndarray) -> bool:
    """Whether values are counts or degrees, of whose range their type says nothing."""
    if pixels.dtype.kind == "f":
        return bool(pixels.min() < 0 or pixels.max() > 1)
    return pixels.dtype not in (np.uint8, bool)


def _temperatures(image: PictureSource, options: SourceOptions) -> np.ndarray | None:
    if not is_path(image) or Path(image).suffix.lower() not in (".jpg", ".jpeg"):
        return None
    try:
        data = read_regular_file(image)
    except (OSError, ValueError):
        # said better by the reader of pictures
        return None
    if not is_radiometric(data) or (options.ir_range is None and not can_read_radiometric()):
        return None
    return read_radiometric(data, describe(image))
