"""Where the view of B lies in that of A, looked for over scale, rotation and offset."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from .matching_level import ViewPair
from .orientation_histograms import ORIENTATIONS, orientation_histograms
from .warping import corners_of, map_points, matrix_of_sizes

#: Longer side of A in the search, cells, and side of a cell, pixels.
_SIDE, _CELL = 128, 2
#: Sides of B's view in those of A's view.
_SCALES = np.exp(np.arange(np.log(0.4), np.log(2.0) + 0.01, 0.08))
#: Degrees.
_ANGLES = np.arange(-12, 13, 4)
#: Side of the square that a peak has to stand out from, cells.
_NEIGHBOURS = 35
#: Share of the smaller view that both have to show.
_LEAST_OVERLAP = 0.4
#: Pixels of B that are so little wider than tall, seen from A, count as square.
_SQUARE = 0.02


class Candidate(NamedTuple):
    """One way in which B may lie to A.

    Args:
        score (float): Agreement of edges, larger is better; only for comparing.
        matrix (np.ndarray): (3, 3), from B to A, in pixels of the views.
        base (np.ndarray): (3, 3), the map from which it differs by a similarity.
    """

    score: float
    matrix: np.ndarray
    base: np.ndarray


def bases_of(size_a: tuple[int, int], size_b: tuple[int, int]) -> list[np.ndarray]:
    """Maps between the pixels of B and A: B stretched to A, and pixels as square as those of A."""
    stretched = matrix_of_sizes(size_a, size_b)
    x, y = stretched[0, 0], stretched[1, 1]
    if abs(np.log(x / y)) < _SQUARE:
        return [stretched]
    return [stretched, np.diag([np.sqrt(x * y), np.sqrt(x * y), 1.0])]


def search_views(pairs: Sequence[ViewPair], most: int) -> list[Candidate]:
    """Find the ways in which B may lie to A.

    For each scale and rotation of B the agreement of histograms of edges is computed for all offsets at once, by
    Fourier transforms, over what both show.

    Args:
        pairs (Sequence[tuple[View, View]]): One or several pairs of the same two cameras.
        most (int): Of the ways.

    Returns:
        list[Candidate]: The best first, each clearly unlike the others.
    """
    size_a, size_b = (view.size for view in pairs[0])
    small = [(view_a.shrink(_SIDE * _CELL), view_b) for view_a, view_b in pairs]
    full = matrix_of_sizes(size_a, small[0][0].size)
    side = cv2.getOptimalDFTSize(2 * _SIDE)
    templates = [_Template(*orientation_histograms(view, _CELL), side) for view, _ in small]
    found = []
    for base in bases_of(size_a, size_b):
        for linear in _turned_and_scaled(np.linalg.inv(full) @ base):
            placed = _placed(linear, size_b)
            bounds = _bounds(placed, size_b, side * _CELL)
            rendered = (view_b.render(placed, bounds) for _, view_b in small)
            seen = [_Spectra(*orientation_histograms(view, _CELL), side) for view in rendered]
            surface = np.mean([one.agreement(other) for one, other in zip(templates, seen)], axis=0)
            for score, place in _peaks(surface):
                lengths = zip(place, templates[0].size, seen[0].size)
                down, right = (_CELL * _offset(*each, side) for each in lengths)
                offset = np.array([[1, 0, right], [0, 1, down], [0, 0, 1.0]])
                found.append(Candidate(score, full @ offset @ placed, base))
    found.sort(key=lambda candidate: -candidate.score)
    return distinct(found, size_a, size_b, 0.05, most)


def distinct(
    candidates: Sequence[Candidate],
    size_a: tuple[int, int],
    size_b: tuple[int, int],
    share: float,
    most: int,
) -> list[Candidate]:
    """The first ones that differ from all before them by a share of A's diagonal somewhere."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if len(kept) == most:
            break
        if all(apart(candidate.matrix, other.matrix, size_a, size_b) > share for other in kept):
            kept.append(candidate)
    return kept


def apart(one: np.ndarray, other: np.ndarray, size_a: tuple[int, int], size_b: tuple[int, int]) -> float:
    """Largest distance of two maps inside of B, as a share of A's diagonal."""
    across, down = np.meshgrid([0.1, 0.5, 0.9], [0.1, 0.5, 0.9])
    places = np.stack([across.ravel(), down.ravel()], 1) * size_b[::-1]
    away = map_points(one, places) - map_points(other, places)
    return float(np.hypot(*away.T).max() / np.hypot(*size_a))


