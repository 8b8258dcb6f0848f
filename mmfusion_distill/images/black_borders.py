"""Black borders that rectification and registration leave at the sides of an image."""

import cv2
import numpy as np

#: Gray levels, of 255, that compression leaves in a black border, and by which an image begins beside one.
_TOLERANCE, _STEP = 12.0, 15.0
#: The step is so many times what the image changes over as many pixels beside it.
_ABRUPT = 2.0
#: Share of a border's pixels that are exactly black: cold things are noisy.
_EXACT = 0.6
#: Deepest border, as a share of the image; shallowest part of it that counts, in pixels.
_DEEPEST, _SHALLOWEST = 0.3, 1.0
#: The same of a narrow one, which is looked for beside dark things that are darker than compression leaves it.
_NARROW, _DARKEST = 0.012, 4.0
#: Share of a side that a border covers at least, and of its positions that lie within so many pixels of its line.
_COVERED, _ON_LINE, _STRAY = 0.05, 0.85, 2.0
#: Sag of that line, as a share of the side: lenses bend it a little, a head on black ground much.
_SAG = 0.03
#: Share of the black at the sides that the borders must explain: the ground of a scan is more than borders.
_EXPLAINED = 0.95
#: Positions from a corner at which a border begins: what begins elsewhere is a thing.
_FROM_CORNER = 0.02


def find_black_borders(plane: np.ndarray, missing: np.ndarray) -> np.ndarray | None:
    """Find black borders with smooth edges: black at a side, begun at a corner, ended by a step along a line.

    Args:
        plane (np.ndarray): (H, W), numbers of any type.
        missing (np.ndarray): (H, W) bool, what is known to show nothing.

    Returns:
        np.ndarray | None: (H, W) bool; None if there is none.
    """
    lowest = plane[~missing].min()
    if plane.dtype.kind == "u" and lowest > 0:
        return None
    if plane.dtype == np.uint8:
        unit, tolerance = 1.0, _TOLERANCE
    else:
        sample = plane[~missing][:: max(1, plane.size // 20_000)]
        low, high = np.quantile(sample, (0.05, 0.99))
        unit, tolerance = float(high - low) / 255, 0.0
    black = (plane <= lowest + tolerance) | missing
    found = _at_all_sides(plane, black, plane == lowest, _STEP * unit, _DEEPEST)
    if found.any() and _is_all(found, plane <= lowest + tolerance / 4):
        return found
    if not tolerance:
        return None
    black = _at_corners((plane <= lowest + _DARKEST) | missing)
    found = _at_all_sides(plane, black, black, _STEP * unit, _NARROW)
    return found if found.any() else None


def _at_all_sides(
    plane: np.ndarray, black: np.ndarray, is_lowest: np.ndarray, step: float, deepest: float
) -> np.ndarray:
    """Borders at the four sides, (H, W) bool."""
    found = np.zeros(plane.shape, bool)
    for turns in range(4):
        turned = np.rot90(plane, turns)
        depths = _left_border(turned, np.rot90(black, turns), np.rot90(is_lowest, turns), step, deepest)
        if depths is not None:
            columns = np.arange(turned.shape[1])
            np.rot90(found, turns)[columns[None, :] < depths[:, None]] = True
    return found


def _at_corners(black: np.ndarray) -> np.ndarray:
    """The parts of a mask (H, W) that reach a corner."""
    _, labels = cv2.connectedComponents(black.astype(np.uint8), connectivity=4)
    return black & np.isin(labels, labels[[0, 0, -1, -1], [0, -1, 0, -1]])


def _is_all(found: np.ndarray, black: np.ndarray) -> bool:
    """Whether the borders are all that is black at the sides."""
    _, labels = cv2.connectedComponents(black.astype(np.uint8), connectivity=4)
    sides = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching = np.isin(labels, np.setdiff1d(sides, [0]))
    return bool((found & touching).sum() >= _EXPLAINED * touching.sum())


def _left_border(
    plane: np.ndarray, black: np.ndarray, is_lowest: np.ndarray, step: float, deepest: float
) -> np.ndarray | None:
    """How many pixels of each row a border at the left covers, (H,); None if there is none."""
    height, width = plane.shape
    if black[:, 0].mean() < _COVERED:
        return None
    depths = np.argmin(black, axis=1)
    depths[black.all(axis=1)] = width
    rows = np.arange(height)
    covered = (depths >= _SHALLOWEST) & (depths <= deepest * width)
    # Where the borders above and below are, this one cannot be seen.
    inner = depths <= deepest * width
    if covered.sum() < max(_COVERED * height, 8):
        return None
    first, last = np.flatnonzero(inner)[[0, -1]]
    margin = max(3, _FROM_CORNER * height)
    begins = np.flatnonzero(covered)[[0, -1]]
    if begins[0] - first > margin and last - begins[1] > margin:
        return None
    line = _smooth_line(rows / height, depths.astype(float), covered)
    if line is None:
        return None
    expected = np.maximum(line, 0)
    if (np.abs(expected - depths)[inner] <= _STRAY).mean() < _ON_LINE:
        return None
    border = np.where(covered, np.ceil(expected - 0.25), 0).astype(int)
    at_border, beside, farther = (
        plane[rows[covered], np.clip(border[covered] + offset, 0, width - 1)].astype(float)
        for offset in (-1 - border[covered] // 2, 2, 6)
    )
    jump = np.median(beside - at_border)
    # A slope goes on behind its first column, a border does not.
    if jump < max(step, _ABRUPT * np.median(np.abs(farther - beside))):
        return None
    in_border = (np.arange(width)[None, :] < depths[:, None]) & covered[:, None]
    if is_lowest[in_border].mean() < _EXACT:
        return None
    # Its last pixels are half of the image, half black.
    return np.where((border > 0) | (depths > deepest * width), np.minimum(border + 1, width), 0)


def _smooth_line(positions: np.ndarray, depths: np.ndarray, covered: np.ndarray) -> np.ndarray | None:
    """A parabola through the depths that are covered, without those that stray; (H,)."""
    used = covered.copy()
    for _ in range(3):
        if used.sum() < 8:
            return None
        curve = np.polyfit(positions[used], depths[used], 2)
        fitted = np.polyval(curve, positions)
        used = covered & (
            np.abs(fitted - depths) <= max(_STRAY, 1.5 * np.median(np.abs(fitted - depths)[used]))
        )
    # of a parabola over a length of one
    return fitted if abs(curve[0]) / 4 <= max(_SAG * len(positions), 3) else None
