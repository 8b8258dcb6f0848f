"""Stored values as brightness."""

from pathlib import Path

import numpy as np

from .image_source import ImageReadError

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
