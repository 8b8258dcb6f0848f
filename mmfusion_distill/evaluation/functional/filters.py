"""Windowed statistics of gray-level images, shared by the metrics that slide a window.

Statistics are made in strips of rows: a whole-image temporary is large and short-lived, the
allocator maps each one afresh, and the page faults then cost more than the arithmetic.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from .gray_image import Plane, once_per_picture

_PIXELS_PER_STRIP = 1 << 15


class WindowStatistics(NamedTuple):
    """Means, variances and covariance of two images in windows, arrays of one shape, float64."""

    mean_s: np.ndarray
    mean_f: np.ndarray
    var_s: np.ndarray
    var_f: np.ndarray
    covariance: np.ndarray


def gaussian_kernel(size: int, sigma: float) -> np.ndarray:
    """Return a 1-D Gaussian (size,), float64, that sums to one."""
    return cv2.getGaussianKernel(size, sigma, cv2.CV_64F)[:, 0]


def correlate_separable(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Correlate (H, W) with ``kernel`` (K,), K odd, along both axes where it lies inside.

    Returns:
        (H-K+1, W-K+1) array, a view into a larger one.
    """
    border = len(kernel) // 2
    filtered = cv2.sepFilter2D(image, -1, kernel, kernel)
    return filtered[border : image.shape[0] - border, border : image.shape[1] - border]


def window_statistics(
    sources: Sequence[Plane], fused: Plane, size: int, sigma: float | None
) -> Iterator[list[WindowStatistics]]:
    """Yield population statistics of all windows that lie inside, one strip of rows at a time.

    Planes keep theirs: several metrics look through the same window.

    Args:
        sources: Source images, each (H, W), both sides at least ``size``.
        fused: Fused image (H, W).
        size: Side K of the window, odd.
        sigma: Of a Gaussian window; None for a uniform one.

    Yields:
        For each source its statistics with the fused image in the windows of the strip, not to be
        written to; together the strips have (H-K+1, W-K+1) windows.
    """
    covariances = [_covariances(fused, source, size, sigma) for source in sources]
    moments = [_moments(source, size, sigma) for source in sources]
    for index, (mean_f, var_f) in enumerate(_moments(fused, size, sigma)):
        yield [
            WindowStatistics(moment[index][0], mean_f, moment[index][1], var_f, covariance[index])
            for moment, covariance in zip(moments, covariances, strict=True)
        ]


def pad_to_at_least(image: np.ndarray, size: int) -> np.ndarray:
    """Mirror an image (edge repeated) until both sides measure ``size`` pixels or more.

    Windowed metrics are undefined on images smaller than their window. Mirroring keeps the
    local statistics as they are and leaves larger images untouched.
    """
    missing = [max(0, size - side) for side in image.shape]
    if not any(missing):
        return image
    widths = [(m // 2, m - m // 2) for m in missing]
    return np.pad(image, widths, mode="symmetric")


def padded_plane(image: Plane, size: int) -> Plane:
    """The image, or where it is smaller than ``size`` what :func:`pad_to_at_least` makes of it."""
    return image if min(image.values.shape) >= size else _padded(image, size)


@once_per_picture
def _padded(image: Plane, size: int) -> Plane:
    return Plane(pad_to_at_least(image.values, size))


def pad_with_zeros(image: np.ndarray, border: int) -> np.ndarray:
    """Surround an image with ``border`` rows and columns of zeros."""
    return np.pad(image, border) if border else image


def _kernel(size: int, sigma: float | None) -> np.ndarray:
    return np.full(size, 1 / size) if sigma is None else gaussian_kernel(size, sigma)


@once_per_picture
def _moments(plane: Plane, size: int, sigma: float | None) -> list[tuple[np.ndarray, np.ndarray]]:
    """Means and variances in windows, strip by strip."""
    kernel, moments = _kernel(size, sigma), []
    for rows in _strips(plane.values.shape, size - 1):
        strip = plane.values[rows]
        mean = correlate_separable(strip, kernel)
        variance = correlate_separable(strip * strip, kernel)
        variance -= mean * mean
        moments.append((mean, np.maximum(variance, 0.0, out=variance)))
    return moments


def _covariances(plane: Plane, other: Plane, size: int, sigma: float | None) -> list[np.ndarray]:
    """Covariances in windows, strip by strip; the younger keeps them, so that no two planes keep each other."""
    younger, older = (plane, other) if plane.age > other.age else (other, plane)
    return _covariances_with_older(younger, older, size, sigma)


@once_per_picture
def _covariances_with_older(plane: Plane, other: Plane, size: int, sigma: float | None) -> list[np.ndarray]:
    kernel, covariances = _kernel(size, sigma), []
    moments = zip(_moments(plane, size, sigma), _moments(other, size, sigma), strict=True)
    for rows, ((mean, _), (mean_other, _)) in zip(
        _strips(plane.values.shape, size - 1), moments, strict=True
    ):
        covariance = correlate_separable(other.values[rows] * plane.values[rows], kernel)
        covariances.append(np.subtract(covariance, mean_other * mean, out=covariance))
    return covariances


def _strips(shape: tuple[int, int], overlap: int) -> Iterator[slice]:
    """Split the rows so that windows of ``overlap + 1`` rows lie in exactly one strip each."""
    height, width = shape
    step = max(1, _PIXELS_PER_STRIP // width)
    for start in range(0, height - overlap, step):
        yield slice(start, min(start + step + overlap, height))
