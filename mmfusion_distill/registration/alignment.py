"""Bringing source B to the view of source A, by edges: brightness does not match across sensors."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from ..user_errors import UserError
from .gradient_fields import correlation_surface, field_agreement, gradient_field, to_gray
from .patch_matching import fit_corners, match_patches, vertex

#: Longer side of the pictures in which is searched.
_WORKING_SIDE = 640
#: Shifts up to this share of the sides are found.
_FARTHEST = 0.2
#: A pair is called misaligned from this many pixels on, or this share of its width, whichever is more ...
_CLEAR_PIXELS, _CLEAR_SHARE = 3.0, 0.006
#: ... if the edges agree so much better there than where they are, and so much better than anywhere else.
_CLEAR_GAIN, _CLEAR_PEAK = 0.04, 1.3
#: Agreement of edges below which nothing was found.
_LEAST = 0.1

Pair = tuple[np.ndarray, np.ndarray]


class RegistrationError(UserError):
    """Pictures whose relation cannot be found; the message says why and what to do."""


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
    pairs = _shrink([(img_a, img_b)])
    scale = pairs[0][0].shape[1] / img_a.shape[1]
    surface = _mean_surface(pairs)
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


def estimate_homography(pairs: Sequence[Pair]) -> np.ndarray:
    """Find the homography that brings source B to the view of source A, one for all pairs.

    Args:
        pairs (Sequence[tuple]): One or several pairs of the same two cameras; A and B may differ in size.

    Returns:
        np.ndarray: (3, 3) float64, from pixels (x, y, 1) of B to pixels of A; see :func:`warp_to_a`.

    Raises:
        RegistrationError: If the sources have too little in common.
    """
    small = _shrink(pairs)
    return _to_original(_align(small, corners=4), small[0], pairs[0])


def estimate_affine(pairs: Sequence[Pair]) -> np.ndarray:
    """Find the affine map that brings source B to the view of source A, and refine it by OpenCV's ECC.

    Args:
        pairs (Sequence[tuple]): One or several pairs of the same two cameras; A and B may differ in size.

    Returns:
        np.ndarray: (3, 3) float64, as :func:`estimate_homography`.

    Raises:
        RegistrationError: If the sources have too little in common.
    """
    small = _shrink(pairs)
    matrix = _align(small, corners=3)
    refined = [_ecc(pair, matrix) for pair in small]
    if all(one is not None for one in refined):
        refined = np.median(refined, axis=0)
        fields_a = [gradient_field(img_a) for img_a, _ in small]
        if _agreement(fields_a, small, refined) > _agreement(fields_a, small, matrix):
            matrix = refined
    return _to_original(matrix, small[0], pairs[0])


def warp_to_a(img_b: np.ndarray, matrix: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bring source B to the view of source A.

    What B does not show becomes its mean: without edges and no hot object, so that fusion takes A there.

    Args:
        img_b (np.ndarray): (H, W) or (H, W, C), uint8 or float32.
        matrix (np.ndarray): (3, 3), from B to A.
        size (tuple[int, int]): Height and width of A.

    Returns:
        np.ndarray: (H of A, W of A) or (H of A, W of A, C), of the type of B.
    """
    mean = [float(value) for value in np.atleast_1d(img_b.mean(axis=(0, 1)))]
    warped = cv2.warpPerspective(
        img_b, matrix, size[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=mean
    )
    return warped[:, :, None] if img_b.ndim == 3 and warped.ndim == 2 else warped


def matrix_of_sizes(size_a: tuple[int, int], size_b: tuple[int, int]) -> np.ndarray:
    """What resizes B to A: (3, 3), for :func:`warp_to_a`.

    As cv2.resize it keeps the corners of the pictures, not the centres of the corner pixels.
    """
    y, x = (length_a / length_b for length_a, length_b in zip(size_a, size_b))
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])


