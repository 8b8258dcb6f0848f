"""The one map that explains the displacements of all patches together."""

import numpy as np

from .patch_matching import Patches
from .warp_parameters import COUNT, SIMILARITY, WarpParameters

#: How much a map that is no similarity costs, beside what the patches know. A stronger prior turns true
#: perspective down; without any, a single street scene tilts as its few edges like.
_PRIOR = 2e-4
#: The same for the similarity, only so that the equations have a solution.
_LEAST_PRIOR = 3e-6
#: Power by which good matches count more than middling ones.
_POWER = 2


def prepare_scores(scores: np.ndarray) -> np.ndarray:
    """Scores (N, K, K) as densities: what is above the mean of its patch, so that flat patches have no say."""
    above = np.maximum(scores - scores.mean((1, 2), keepdims=True), 0).astype(np.float64)
    return (above / (np.sqrt((above**2).mean()) + 1e-9)) ** _POWER


def fit_warp(
    patches: Patches,
    size: tuple[int, int],
    sigmas: tuple[float, ...],
    before: np.ndarray,
    count: int = COUNT,
) -> np.ndarray:
    """Find the parameters under which the patches fit best.

    The sum of the scores, smoothed by ever smaller Gaussians, is climbed by Newton's method. A patch without a
    partner scores about the same everywhere and has no say, and a straight edge speaks only across itself.

    Args:
        patches (Patches): Of A, with their scores.
        size (tuple[int, int]): Height and width of A.
        sigmas (tuple[float, ...]): Of the Gaussians, pixels, falling.
        before (np.ndarray): (8,) how far the view that the patches were matched in is from a similarity already.
        count (int): Of the parameters: 4 for a similarity, 6 for an affine map, 8 for a homography. Default: 8.

    Returns:
        np.ndarray: (count,) displacement from A to B, see :class:`WarpParameters`.
    """
    parameters = WarpParameters(size)
    moves = parameters.moves(patches.centres)[:, :, :count]
    values = np.zeros(count)
    scores = prepare_scores(patches.scores)
    prior = np.where(np.arange(COUNT) < SIMILARITY, _LEAST_PRIOR, _PRIOR)[:count]
    for sigma in sigmas:
        for _ in range(5):
            information, slope = _climb(scores, moves @ values, sigma)
            weight = np.trace(information, axis1=1, axis2=2).sum() / 2 * prior
            curvature = np.einsum("nij,nil,nlk->jk", moves, information, moves, optimize=True)
            push = np.einsum("nij,ni->j", moves, slope) - weight * (values + before[:count])
            step = np.linalg.solve(curvature + np.diag(weight + 1e-12), push)
            length = np.abs(step).sum()
            values = values + step * min(1.0, 1.5 * sigma / max(length, 1e-9))
            if length < 0.01:
                break
    return values


def _climb(scores: np.ndarray, moved: np.ndarray, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Curvature (N, 2, 2) and slope (N, 2) of the smoothed scores where the patches are."""
    reach = scores.shape[1] // 2
    total, mean, spread = _moments(scores, moved, sigma)
    total = total * (np.abs(moved) <= reach).all(axis=1)
    information = total[:, None, None] * (sigma**2 * np.eye(2) - spread) / sigma**4
    # Beside a maximum the curvature may be negative; the slope decides alone there.
    values, axes = np.linalg.eigh(information)
    values = np.maximum(values, 1e-3 * total[:, None] / sigma**2)
    information = np.einsum("nij,nj,nkj->nik", axes, values, axes)
    return information, total[:, None] * mean / sigma**2


def _moments(
    scores: np.ndarray, moved: np.ndarray, sigma: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sum (N,), mean seen from where the patch is (N, 2), and covariance (N, 2, 2) of the scores around it."""
    reach = scores.shape[1] // 2
    steps = np.arange(-reach, reach + 1, dtype=np.float64)
    kernels = []
    for axis in (0, 1):
        away = steps - moved[:, axis, None]
        near = np.exp(-(away**2) / (2 * sigma**2))
        kernels.append(np.stack([near, near * away, near * away**2], axis=2))
    table = kernels[1].transpose(0, 2, 1) @ scores @ kernels[0]
    total = table[:, 0, 0] + 1e-12
    x, y = table[:, 0, 1] / total, table[:, 1, 0] / total
    xx, yy = table[:, 0, 2] / total - x * x, table[:, 2, 0] / total - y * y
    xy = table[:, 1, 1] / total - x * y
    return total, np.stack([x, y], 1), np.stack([np.stack([xx, xy], 1), np.stack([xy, yy], 1)], 1)
