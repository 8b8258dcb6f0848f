"""How far a pair that should be registered is shifted, for a note."""

from typing import NamedTuple

import cv2
import numpy as np

from .gradient_fields import correlation_surface, gradient_field, to_gray
from .patch_matching import vertex

#: Longer side of the images in which is searched.
_WORKING_SIDE = 640
#: Shifts up to this share of the sides are found.
_FARTHEST = 0.2
#: A pair is called misaligned from this many pixels on, or this share of its width, whichever is more ...
_CLEAR_PIXELS, _CLEAR_SHARE = 3.0, 0.006
#: ... if the edges agree so much better there than where they are, and so much better than anywhere else.
_CLEAR_GAIN, _CLEAR_PEAK = 0.04, 1.3


class Shift(NamedTuple):
    """How source B lies to source A.

    Args:
        right (float): Pixels of A by which the content of B lies too far right; negative: too far left.
        down (float): Likewise, too far down.
        is_clear (bool): Whether the pair is misaligned beyond doubt.
    """

    right: float
    down: float
    is_clear: bool

    def __str__(self) -> str:
        sides = ("right" if self.right >= 0 else "left", "down" if self.down >= 0 else "up")
        return f"{abs(self.right):.1f} px {sides[0]}, {abs(self.down):.1f} px {sides[1]}"


def measure_shift(img_a: np.ndarray, img_b: np.ndarray) -> Shift:
    """Measure how far a pair of equal size is shifted against each other.

    Args:
        img_a (np.ndarray): (H, W) or (H, W, 1 or 3) in [0, 255], RGB.
        img_b (np.ndarray): Likewise.

    Returns:
        Shift: To a fraction of a pixel where the sources have edges in common.
    """
    small = [_shrink(image, img_a.shape[:2]) for image in (img_a, img_b)]
    scale = small[0].shape[1] / img_a.shape[1]
    surface = _surface(*small)
    right, down = _peak(surface)
    height, width = surface.shape
    peak, here = surface.max(), surface[0, 0]
    # The second best maximum that is no flank of the best one.
    rows, columns = np.unravel_index(surface.argmax(), surface.shape)
    others = np.roll(surface, (height // 2 - rows, width // 2 - columns), (0, 1))
    reach = max(4, width // 20)
    others[height // 2 - reach : height // 2 + reach + 1, width // 2 - reach : width // 2 + reach + 1] = 0
    far = np.hypot(right, down) / scale >= max(_CLEAR_PIXELS, _CLEAR_SHARE * img_a.shape[1])
    clear = far and peak - here > _CLEAR_GAIN and peak > _CLEAR_PEAK * max(others.max(), here)
    return Shift(right / scale, down / scale, bool(clear))


def _shrink(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Gray, and not larger than is needed."""
    height, width = size
    scale = min(1.0, _WORKING_SIDE / max(height, width))
    small = max(8, round(width * scale)), max(8, round(height * scale))
    gray = to_gray(image)
    return gray if gray.shape[::-1] == small else cv2.resize(gray, small, interpolation=cv2.INTER_AREA)


def _surface(gray_a: np.ndarray, gray_b: np.ndarray) -> np.ndarray:
    height, width = gray_a.shape
    # Shifts are cyclic: what leaves at one side must not meet the other.
    window = np.outer(_taper(height), _taper(width))[:, :, None]
    surface = correlation_surface(*(gradient_field(gray) * window for gray in (gray_a, gray_b)))
    allowed = np.zeros(surface.shape, bool)
    rows, columns = max(4, int(height * _FARTHEST)), max(4, int(width * _FARTHEST))
    allowed[np.ix_(np.r_[0 : rows + 1, -rows:0], np.r_[0 : columns + 1, -columns:0])] = True
    return np.where(allowed, surface, 0)


def _taper(length: int) -> np.ndarray:
    ramp = max(2, length // 12)
    rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(ramp) + 0.5) / ramp)
    return np.concatenate([rise, np.ones(length - 2 * ramp), rise[::-1]]).astype(np.float32)


def _peak(surface: np.ndarray) -> tuple[float, float]:
    """Shift (x, y) of the maximum, by a parabola through its neighbours."""
    height, width = surface.shape
    row, column = np.unravel_index(surface.argmax(), surface.shape)
    x = column + vertex(*(surface[row, (column + step) % width] for step in (-1, 0, 1)))
    y = row + vertex(*(surface[(row + step) % height, column] for step in (-1, 0, 1)))
    return (x - width if x > width / 2 else x), (y - height if y > height / 2 else y)
