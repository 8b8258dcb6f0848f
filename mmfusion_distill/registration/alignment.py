"""Bringing source B to the view of source A, by edges: brightness does not match across sensors."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ..user_errors import UserError
from .evidence import Evidence, evidence_of
from .gradient_fields import gradient_field
from .matching_level import MatchingLevel, ViewPair
from .view import view_of
from .view_search import Candidate, apart, bases_of, search_views
from .warp_parameters import COUNT, SIMILARITY
from .warping import matrix_of_sizes

#: Longer sides of what is worked with, pixels: B may show more than A.
_LONGEST_A, _LONGEST_B = 640, 1280
#: Sigma of the bands of edges, pixels: wide for finding the place; sharp for a map whose evidence is looked at, and
#: sharper for the last pixel, which two cameras of one view alone have in common.
_WIDE, _SHARP, _SHARPEST = 1.4, 1.0, 0.7
#: Pairs that are searched over all scales and rotations; more only take longer.
_SEARCHED = 4
#: Ways in which B may lie to A that are followed after the search.
_FOLLOWED = 8
#: Maps that differ by more than this share of A's diagonal are rivals, not versions of each other.
_RIVALS = 0.08


class RegistrationError(UserError):
    """Images whose relation cannot be found; the message says why and what to do.

    Args:
        message (str): All of it.
        doubt (str): Why alone. Default: ''.
        doubted (np.ndarray, optional): (3, 3), the map that was found but is not trusted. Default: None.
    """

    def __init__(self, message: str, doubt: str = "", doubted: np.ndarray | None = None) -> None:
        super().__init__(message)
        self.doubt = doubt
        self.doubted = doubted


@dataclass(frozen=True)
class Alignment:
    """How source B lies to source A.

    Args:
        matrix (np.ndarray): (3, 3) float64, from pixels (x, y, 1) of B to pixels of A; see :func:`warp_to_a`.
        evidence (Evidence): How far it can be trusted.
    """

    matrix: np.ndarray
    evidence: Evidence


def find_homography(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> Alignment:
    """Find the homography that brings source B to the view of source A, one for all pairs.

    B may show 0.4 to 2 times the width of what A shows, be turned by 12 degrees and lie anywhere in A.

    Args:
        pairs (Sequence[tuple]): One or several pairs of the same two cameras; A and B may differ in size.

    Returns:
        Alignment: With what speaks for it.

    Raises:
        RegistrationError: If the sources have too little in common, or the map cannot be trusted.
    """
    return _align(pairs, COUNT)


def find_affine(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> Alignment:
    """Find the affine map that brings source B to the view of source A, and refine it by OpenCV's ECC.

    Args:
        pairs (Sequence[tuple]): As for :func:`find_homography`.

    Returns:
        Alignment: With what speaks for it.

    Raises:
        RegistrationError: As :func:`find_homography`.
    """
    return _align(pairs, COUNT - 2)


def _align(pairs: Sequence[tuple[np.ndarray, np.ndarray]], count: int) -> Alignment:
    try:
        return _found(pairs, count)
    except (np.linalg.LinAlgError, cv2.error) as error:
        # A map that degenerates: nothing in the images holds it.
        raise _refusal("too few edges in common") from error


def _found(pairs: Sequence[tuple[np.ndarray, np.ndarray]], count: int) -> Alignment:
    views = [(view_of(img_a, _LONGEST_A), view_of(img_b, _LONGEST_B)) for img_a, img_b in pairs]
    sizes = views[0][0].size, views[0][1].size
    wide = MatchingLevel(views, 320, _WIDE)
    best, rival = _choose(views, wide, count)
    fine = MatchingLevel(views, _LONGEST_A, _SHARP)
    judged = fine.settle(best.matrix, best.base, (10, 7, 5), count)
    sharpest = MatchingLevel(views, _LONGEST_A, _SHARPEST)
    matrix = sharpest.settle(judged, best.base, (7, 5), count)
    if count < COUNT:
        matrix = _by_ecc(sharpest, matrix)
    evidence = evidence_of(fine, judged, best.base, rival, matrix)
    matrix = (
        matrix_of_sizes(pairs[0][0].shape[:2], sizes[0])
        @ matrix
        @ matrix_of_sizes(sizes[1], pairs[0][1].shape[:2])
    )
    matrix = matrix / matrix[2, 2]
    doubt = evidence.doubt(float(np.hypot(*pairs[0][0].shape[:2])))
    if doubt is not None:
        raise _refusal(doubt, matrix)
    return Alignment(matrix, evidence)


def _refusal(doubt: str, doubted: np.ndarray | None = None) -> RegistrationError:
    return RegistrationError(
        f"the sources cannot be registered ({doubt}): give a --calibration, by `mmfusion calibrate` from several "
        "pairs of these cameras or with --points found by hand, or leave --register out",
        doubt,
        doubted,
    )


def _choose(views: Sequence[ViewPair], wide: MatchingLevel, count: int) -> tuple[Candidate, float]:
    """The way in which the edges agree best, and the agreement of the next one as a share of its own."""
    sizes = views[0][0].size, views[0][1].size
    resized = [Candidate(0.0, base, base) for base in bases_of(*sizes)]
    followed = [*search_views(views[:_SEARCHED], _FOLLOWED), *resized]
    tried = [_refined(wide, candidate, count) for candidate in followed]
    best, *others = sorted(tried, key=lambda candidate: -candidate.score)
    rivals = [one.score for one in others if apart(one.matrix, best.matrix, *sizes) > _RIVALS]
    return best, max([0.0, *rivals]) / max(best.score, 1e-9)


def _refined(level: MatchingLevel, candidate: Candidate, count: int) -> Candidate:
    """A candidate moved to where its patches agree, at first by a similarity: more would follow chance from afar."""
    similar = level.refine(candidate.matrix, candidate.base, (20, 12), SIMILARITY)
    matrix = level.refine(similar, candidate.base, (8, 8), count)
    return Candidate(level.agreement(matrix), matrix, candidate.base)


def _by_ecc(level: MatchingLevel, matrix: np.ndarray) -> np.ndarray:
    """An affine map refined by OpenCV's ECC, if the edges agree better then."""
    refined = [_ecc(pair, matrix) for pair in level.pairs]
    found = [one for one in refined if one is not None]
    if len(found) < len(refined):
        return matrix
    better = np.median(found, axis=0)
    return better if level.agreement(better) > level.agreement(matrix) else matrix


def _ecc(pair: ViewPair, matrix: np.ndarray) -> np.ndarray | None:
    # ECC wants one channel: how much stands out, whatever the direction.
    edges = [np.linalg.norm(gradient_field(view.gray), axis=2) for view in pair]
    # OpenCV's map is from A to B.
    start = np.linalg.inv(matrix)[:2].astype(np.float32)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-4)
    try:
        _, found = cv2.findTransformECC(edges[0], edges[1], start, cv2.MOTION_AFFINE, criteria, None, 5)
        return np.linalg.inv(np.vstack([found.astype(np.float64), [0, 0, 1]]))
    except (cv2.error, np.linalg.LinAlgError):  # does not converge
        return None
