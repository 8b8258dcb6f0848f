"""Where patches of one field are in another, and the map that explains all of them together."""

from collections.abc import Sequence

import cv2
import numpy as np


def vertex(before: float, top: float, after: float) -> float:
    """Where the parabola through three values, one apart, has its maximum, seen from the middle one."""
    bend = before - 2 * top + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def match_patches(
    fields_a: Sequence[np.ndarray], fields_b: Sequence[np.ndarray], side: int, reach: int
) -> tuple[np.ndarray, np.ndarray]:
    """Compare patches of A with all places of B around them.

    Args:
        fields_a (Sequence[np.ndarray]): Per pair (H, W, 2) float32.
        fields_b (Sequence[np.ndarray]): Likewise.
        side (int): Of a patch, pixels.
        reach (int): How far it may have moved, pixels.

    Returns:
        tuple[np.ndarray, np.ndarray]: Centres (N, 2) as x, y; and (N, 2 reach + 1, 2 reach + 1) scores by dy + reach
        and dx + reach, the mean of all pairs, larger where more edges agree.
    """
    height, width = fields_a[0].shape[:2]
    centres, scores = [], []
    padded = [cv2.copyMakeBorder(field, *[reach] * 4, cv2.BORDER_CONSTANT) for field in fields_b]
    for row in range(0, height - side + 1, max(1, side // 2)):
        for column in range(0, width - side + 1, max(1, side // 2)):
            score = 0
            for field_a, field_b in zip(fields_a, padded):
                patch = field_a[row : row + side, column : column + side]
                area = field_b[row : row + side + 2 * reach, column : column + side + 2 * reach]
                score = score + cv2.matchTemplate(area, patch, cv2.TM_CCORR)
            centres.append((column + (side - 1) / 2, row + (side - 1) / 2))
            scores.append(score / len(fields_a))
    return np.array(centres), np.array(scores, np.float32)


def fit_corners(centres: np.ndarray, scores: np.ndarray, size: tuple[int, int], corners: int) -> np.ndarray:
    """Find the map whose displacements at the centres have the largest sum of scores.

    A patch without a partner scores about the same everywhere and has no say, so there are no outliers to sort out.

    Args:
        centres (np.ndarray): As :func:`match_patches` returns them.
        scores (np.ndarray): Likewise.
        size (tuple[int, int]): Height and width of the pictures.
        corners (int): 4 for a homography, 3 for an affine map.

    Returns:
        np.ndarray: (3, 3) float64, from B to A.
    """
    # takes a while to import, which reading pictures need not wait for
    from scipy.optimize import minimize

    height, width = size
    reach = scores.shape[1] // 2
    places = np.float32([[0, 0], [width, 0], [0, height], [width, height]])[:corners]

    def from_a_to_b(moves: np.ndarray) -> np.ndarray:
        moved = (places + moves.reshape(-1, 2)).astype(np.float32)
        if corners == 4:
            return cv2.getPerspectiveTransform(places, moved)
        return np.vstack([cv2.getAffineTransform(places, moved), [0, 0, 1]])

    moves = np.zeros(2 * corners)
    # A wide hill first, then its top.
    for blur in (reach / 3, reach / 8, 0.5):
        surfaces = np.stack([cv2.GaussianBlur(score, (0, 0), max(blur, 0.5)) for score in scores])
        surfaces /= np.abs(surfaces).max() + 1e-9

        def cost(moves: np.ndarray, surfaces: np.ndarray = surfaces) -> float:
            moved = cv2.perspectiveTransform(centres[None], from_a_to_b(moves))[0] - centres
            # Far moves of a corner that no patch speaks for are not worth a little gain.
            return -_look_up(surfaces, moved + reach) + 0.2 * float(np.mean((moves / (reach + 1)) ** 2))

        moves = minimize(cost, moves, method="Powell", options=dict(maxiter=15, xtol=0.02, ftol=1e-4)).x
    return np.linalg.inv(from_a_to_b(moves))


def _look_up(surfaces: np.ndarray, positions: np.ndarray) -> float:
    """Sum of the surfaces at positions (x, y), by cubic interpolation; 0 outside.

    Linear interpolation would have its maxima on whole pixels.
    """
    corners = np.floor(positions).astype(int)
    inside = ((corners >= 1) & (corners < surfaces.shape[1] - 2)).all(axis=1)
    steps = np.arange(-1, 3)
    columns, rows = (corners[inside, axis, None] + steps for axis in (0, 1))
    x, y = (_cubic(positions[inside, axis] - corners[inside, axis]) for axis in (0, 1))
    values = surfaces[np.flatnonzero(inside)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return float(np.einsum("nij,ni,nj->", values, y, x, optimize=True))


def _cubic(t: np.ndarray) -> np.ndarray:
    """Weights (N, 4) of Catmull and Rom for four neighbours in a row."""
    return 0.5 * np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3], axis=1
    )