class _Spectra:
    """Fourier transforms of a view's histograms, of their energy and of where it is shown."""

    def __init__(self, histograms: np.ndarray, shown: np.ndarray, side: int) -> None:
        self.size, self.area = shown.shape, float(shown.sum())
        # What is real goes two by two: one transform does for both.
        self.histograms = [
            _transform(histograms[:, :, first : first + 2], side) for first in range(0, ORIENTATIONS, 2)
        ]
        self.shown_and_energy = _transform(np.dstack([shown, (histograms**2).sum(2)]), side)


class _Template(_Spectra):
    """The same of the view in which others are looked for."""

    def __init__(self, histograms: np.ndarray, shown: np.ndarray, side: int) -> None:
        super().__init__(histograms, shown, side)
        self.shown = _transform(shown, side)
        self.energy = _transform((histograms**2).sum(2), side)

    def agreement(self, other: _Spectra) -> np.ndarray:
        """Agreement of edges for every offset of the other view, cyclic; -1 where too little is shown by both."""
        both, energy_other = _correlate([self.shown], [other.shown_and_energy])
        energy, _ = _correlate([self.energy], [other.shown_and_energy])
        energies = np.maximum(energy, 0) * np.maximum(-energy_other, 0)
        share = np.sqrt(np.maximum(both, 0) / max(self.area, 1.0))
        common, _ = _correlate(self.histograms, other.histograms)
        agreement = common / np.sqrt(np.maximum(energies, 1e-6 * float(energies.max()) + 1e-9)) * share
        enough = both > _LEAST_OVERLAP * max(1.0, min(self.area, other.area))
        return np.where(enough, agreement - _around(agreement, enough), -1)


def _around(surface: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Mean of the surface around each place, of what counts: where both views are full of upright edges, any
    offset agrees somewhat."""
    counting = counts.astype(np.float32)
    total = cv2.blur(surface.astype(np.float32) * counting, (_NEIGHBOURS, _NEIGHBOURS))
    return total / (cv2.blur(counting, (_NEIGHBOURS, _NEIGHBOURS)) + 1e-3)


def _transform(values: np.ndarray, side: int) -> np.ndarray:
    padded = np.zeros((side, side, *values.shape[2:]), np.float32)
    padded[: values.shape[0], : values.shape[1]] = values
    return cv2.dft(padded, flags=cv2.DFT_COMPLEX_OUTPUT)


def _correlate(a: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Sum of the correlations with the real parts of b, and with their imaginary parts, negative, for real a; for
    complex ones the first is the sum of both parts."""
    product = sum(cv2.mulSpectrums(one, other, 0, conjB=True) for one, other in zip(a, b))
    product = cv2.idft(product, flags=cv2.DFT_SCALE)
    return product[:, :, 0], product[:, :, 1]


def _turned_and_scaled(base: np.ndarray) -> Iterator[np.ndarray]:
    for scale in _SCALES:
        for angle in np.deg2rad(_ANGLES):
            cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
            yield np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]]) @ base


def _placed(matrix: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The map followed by the shift that brings all of the image to positive coordinates."""
    left, top = map_points(matrix, corners_of(size)).min(axis=0)
    return np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]]) @ matrix


def _bounds(matrix: np.ndarray, size: tuple[int, int], most: int) -> tuple[int, int]:
    """Height and width of what an image becomes."""
    width, height = np.ceil(map_points(matrix, corners_of(size)).max(axis=0)).astype(int) + 1
    return int(np.clip(height, 8, most)), int(np.clip(width, 8, most))


def _peaks(surface: np.ndarray) -> Iterator[tuple[float, tuple[int, int]]]:
    """The two best places (score, (row, column)) that are no neighbours."""
    surface = surface.copy()
    for _ in range(2):
        row, column = (int(place) for place in np.unravel_index(surface.argmax(), surface.shape))
        yield float(surface[row, column]), (row, column)
        surface[max(0, row - 6) : row + 7, max(0, column - 6) : column + 7] = -1


def _offset(place: int, length_a: int, length_b: int, side: int) -> int:
    """The offset that a place in a cyclic surface stands for: that of the larger overlap."""
    return max((place, place - side), key=lambda offset: min(length_a, offset + length_b) - max(0, offset))
