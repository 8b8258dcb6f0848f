"""Brightness that does not jump from frame to frame."""

import math
from functools import lru_cache

import cv2
import numpy as np

from ..evaluation.functional.laplacian_pyramid import laplacian_pyramid_fusion
from ..images.pixels import to_uint8, without_single_channel

#: A jump of the mean by more gray levels is another scene, not a flicker.
_CUT = 40.0
#: Bounds of what is corrected: gray levels, and gain of contrast.
_LARGEST_SHIFT, _LARGEST_GAIN = 40.0, 1.5
#: Longer side of the images that are compared, in pixels; at most twice as many.
_COMPARED = 64
#: Steps of a gray level that are still told apart: brightness moves by less than one level a frame.
_FRACTIONS = 64

#: Mean and contrast (standard deviation) in gray levels.
Level = tuple[float, float]


def expected_level(img_a: np.ndarray, img_b: np.ndarray) -> Level:
    """Mean and contrast of the fusion without training, the Laplacian pyramid, of a pair.

    It follows what the sources show, and hardly what the gain of a thermal camera does.

    Args:
        img_a (np.ndarray): (H, W, 3), uint8 RGB or float in [0, 1].
        img_b (np.ndarray): (H, W, 1), likewise.

    Returns:
        Level: In gray levels.
    """
    pair = (_halved(_gray(image)) for image in (img_a, img_b))
    return level_of(laplacian_pyramid_fusion(*pair))


def level_of(image: np.ndarray) -> Level:
    """Mean and contrast of the luminance of an image (H, W, 3) RGB or (H, W) uint8, seen from afar."""
    gray = _gray(image)
    return cv2.mean(gray)[0], float(cv2.meanStdDev(_halved(gray))[1][0, 0])


class SteadyBrightness:
    """Smooths over time by how much images differ in mean and contrast from what their sources let expect.

    What the sources do to brightness is kept; what the network adds by its view of the whole image changes slowly.
    Another scene starts anew.

    Args:
        seconds (float): Time constant.
    """

    def __init__(self, seconds: float) -> None:
        # Two stages of half the time each begin and end gently.
        self._stages = [_Smooth(seconds / 2), _Smooth(seconds / 2)]
        self._seconds = 0.0
        self._last: Level | None = None

    def __call__(self, picture: np.ndarray, expected: Level, seconds: float) -> np.ndarray:
        """The next image, of steady brightness.

        Args:
            picture (np.ndarray): (H, W, 3) or (H, W) uint8 RGB.
            expected (Level): Of :func:`expected_level` for its sources.
            seconds (float): Its time.

        Returns:
            np.ndarray: Of the same shape and type.
        """
        mean, contrast = level_of(picture)
        # One gray level, so that even images have a contrast that can be compared.
        excess = np.array([mean - expected[0], math.log((contrast + 1) / (expected[1] + 1))])
        is_cut = self._last is None or any(
            abs(now - before) > _CUT for now, before in zip((mean, expected[0]), self._last)
        )
        self._last = mean, expected[0]
        passed, self._seconds = seconds - self._seconds, seconds
        smooth = excess
        for stage in self._stages:
            smooth = stage(smooth, math.inf if is_cut else passed)
        shift, log_gain = smooth - excess
        shift = float(np.clip(shift, -_LARGEST_SHIFT, _LARGEST_SHIFT))
        gain = float(np.clip(math.exp(log_gain), 1 / _LARGEST_GAIN, _LARGEST_GAIN))
        return _corrected(picture, mean, shift, gain)


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
        """The next range, moved towards the last ones; another scene, far outside, starts anew."""
        new = np.array([low, high])
        passed, self._seconds = seconds - self._seconds, seconds
        if self._limits is None or np.abs(new - self._limits).max() > 2 * max(np.ptp(self._limits), 1e-6):
            passed = math.inf
        self._limits = self._smooth(new, passed)
        return float(self._limits[0]), float(self._limits[1])


class _Smooth:
    """Exponential smoothing of values that come at any times."""

    def __init__(self, seconds: float) -> None:
        self._time, self._value = max(seconds, 1e-6), np.zeros(2)

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


def _corrected(picture: np.ndarray, mean: float, shift: float, gain: float) -> np.ndarray:
    """Contrast around the mean scaled and brightness shifted, also by less than a gray level.

    Rounded alike everywhere, brightness would jump by a whole level when the shift passes a half. A fixed pattern of
    thresholds lets the share of pixels grow that are rounded up.
    """
    levels = np.clip((np.arange(256) - mean) * gain + mean + shift, 0, 255)
    if np.abs(levels - np.arange(256)).max() < 1 / _FRACTIONS:
        return picture
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
