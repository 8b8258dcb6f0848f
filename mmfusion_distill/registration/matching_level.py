"""Pairs at one resolution, compared under a map."""

from collections.abc import Sequence

import numpy as np

from .gradient_fields import gradient_field, inside_of
from .patch_matching import Patches, match_patches
from .view import View
from .warp_fitting import fit_warp
from .warp_parameters import COUNT, WarpParameters
from .warping import corners_of, map_points, matrix_of_sizes

#: How far B is displaced to see how well edges agree that are not the same, pixels.
_DISPLACED = 8

#: A map that moves a corner of B by fewer pixels stays where it is; rounds that are made until then.
_STILL, _MOST_ROUNDS = 0.3, 5

ViewPair = tuple[View, View]


class MatchingLevel:
    """Pairs of the same two cameras at one resolution.

    Args:
        pairs (Sequence[tuple[View, View]]): Sources A and B.
        longest (int): Longer side of A, pixels.
        sigma (float): Of the band of edges, pixels of this level.
    """

    def __init__(self, pairs: Sequence[ViewPair], longest: int, sigma: float) -> None:
        self.pairs = pairs
        views = [view.shrink(longest) for view, _ in pairs]
        self.size = views[0].size
        self.sigma = sigma
        self.parameters = WarpParameters(self.size)
        #: Side of a patch, pixels: a tenth of the image, and enough to know a place by.
        self.patch_side = min(round(0.1 * max(self.size)) + 12, *self.size)
        self.shown = [inside_of(view.shown, self.sigma) for view in views]
        self.fields = [self._field(view, shown) for view, shown in zip(views, self.shown)]
        self._to_full = matrix_of_sizes(pairs[0][0].size, self.size)
        self._from_full = np.linalg.inv(self._to_full)

    def match(self, matrix: np.ndarray, reach: int) -> Patches:
        """Compare patches of A with B under a map, and around it.

        Args:
            matrix (np.ndarray): (3, 3), from B to A, in pixels of the views.
            reach (int): How far to look, pixels of this level.
        """
        fields, both = self._compared(matrix)
        return match_patches(self.fields, fields, both, self.patch_side, reach)

    def agreement(self, matrix: np.ndarray) -> float:
        """How much better the edges agree, where both show something, than if B were displaced a little.

        Where both views are full of upright edges they agree somewhat wherever they lie, and a small overlap can
        agree by chance: it counts less, by the square root of its share.

        Args:
            matrix (np.ndarray): (3, 3), from B to A, in pixels of the views.

        Returns:
            float: Up to 1; about 0 if unrelated.
        """
        fields, both = self._compared(matrix)
        patches = match_patches(self.fields, fields, both, self.patch_side, _DISPLACED)
        if not len(patches.centres):
            return 0.0
        here = patches.scores[:, _DISPLACED, _DISPLACED] - patches.scores.mean((1, 2))
        per_pixel = float(here.sum()) / (len(here) * self.patch_side**2 * len(self.pairs))
        return per_pixel * sum(float(one.sum()) for one in both) * self._per_energy(fields, both)

    def unlike_similarity(self, matrix: np.ndarray, base: np.ndarray) -> np.ndarray:
        """How far a map is from a similarity after `base`, which gives the pixels of B the shape of those of A."""
        rest = self._from_full @ base @ np.linalg.inv(matrix) @ self._to_full
        return self.parameters.unlike_similarity(rest)

    def moved(self, matrix: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The map whose view differs by the displacement that was found in it."""
        move = np.linalg.inv(self.parameters.matrix(values))
        result = self._to_full @ move @ self._from_full @ matrix
        return result / result[2, 2]

    def refine(
        self, matrix: np.ndarray, base: np.ndarray, reaches: Sequence[int], count: int = COUNT
    ) -> np.ndarray:
        """Move a map to where the patches agree best.

        Args:
            matrix (np.ndarray): (3, 3), from B to A, in pixels of the views.
            base (np.ndarray): (3, 3), the map that the result differs from by a similarity, if that explains it.
            reaches (Sequence[int]): How far to look in each round, pixels of this level.
            count (int): Of parameters, see :func:`fit_warp`. Default: 8.

        Returns:
            np.ndarray: (3, 3).
        """
        for reach in reaches:
            patches = self.match(matrix, reach)
            if len(patches.centres) < count:
                return matrix
            before = self.unlike_similarity(matrix, base)
            matrix = self.moved(
                matrix, fit_warp(patches, self.size, (reach / 3, reach / 6, 1.2), before, count)
            )
        return matrix

    def settle(
        self, matrix: np.ndarray, base: np.ndarray, reaches: Sequence[int], count: int = COUNT
    ) -> np.ndarray:
        """Move a map to where the patches agree best, and go on until it stays there; see :meth:`refine`."""
        corners = corners_of(self.pairs[0][1].size)
        matrix = self.refine(matrix, base, reaches, count)
        for _ in range(_MOST_ROUNDS):
            before, matrix = matrix, self.refine(matrix, base, reaches[-1:], count)
            if np.hypot(*(map_points(matrix, corners) - map_points(before, corners)).T).max() < _STILL:
                break
        return matrix

    def _compared(self, matrix: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Fields of B under a map, and where both show something."""
        views = [view.render(self._from_full @ matrix, self.size) for _, view in self.pairs]
        shown = [inside_of(view.shown, self.sigma) for view in views]
        fields = [self._field(view, area) for view, area in zip(views, shown)]
        return fields, [one * other for one, other in zip(self.shown, shown)]

    def _per_energy(self, fields: Sequence[np.ndarray], both: Sequence[np.ndarray]) -> float:
        """Makes a sum of products an agreement; the root of the share of A that both show goes with it."""
        energies = [
            sum(float(((field**2).sum(2) * one).sum()) for field, one in zip(views, both))
            for views in (self.fields, fields)
        ]
        if min(energies) <= 0:
            return 0.0
        share = sum(float(one.sum()) for one in both) / sum(float(one.sum()) for one in self.shown)
        return float(np.sqrt(share / (energies[0] * energies[1])))

    def _field(self, view: View, shown: np.ndarray) -> np.ndarray:
        return gradient_field(view.gray, shown, self.sigma, 8 * self.sigma)
