"""How well patches of one view fit another one, for every small displacement."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

#: Share of a patch that both images have to show.
_LEAST_SHOWN = 0.4


def vertex(before: float, top: float, after: float) -> float:
    """Where the parabola through three values, one apart, has its maximum, seen from the middle one."""
    bend = before - 2 * top + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0


class Patches(NamedTuple):
    """Patches of A and how well B fits them.

    Args:
        centres (np.ndarray): (N, 2), x and y.
        scores (np.ndarray): (N, 2 reach + 1, 2 reach + 1) float32 by dy + reach and dx + reach, the sum over all
            pairs, larger where more edges agree.
        side (int): Of a patch, pixels.
    """

    centres: np.ndarray
    scores: np.ndarray
    side: int

    @property
    def colours(self) -> np.ndarray:
        """Of a chessboard of patches that share no pixel: (N,) int, 0 or 1; -1 for those that overlap these."""
        columns, rows = (np.unique(places, return_inverse=True)[1] for places in self.centres.T)
        return np.where((columns % 2 == 0) & (rows % 2 == 0), (columns + rows) // 2 % 2, -1)

    def where(self, chosen: np.ndarray) -> "Patches":
        """Only some of them, by a mask (N,)."""
        return Patches(self.centres[chosen], self.scores[chosen], self.side)

    def near(self, reach: int) -> "Patches":
        """Only displacements of up to so many pixels."""
        beyond = max(0, self.scores.shape[1] // 2 - reach)
        last = self.scores.shape[1] - beyond
        return Patches(self.centres, self.scores[:, beyond:last, beyond:last], self.side)


def match_patches(
    fields_a: Sequence[np.ndarray],
    fields_b: Sequence[np.ndarray],
    shown: Sequence[np.ndarray],
    side: int,
    reach: int,
) -> Patches:
    """Compare patches of A with all places of B around them.

    Args:
        fields_a (Sequence[np.ndarray]): Per pair (H, W, 2) float32.
        fields_b (Sequence[np.ndarray]): Likewise.
        shown (Sequence[np.ndarray]): Per pair (H, W) float32, 1 where both show something.
        side (int): Of a patch, pixels.
        reach (int): How far it may have moved, pixels.

    Returns:
        Patches: Those of which both show enough.
    """
    height, width = fields_a[0].shape[:2]
    sums = [cv2.integral(one) for one in shown]
    padded = [cv2.copyMakeBorder(field, *[reach] * 4, cv2.BORDER_CONSTANT) for field in fields_b]
    least = _LEAST_SHOWN * side * side
    centres, scores = [], []
    for row in _starts(height, side):
        for column in _starts(width, side):
            score = 0
            below, right = row + side, column + side
            for field_a, field_b, area in zip(fields_a, padded, sums):
                if area[below, right] - area[row, right] - area[below, column] + area[row, column] < least:
                    continue
                around = field_b[row : below + 2 * reach, column : right + 2 * reach]
                score = score + cv2.matchTemplate(around, field_a[row:below, column:right], cv2.TM_CCORR)
            if np.ndim(score):
                centres.append((column + (side - 1) / 2, row + (side - 1) / 2))
                scores.append(score)
    found = np.array(scores, np.float32).reshape(-1, 2 * reach + 1, 2 * reach + 1)
    return Patches(np.array(centres, np.float64).reshape(-1, 2), found, side)


def _starts(length: int, side: int) -> np.ndarray:
    """First pixels of patches that overlap by half or less and reach from border to border."""
    last = max(0, length - side)
    return np.floor(np.linspace(0, last, 2 * last // side + 1)).astype(int)
