"""Stored values as brightness, and the checks that all scans share."""

import math
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ..user_errors import reason_of
from .image_source import ImageReadError, max_pixels

#: Share of the pixels of a raw infrared image that may lie outside of its range, at either end.
_OUTLIERS = 0.001

#: What a value of full brightness is, by type.
_FULL_SCALE = {"uint8": 255.0, "uint16": 65535.0, "bool": 1.0}


def to_full_range(image: np.ndarray, path: str | Path, full_scale: float | None = None) -> np.ndarray:
    """Values of an image by what its type can hold.

    Args:
        image (np.ndarray): 8 or 16 bits without sign, or floating point in [0, 1].
        path (str | Path): Its name in messages.
        full_scale (float, optional): Value of full brightness, where the file names it. Default: None, by the type.

    Returns:
        np.ndarray: float32 in [0, 255].

    Raises:
        ImageReadError: If it has another type or range.
    """
    scale = full_scale or _FULL_SCALE.get(image.dtype.name)
    if image.dtype.kind not in "buif":
        raise ImageReadError(
            f"{path} holds {image.dtype}, which are no pixels: give 8 or 16 bits, or floats in [0, 1]"
        )
    if scale is None:
        if image.dtype.kind != "f" or not (image.min() >= 0 and image.max() <= 1):
            raise ImageReadError(
                f"{path} holds {image.dtype} values from {image.min()} to {image.max()}: convert it to 8 or 16 "
                "bits, or to floating point in [0, 1]; or say what is black and white in source A (--a-range)"
            )
        scale = 1.0
    picture = image.astype(np.float32)
    if full_scale is not None:
        picture = np.minimum(picture, np.float32(full_scale))
    return picture if scale == 255.0 else picture * np.float32(255.0 / scale)


def percentile_range(image: np.ndarray) -> tuple[float, float]:
    """Percentiles 0.1 and 99.9: hot and dead pixels do not decide over the range."""
    low, high = np.quantile(image, (_OUTLIERS, 1 - _OUTLIERS))
    return float(low), float(high)


def stretch_between(image: np.ndarray, low: float, high: float) -> np.ndarray:
    """Map [low, high] to [0, 255], clipped; float32."""
    return np.clip((image.astype(np.float32) - np.float32(low)) * np.float32(255 / (high - low)), 0, 255)


def is_raw(values: np.ndarray) -> bool:
    """Whether values are counts or degrees, of whose range their type says nothing."""
    if values.dtype.kind == "f":
        return bool(values.min() < 0 or values.max() > 1)
    return values.dtype not in (np.uint8, bool)


def check_package(name: str, path: Path) -> None:
    """Refuse a file whose package is not installed."""
    if find_spec(name) is None:
        raise ImageReadError(
            f"{path} needs {name}, which is not installed: pip install 'mmfusion_distill[medical]'"
        )


def check_volume_size(shape: tuple[int, ...], path: Path) -> None:
    """Refuse a volume that is too large or empty before it is read."""
    if math.prod(shape) > max_pixels():
        raise ImageReadError(
            f"{path} has {'x'.join(map(str, shape))} values, more than {max_pixels():,}: cut it, or set "
            "MMFUSION_MAX_PIXELS to allow more"
        )
    if not math.prod(shape) > 0:
        raise ImageReadError(f"{path} holds no pixels: replace the file")


def checked_index(slice_index: int | None, count: int, path: Path) -> int:
    """Index of a slice: the middle one if none is asked for; one that is not there is refused."""
    if slice_index is None:
        return count // 2
    if not 0 <= slice_index < count:
        raise ImageReadError(f"{path} has no slice {slice_index}: give --slice from 0 to {count - 1}")
    return slice_index


def brightness(
    values: np.ndarray, window: tuple[float, float] | None, path: Path, missing: np.ndarray | None = None
) -> np.ndarray:
    """Values as brightness.

    Args:
        values (np.ndarray): (H, W).
        window (tuple[float, float] | None): Values that become black and white; None: the percentiles.
        path (Path): The file, for messages.
        missing (np.ndarray, optional): (H, W) bool, where nothing was measured: it becomes black, and counts for no
            percentile. Default: None, where values are not finite.

    Returns:
        np.ndarray: (H, W) float32 in [0, 1].

    Raises:
        ImageReadError: If the window is none.
    """
    # Background of some volumes is not finite.
    missing = ~np.isfinite(values) | (False if missing is None else missing)
    measured = values[~missing]
    if not measured.size:
        return np.zeros(values.shape, np.float32)
    low, high = window or percentile_range(measured)
    if not np.isfinite([low, high]).all():
        raise ImageReadError(f"{path} has a window from {low} to {high}: correct the file")
    if not high > low:
        return np.zeros(values.shape, np.float32)
    return stretch_between(np.where(missing, low, values).astype(np.float32), low, high) / 255


def unreadable(path: Path, kind: str, error: Exception) -> ImageReadError:
    """The sentence about a file that another library cannot read."""
    return ImageReadError(
        f"{path} is no {kind} file that can be read ({reason_of(error, 120)}): replace the file"
    )
