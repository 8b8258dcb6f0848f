"""Whether a map that was found is right, by what it was not chosen by."""

from dataclasses import dataclass

import numpy as np

from .matching_level import MatchingLevel
from .patch_matching import Patches
from .warp_fitting import fit_warp
from .warping import corners_of, map_points

#: Parts of the image that are left out in turn: so many across and down.
_PARTS = 3
#: Fewer patches than this on one side of a comparison tell nothing.
_LEAST_PATCHES = 4
#: A patch has a say in the held-out error if its best place stands out by so many standard deviations.
_DISTINCT = 2.0
#: Limits, see :meth:`Evidence.doubt`; lengths as shares of A's diagonal.
_LEAST_SIGNIFICANCE = 2.5
_MOST_RIVAL = 0.8
_MOST_UNSURE = 0.021
#: A rival that agrees half as well leaves the sum as it is.
_HALF = 0.5
#: The maps of two halves, of an eighth of the patches each, scatter so many times as much as that of all.
_SCATTER = 2.0
#: How far from a map is looked for a better place, pixels of the finest level ...
_REACH = 10
#: ... and as a share of the longer side, where places are wanted that are surely wrong.
_FAR = 0.06


@dataclass(frozen=True)
class Evidence:
    """Measures of a map, none of which it was chosen by; lengths as shares of A's diagonal.

    Args:
        significance (float): How far the scores of held-out patches lie above those of other displacements, in
            standard deviations; about 0 for a map that is wrong.
        halves (float): Farthest corner between the maps of two halves of the patches that share no pixel.
        spread (float): Standard deviation of the farthest corner, by leaving out each ninth of the image in turn.
        backward (float): Farthest corner between this map and that from A to B.
        bands (float): Farthest corner between this map and that by sharper edges, which is taken.
        rival (float): Agreement of the best map that is quite another one, as a share of this one's.
        held_out_error (float): Median distance of held-out patches from where they fit best.
        held_out_patches (int): How many these are.
    """

    significance: float
    halves: float
    spread: float
    backward: float
    bands: float
    rival: float
    held_out_error: float
    held_out_patches: int

    def doubt(self, diagonal: float) -> str | None:
        """The evidence against the map; None if there is none.

        Maps of pairs that were warped on purpose lie on both sides of the limits, see
        tools/analysis_tools/registration_accuracy.py. The spread, the halves, the way back and the bands are
        estimates of one error: each alone is small by chance now and then, so that their sum counts. What is compared
        has fewer patches than the map and scatters more than its error of 1 % at the corners. Where another map
        agrees well, too, there is little to tell right from wrong, and the sum counts for more.

        Args:
            diagonal (float): Of A, pixels.
        """
        if not (self.significance >= _LEAST_SIGNIFICANCE and self.rival <= _MOST_RIVAL):
            return "too few edges in common"
        unsure = self.spread + self.halves / _SCATTER + self.backward + self.bands
        if not unsure * (_HALF + self.rival) <= _MOST_UNSURE:
            apart = _bounded(unsure) * diagonal
            return (
                f"a corner moves by {apart:.0f} px with the parts of the images that are looked at, and from A to B "
                "instead of from B to A"
            )
        return None

    def sentences(self, diagonal: float) -> list[str]:
        """The error of the map, for a report.

        Args:
            diagonal (float): Of A, pixels.
        """
        return [
            f"{self.held_out_patches} held-out patches fit best {self.held_out_error * diagonal:.1f} px of A "
            "(median) from where the map of the others puts them",
            f"the farthest corner of B is known to {self.spread * diagonal:.1f} px; the maps of two halves of the "
            f"patches differ there by {self.halves * diagonal:.1f} px, those forward and backward by "
            f"{self.backward * diagonal:.1f} px",
        ]


def _bounded(share: float) -> float:
    """At most the diagonal; a map that is none at all is that far off."""
    return share if share < 1 else 1.0


