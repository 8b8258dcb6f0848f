"""Brightness that does not jump from frame to frame."""

import math
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from ..images.pixels import to_uint8, without_single_channel

#: A jump of the mean by more gray levels is another scene, not a flicker.
_CUT = 40.0
#: Most gray levels that are corrected.
_LARGEST_SHIFT = 40.0
#: Longer side of the images that are compared, in pixels; at most twice as many.
_COMPARED = 64
#: The same of the base of B; by how many standard deviations B is hot, as in the Laplacian pyramid.
_COARSE, _HOT = 12, 0.5
#: Steps of a gray level that are still told apart: brightness moves by less than one level a frame.
_FRACTIONS = 64


class Glimpse(NamedTuple):
    """A pair at low resolution.

    Args:
        base (np.ndarray): (h, w) float32 in [0, 255], the luminance of A.
        hot (np.ndarray): (h, w) float32, by how many standard deviations B is above the level at which it is hot.
        spread (float): Standard deviation of B, in gray levels.
        gain (float): Range of the middle half of B, in gray levels: the gain of its camera scales it, and an object
            that is hot hardly does.
    """

    base: np.ndarray
    hot: np.ndarray
    spread: float
    gain: float


def glimpse(img_a: np.ndarray, img_b: np.ndarray) -> Glimpse:
    """Look at a pair from afar.

    Args:
        img_a (np.ndarray): (H, W, 3), uint8 RGB or float in [0, 1].
        img_b (np.ndarray): (H, W, 1), likewise.
    """
    base, gray = _halved(_gray(img_a)).astype(np.float32), _gray(img_b)
    mean, spread = (float(value[0, 0]) for value in cv2.meanStdDev(gray))
    coarse = _halved(gray).astype(np.float32)
    low, high = np.quantile(coarse, (0.25, 0.75))
    while max(coarse.shape) > _COARSE:
        coarse = cv2.pyrDown(coarse)
    hot = np.maximum((coarse - mean) / max(spread, 1.0) - _HOT, 0)
    return Glimpse(base, cv2.resize(hot, base.shape[::-1]), spread, max(float(high - low), 1.0))


class SteadyBrightness:
    """Smooths over time by how much brighter images are than their sources let expect.

    Expected is the base of the fusion without training (the Laplacian pyramid): A, and what is hot in B. It follows
    what the scene does at once. What the network adds by its view of the whole image changes slowly, and so does the
    gain of a thermal camera. Another scene starts again.

    Args:
        seconds (float): Time constant of each of two stages.
    """

    def __init__(self, seconds: float) -> None:
        # After a jump one stage alone would begin with its largest step.
        self._stages = [_Smooth(seconds), _Smooth(seconds)]
        self._gain = _Smooth(seconds)
        self._seconds = 0.0
        self._last: tuple[float, float] | None = None

    def __call__(self, picture: np.ndarray, seen: Glimpse, seconds: float) -> np.ndarray:
        """The next image, of steady brightness.

        Args:
            picture (np.ndarray): (H, W, 3) or (H, W) uint8 RGB.
            seen (Glimpse): Of its sources.
            seconds (float): Its time.

        Returns:
            np.ndarray: Of the same shape and type.
        """
        now = cv2.mean(_gray(picture))[0], float(seen.base.mean())
        is_cut = self._last is None or any(abs(new - old) > _CUT for new, old in zip(now, self._last))
        passed = math.inf if is_cut else seconds - self._seconds
        self._last, self._seconds = now, seconds
        # The spread of B that there would be, had its gain not changed.
        spread = seen.spread * float(self._gain(np.array(seen.gain), passed)) / seen.gain
        excess = smooth = np.array(now[0] - np.clip(seen.base + seen.hot * spread, 0, 255).mean())
        for stage in self._stages:
            smooth = stage(smooth, passed)
        return _shifted(picture, float(np.clip(smooth - excess, -_LARGEST_SHIFT, _LARGEST_SHIFT)))


class SteadyRange:
    """Smooths the range of raw thermal frames over time.

    Args:
        seconds (float): Time constant.
    """

    def __init__(self, seconds: float) -> None:
        self._smooth = _Smooth(seconds)
        self._seconds = 0.0
        self._limits: np.ndarray | None = None

    def __call__(self, low: float, high: float, seconds: float) -> tuple[float, float]:
        """The next range, moved towards the last ones; another scene, far outside, starts again."""
        new = np.array([low, high])
        passed, self._seconds = seconds - self._seconds, seconds
        if self._limits is None or np.abs(new - self._limits).max() > 2 * max(np.ptp(self._limits), 1e-6):
            passed = math.inf
        self._limits = self._smooth(new, passed)
        return float(self._limits[0]), float(self._limits[1])


class _Smooth:
    """Exponential smoothing of values that come at any times."""

    def __init__(self, seconds: float) -> None:
        self._time, self._value = max(seconds, 1e-6), np.zeros(())

    def __call__(self, value: np.ndarray, passed: float) -> np.ndarray:
        """The smoothed value, so many seconds after the last one; after infinitely many the value itself."""
        self._value = self._value + (1 - math.exp(-passed / self._time)) * (value - self._value)
        return self._value


def _gray(image: np.ndarray) -> np.ndarray:
    """Luminance (H, W) uint8 of an image, uint8 or float in [0, 1]."""
    image = without_single_channel(image if image.dtype == np.uint8 else to_uint8(image * 255))
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def _halved(gray: np.ndarray) -> np.ndarray:
    """Halved until it is small, which is faster than to shrink it at once."""
    while max(gray.shape) >= 2 * _COMPARED and min(gray.shape) > 1:
        gray = cv2.resize(gray, (gray.shape[1] // 2, gray.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return gray


def _shifted(picture: np.ndarray, shift: float) -> np.ndarray:
    """Brighter by a number of gray levels, also by less than one.

    Rounded alike everywhere, brightness would jump by a whole level when the shift passes a half. A fixed pattern of
    thresholds lets the share of pixels grow that are rounded up.
    """
    if abs(shift) < 1 / _FRACTIONS:
        return picture
    levels = np.clip(np.arange(256) + shift, 0, 255)
    fine = cv2.LUT(picture, np.rint(levels * _FRACTIONS).astype(np.uint16))
    fine = cv2.add(fine, _thresholds(picture.shape))
    fine >>= 6
    return fine.astype(np.uint8)


@lru_cache(maxsize=2)
def _thresholds(shape: tuple[int, ...]) -> np.ndarray:
    """Bayer's ordered dither, 0 to 63 in squares of 8x8, as uint16 of a shape."""
    pattern = np.zeros((1, 1), np.uint16)
    for _ in range(3):
        pattern = np.block([[4 * pattern, 4 * pattern + 2], [4 * pattern + 3, 4 * pattern + 1]])
    rows, columns = (-(-length // 8) for length in shape[:2])
    pattern = np.tile(pattern, (rows, columns))[: shape[0], : shape[1]]
    return np.ascontiguousarray(np.broadcast_to(pattern.reshape(*shape[:2], *[1] * (len(shape) - 2)), shape))
