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
    """What the brightness of a pair is, seen from afar.

    Args:
        base (float): Mean luminance of A, in gray levels.
        expected (float): Mean of the base of the fusion without training (the Laplacian pyramid): A, and by how much
            B lies above the level at which it is hot.
    """

    base: float
    expected: float


def glimpse(img_a: np.ndarray, img_b: np.ndarray) -> Glimpse:
    """Look at a pair from afar.

    Args:
        img_a (np.ndarray): (H, W, 3), uint8 RGB or float in [0, 1].
        img_b (np.ndarray): (H, W, 1), likewise.
    """
    base, gray = _halved(_gray(img_a)).astype(np.float32), _gray(img_b)
    mean, spread = (float(value[0, 0]) for value in cv2.meanStdDev(gray))
    coarse = _halved(gray).astype(np.float32)
    while max(coarse.shape) > _COARSE:
        coarse = cv2.pyrDown(coarse)
    hot = cv2.resize(np.maximum(coarse - (mean + _HOT * spread), 0), base.shape[::-1])
    return Glimpse(float(base.mean()), float(np.minimum(base + hot, 255).mean()))


class SteadyBrightness:
    """Lets brightness step from frame to frame as far as the sources explain it, and smooths the rest over time.

    A step of the image is explained as far as the fusion without training would step too (:class:`Glimpse`): what the
    scene does shows at once, what the network chooses by the whole image slowly, and no step becomes larger than it
    was. Another scene starts again.

    Args:
        seconds (float): Time constant of each of two stages.
    """

    def __init__(self, seconds: float) -> None:
        # After a jump one stage alone would begin with its largest step.
        self._stages = [_Smooth(seconds), _Smooth(seconds)]
        self._seconds = 0.0
        self._last: tuple[float, Glimpse] | None = None
        # Sum of the steps that nothing explains.
        self._unexplained = 0.0

    def __call__(self, picture: np.ndarray, seen: Glimpse, seconds: float) -> np.ndarray:
        """The next image, of steady brightness.

        Args:
            picture (np.ndarray): (H, W, 3) or (H, W) uint8 RGB.
            seen (Glimpse): Of its sources.
            seconds (float): Its time.

        Returns:
            np.ndarray: Of the same shape and type.
        """
        now = cv2.mean(_gray(picture))[0]
        passed = math.inf
        if self._last is not None:
            step, expected = now - self._last[0], seen.expected - self._last[1].expected
            if max(abs(step), abs(seen.base - self._last[1].base)) <= _CUT:
                passed = seconds - self._seconds
                self._unexplained += step - min(max(step, min(expected, 0)), max(expected, 0))
        self._last, self._seconds = (now, seen), seconds
        smooth = np.array(self._unexplained)
        for stage in self._stages:
            smooth = stage(smooth, passed)
        shift = float(smooth) - self._unexplained
        return _shifted(picture, min(max(shift, -_LARGEST_SHIFT), _LARGEST_SHIFT))


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
