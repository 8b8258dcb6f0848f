"""Windowed statistics of gray-level images, shared by the metrics that slide a window.

Statistics are made in strips of rows: a whole-image temporary is large and short-lived, the
allocator maps each one afresh, and the page faults then cost more than the arithmetic.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

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
    sources: Sequence[np.ndarray], fused: np.ndarray, kernel: np.ndarray
) -> Iterator[list[WindowStatistics]]:
    """Yield population statistics of all windows that lie inside, one strip of rows at a time.

    Args:
        sources: Source images, each (H, W) float64, both sides at least K.
        fused: (H, W) float64.
        kernel: (K,) window weights along one axis, summing to one; K odd.

    Yields:
        For each source its statistics with the fused image in the windows of the strip;
        together the strips have (H-K+1, W-K+1) windows.
    """
    for rows in _strips(fused.shape, len(kernel) - 1):
        strip_f = fused[rows]
        mean_f, var_f = _moments(strip_f, kernel)
        statistics = []
        for source in sources:
            strip_s = source[rows]
            mean_s, var_s = _moments(strip_s, kernel)
            covariance = correlate_separable(strip_s * strip_f, kernel) - mean_s * mean_f
            statistics.append(WindowStatistics(mean_s, mean_f, var_s, var_f, covariance))
        yield statistics


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


def pad_with_zeros(image: np.ndarray, border: int) -> np.ndarray:
    """Surround an image with ``border`` rows and columns of zeros."""
    return np.pad(image, border) if border else image


def _moments(strip: np.ndarray, kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = correlate_separable(strip, kernel)
    variance = correlate_separable(strip * strip, kernel)
    variance -= mean * mean
    return mean, np.maximum(variance, 0.0, out=variance)


def _strips(shape: tuple[int, int], overlap: int) -> Iterator[slice]:
    """Split the rows so that windows of ``overlap + 1`` rows lie in exactly one strip each."""
    height, width = shape
    step = max(1, _PIXELS_PER_STRIP // width)
    for start in range(0, height - overlap, step):
        yield slice(start, min(start + step + overlap, height))
