"""Brightness that does not jump from frame to frame."""

import math

import cv2
import numpy as np

from ..images.pixels import to_uint8

#: A jump of the mean by more gray levels is another scene, not a flicker.
_CUT = 40.0
_LARGEST_GAIN = 1.5


class SteadyBrightness:
    """Smooths mean and contrast of the luminance of pictures over time; starts anew when the scene changes.

    Args:
        frames (float): Time constant, in frames.
    """

    def __init__(self, frames: float) -> None:
        self._share = 1 - math.exp(-1 / max(frames, 1e-3))
        self._mean: float | None = None
        self._contrast = 0.0

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        """The next picture: (H, W, 3) or (H, W) uint8 RGB, of the brightness that the last ones had."""
        gray = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        mean, contrast = (float(value[0, 0]) for value in cv2.meanStdDev(gray))
        if self._mean is None or abs(mean - self._mean) > _CUT:
            self._mean, self._contrast = mean, contrast
            return picture
        self._mean += self._share * (mean - self._mean)
        self._contrast += self._share * (contrast - self._contrast)
        gain = np.clip(self._contrast / max(contrast, 1e-3), 1 / _LARGEST_GAIN, _LARGEST_GAIN)
        levels = to_uint8((np.arange(256) - mean) * gain + self._mean)
        return cv2.LUT(picture, levels)


class SteadyRange:
    """Smooths the range of raw thermal frames over time.

    Args:
        frames (float): Time constant, in frames.
    """

    def __init__(self, frames: float) -> None:
        self._share = 1 - math.exp(-1 / max(frames, 1e-3))
        self._limits: np.ndarray | None = None

    def __call__(self, low: float, high: float) -> tuple[float, float]:
        """The next range, moved towards the last ones; another scene, far outside, starts anew."""
        new = np.array([low, high])
        if self._limits is None or np.abs(new - self._limits).max() > 2 * max(np.ptp(self._limits), 1e-6):
            self._limits = new
        self._limits = self._limits + self._share * (new - self._limits)
        return float(self._limits[0]), float(self._limits[1])