def evidence_of(
    level: MatchingLevel, matrix: np.ndarray, base: np.ndarray, rival: float, taken: np.ndarray
) -> Evidence:
    """Measure how far a map can be trusted.

    Args:
        level (MatchingLevel): The one in which the map was refined.
        matrix (np.ndarray): (3, 3), from B to A, in pixels of the views.
        base (np.ndarray): (3, 3), what it differs from by a similarity, about.
        rival (float): Agreement of the best map that is quite another one, as a share of this one's.
        taken (np.ndarray): (3, 3), the map by sharper edges.
    """
    far = level.match(matrix, max(_REACH, round(_FAR * max(level.size))))
    patches = far.near(_REACH)
    corners = corners_of(level.pairs[0][1].size)
    diagonal = float(np.hypot(*level.pairs[0][0].size))

    def farthest(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.hypot(*(map_points(one, corners) - map_points(other, corners)).T).max() / diagonal)

    fitted = [_values(level, matrix, base, patches.where(patches.colours == colour)) for colour in (0, 1)]
    halves = [level.moved(matrix, values) for values in fitted if values is not None]
    held_out = [far.where(far.colours == colour) for colour in (1, 0)]
    error, count = _held_out_error(level, fitted, held_out)
    return Evidence(
        significance=_significance(level, fitted, held_out),
        halves=farthest(*halves) if len(halves) == 2 else 1.0,
        spread=_spread(level, matrix, base, patches, corners) / diagonal,
        backward=farthest(np.linalg.inv(_backward(level, matrix, base)), matrix),
        bands=farthest(taken, matrix),
        rival=rival,
        held_out_error=error * level.pairs[0][0].size[1] / level.size[1] / diagonal,
        held_out_patches=count,
    )


def _refitted(
    level: MatchingLevel, matrix: np.ndarray, base: np.ndarray, patches: Patches
) -> np.ndarray | None:
    """The map by some of the patches alone; None if these are too few."""
    values = _values(level, matrix, base, patches)
    return None if values is None else level.moved(matrix, values)


def _values(
    level: MatchingLevel, matrix: np.ndarray, base: np.ndarray, patches: Patches
) -> np.ndarray | None:
    if len(patches.centres) < _LEAST_PATCHES:
        return None
    return fit_warp(patches, level.size, (3.0, 2.0, 1.2), level.unlike_similarity(matrix, base))


def _spread(
    level: MatchingLevel, matrix: np.ndarray, base: np.ndarray, patches: Patches, corners: np.ndarray
) -> float:
    """Standard deviation (jackknife) of the farthest corner, pixels of the view."""
    height, width = level.size
    columns, rows = (patches.centres / (width, height) * _PARTS).astype(int).T
    part = rows * _PARTS + columns
    found = [_refitted(level, matrix, base, patches.where(part != one)) for one in np.unique(part)]
    places = [map_points(one, corners) for one in found if one is not None]
    if len(places) < 3:
        return float(np.hypot(height, width))
    away = np.array(places) - map_points(matrix, corners)
    return float(np.sqrt((len(places) - 1) / len(places) * (away**2).sum(axis=(0, 2))).max())


def _backward(level: MatchingLevel, matrix: np.ndarray, base: np.ndarray) -> np.ndarray:
    """The map from A to B that fits best from there."""
    other = MatchingLevel([pair[::-1] for pair in level.pairs], max(level.size), level.sigma)
    return other.refine(np.linalg.inv(matrix), np.linalg.inv(base), [_REACH])


def _significance(level: MatchingLevel, fitted: list[np.ndarray | None], held_out: list[Patches]) -> float:
    """The smaller one of both halves of the patches, judged by the map of the other half."""
    found = []
    for values, patches in zip(fitted, held_out):
        if values is None or len(patches.centres) < _LEAST_PATCHES:
            return 0.0
        reach = patches.scores.shape[1] // 2
        moved = level.parameters.moves(patches.centres) @ values
        columns, rows = np.clip(np.round(moved).astype(int) + reach, 0, 2 * reach).T
        scores = patches.scores[np.arange(len(rows)), rows, columns] - patches.scores.mean((1, 2))
        found.append(float(scores.sum() / np.sqrt(patches.scores.var((1, 2)).sum() + 1e-9)))
    return min(found)


def _held_out_error(
    level: MatchingLevel, fitted: list[np.ndarray | None], held_out: list[Patches]
) -> tuple[float, int]:
    """Median distance of patches from where they fit best, under the map of the others; and their number."""
    errors = []
    for values, far in zip(fitted, held_out):
        if values is None or not len(far.centres):
            continue
        patches = far.near(_REACH)
        scores = patches.scores.reshape(len(patches.scores), -1)
        best = scores.argmax(axis=1)
        distinct = scores.max(axis=1) > scores.mean(axis=1) + _DISTINCT * scores.std(axis=1)
        places = np.stack([best % (2 * _REACH + 1), best // (2 * _REACH + 1)], axis=1) - _REACH
        moved = level.parameters.moves(patches.centres) @ values
        errors += list(np.hypot(*(places - moved)[distinct].T))
    return (float(np.median(errors)) if errors else float(_REACH)), len(errors)
