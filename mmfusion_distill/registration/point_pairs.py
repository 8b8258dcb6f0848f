"""A homography from points that a person found in both images."""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from ..system.regular_file import read_regular_file
from ..user_errors import UserError
from .warping import corners_of, map_points

_LARGEST_FILE = 1_000_000
#: Four points are a homography.
_LEAST = 4
#: Share of A's diagonal by which a corner of B may move where every point is marked to a pixel.
_MOST_UNSURE = 0.01
#: Pixels by which points are moved to see what that does.
_STEP = 0.1


class PointPairs(NamedTuple):
    """Points that show the same thing in both images.

    Args:
        in_a (np.ndarray): (N, 2) float64, x and y in pixels of A, from 0.
        in_b (np.ndarray): (N, 2) float64, likewise of B.
        path (Path): Where they come from, for messages.
    """

    in_a: np.ndarray
    in_b: np.ndarray
    path: Path

    @classmethod
    def read(cls, path: str | Path) -> "PointPairs":
        """Read lines of four numbers: x and y in A, x and y in B, separated by spaces or commas.

        Empty lines and what follows a `#` do not count.

        Raises:
            UserError: If the file cannot be read, a line is something else, or there are fewer than four.
        """
        path = Path(path)
        try:
            lines = read_regular_file(path, _LARGEST_FILE).decode("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise UserError(f"the points {path} cannot be read ({reason}): check --points") from error
        rows = []
        for number, line in enumerate(lines, 1):
            words = line.partition("#")[0].replace(",", " ").split()
            if words:
                rows.append(_numbers(words, path, number))
        if len(rows) < _LEAST:
            raise UserError(
                f"{path} has {len(rows)} points: mark at least four, near the corners of what both show"
            )
        table = np.array(rows)
        return cls(table[:, :2], table[:, 2:], path)

    def check_inside(self, size_a: tuple[int, int], size_b: tuple[int, int]) -> None:
        """Check that the points lie in images of these heights and widths.

        Raises:
            UserError: If one does not.
        """
        for name, points, (height, width) in (("A", self.in_a, size_a), ("B", self.in_b, size_b)):
            inside = ((points >= -0.5) & (points <= (width - 0.5, height - 0.5))).all(axis=1)
            if not inside.all():
                x, y = points[~inside][0]
                raise UserError(
                    f"{self.path}: the point {x:g} {y:g} lies outside of source {name}, which has {width}x{height} "
                    "pixels: give x and y in A, then x and y in B"
                )

    def homography(self) -> np.ndarray:
        """The homography from B to A with the smallest squared error: (3, 3) float64.

        Raises:
            UserError: If the points do not tell one, as when three of four lie on a line.
        """
        matrix = _fit(self.in_a, self.in_b)
        if matrix is None:
            raise UserError(f"{self.path}: the points lie on one line or nearly: mark them near the corners")
        return matrix

    def corner_error(self, size_a: tuple[int, int], size_b: tuple[int, int]) -> float:
        """How far the farthest corner of B is known, where every point is marked to a pixel: pixels of A.

        Args:
            size_a (tuple[int, int]): Height and width of A.
            size_b (tuple[int, int]): Height and width of B.

        Raises:
            UserError: If the points tell too little about the corners, as four in the middle do.
        """
        corners = corners_of(size_b)
        places = map_points(self.homography(), corners)
        variance = np.zeros(len(corners))
        for index in np.ndindex(self.in_a.shape):
            moved = self.in_a.copy()
            moved[index] += _STEP
            matrix = _fit(moved, self.in_b)
            away = np.full(places.shape, np.inf) if matrix is None else map_points(matrix, corners) - places
            variance += (away**2).sum(axis=1) / _STEP**2
        error, diagonal = float(np.sqrt(variance.max())), float(np.hypot(*size_a))
        if not error <= _MOST_UNSURE * diagonal:
            raise UserError(
                f"{self.path}: the points tell too little about the corners of source B, one of which moves by "
                f"{min(error, diagonal):.0f} px of A if points are marked a pixel aside: mark more, near the corners"
            )
        return error

    def held_out_errors(self) -> np.ndarray:
        """How far each point lies from where the others put it: (N,) pixels of A; empty for four, which fit."""
        if len(self.in_a) == _LEAST:
            return np.empty(0)
        errors = []
        for index, (in_a, in_b) in enumerate(zip(self.in_a, self.in_b)):
            others = np.arange(len(self.in_a)) != index
            matrix = _fit(self.in_a[others], self.in_b[others])
            found = np.full(2, np.inf) if matrix is None else map_points(matrix, in_b[None])[0]
            errors.append(np.hypot(*(found - in_a)))
        return np.array(errors)


def _numbers(words: list[str], path: Path, number: int) -> list[float]:
    try:
        values = [float(word) for word in words]
    except ValueError:
        values = []
    if len(values) != 4 or not np.isfinite(values).all():
        raise UserError(
            f"{path}, line {number} is no pair of points: write four numbers, x and y in A, then x and y in B"
        )
    return values


def _fit(in_a: np.ndarray, in_b: np.ndarray) -> np.ndarray | None:
    """Homography from B to A; None if the points are on a line, or nearly."""
    for points in (in_a, in_b):
        spread = np.linalg.svd(points - points.mean(0), compute_uv=False)
        if spread[1] < 0.02 * spread[0] + 1e-9:
            return None
    matrix, _ = cv2.findHomography(in_b, in_a, 0)
    if matrix is None or not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-9:
        return None
    # A view is never turned inside out.
    if (np.sign((matrix @ np.column_stack([in_b, np.ones(len(in_b))]).T)[2]) < 0).any():
        return None
    return matrix / matrix[2, 2]