def _shrink(pairs: Sequence[Pair]) -> list[Pair]:
    """Gray pairs in the size of A, or smaller."""
    height, width = pairs[0][0].shape[:2]
    scale = min(1.0, _WORKING_SIDE / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))

    def shrunk(image: np.ndarray) -> np.ndarray:
        gray = to_gray(image)
        return gray if gray.shape[::-1] == size else cv2.resize(gray, size, interpolation=cv2.INTER_AREA)

    return [(shrunk(img_a), shrunk(img_b)) for img_a, img_b in pairs]


def _to_original(matrix: np.ndarray, small: Pair, pair: Pair) -> np.ndarray:
    size_a, size_b = (image.shape[:2] for image in pair)
    size = small[0].shape[:2]
    result = matrix_of_sizes(size_a, size) @ matrix @ matrix_of_sizes(size, size_b)
    return result / result[2, 2]


def _mean_surface(pairs: Sequence[Pair]) -> np.ndarray:
    height, width = pairs[0][0].shape
    # Shifts are cyclic: what leaves at one side must not meet the other.
    window = np.outer(_taper(height), _taper(width))[:, :, None]
    surfaces = [correlation_surface(*(gradient_field(image) * window for image in pair)) for pair in pairs]
    surface = np.mean(surfaces, axis=0)
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


def _align(pairs: Sequence[Pair], corners: int) -> np.ndarray:
    """Homography (4 corners) or affine map (3) under which the edges of all pairs agree best."""
    right, down = _peak(_mean_surface(pairs))
    found = np.array([[1.0, 0, -right], [0, 1, -down], [0, 0, 1]])
    height, width = size = pairs[0][0].shape
    fields_a = [gradient_field(img_a) for img_a, _ in pairs]
    for share, side in ((0.06, 0.16), (0.03, 0.1), (0.015, 0.1)):
        reach = max(3, round(share * width))
        fields_b = [gradient_field(warp_to_a(img_b, found, size)) for _, img_b in pairs]
        patches = match_patches(fields_a, fields_b, max(12, round(side * width)), reach)
        found = fit_corners(*patches, size, corners) @ found
    shifted = np.array([[1.0, 0, -right], [0, 1, -down], [0, 0, 1]])
    candidates = [np.eye(3), shifted, *([found] if _is_plausible(found, height, width) else [])]
    best = max(candidates, key=lambda matrix: _agreement(fields_a, pairs, matrix))
    if _agreement(fields_a, pairs, best) < _LEAST:
        raise RegistrationError(
            "the sources cannot be registered (too few edges in common): give a --calibration of other "
            "pairs of these cameras, or leave --register out"
        )
    return best


def _ecc(pair: Pair, matrix: np.ndarray) -> np.ndarray | None:
    # ECC wants one channel: how much stands out, whatever the direction.
    edges = [np.linalg.norm(gradient_field(image), axis=2) for image in pair]
    # OpenCV's map is from A to B.
    start = np.linalg.inv(matrix)[:2].astype(np.float32)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-4)
    try:
        _, found = cv2.findTransformECC(edges[0], edges[1], start, cv2.MOTION_AFFINE, criteria, None, 5)
        return np.linalg.inv(np.vstack([found.astype(np.float64), [0, 0, 1]]))
    except (cv2.error, np.linalg.LinAlgError):  # does not converge
        return None


def _agreement(fields_a: Sequence[np.ndarray], pairs: Sequence[Pair], matrix: np.ndarray) -> float:
    size = fields_a[0].shape[:2]
    each = [
        field_agreement(field_a, gradient_field(warp_to_a(img_b, matrix, size)))
        for field_a, (_, img_b) in zip(fields_a, pairs)
    ]
    return float(np.mean(each))


def _is_plausible(matrix: np.ndarray, height: int, width: int) -> bool:
    """Whether no corner moves farther than cameras side by side make it."""
    corners = np.float64([[[0, 0], [width, 0], [width, height], [0, height]]])
    moved = cv2.perspectiveTransform(corners, matrix)
    farthest = np.abs(moved - corners).max(axis=(0, 1)) / (width, height)
    return bool(np.isfinite(moved).all() and farthest.max() < 0.4)
