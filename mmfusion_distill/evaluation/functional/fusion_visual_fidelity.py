"""Visual information fidelity for fusion (VIFF)."""

from collections.abc import Sequence

import numpy as np

from .filters import WindowStatistics, window_statistics
from .gray_image import ImageLike, Plane, as_gray_image
from .visual_fidelity import SIZES, window_scales

_NOISE_VARIANCE = 0.005 * 255**2
_SCALE_WEIGHTS = np.array([1.0, 0.0, 0.15, 1.0]) / 2.15
_EMPTY_WINDOW = 1e-7


def fusion_visual_information_fidelity(sources: Sequence[ImageLike], fused: ImageLike) -> float:
    """VIFF: visual information of the best explaining source that the fused image keeps.

    Four scales as in VIF, with visual noise 0.005 * 255^2. In every window the source with the
    smaller gain g (the one that had to be amplified less) stands for both; per scale
    ``sum log(1 + g^2 s / (v + n)) / sum log(1 + s / n)``, mixed with weights 1, 0, 0.15, 1.

    Range [0, 1] for no more contrast than the sources, above with enhancement; higher is better.
    Sources without contrast give 1 (nothing could be lost), and so does a single one among them,
    which explains every window best: then read the per-source scores. With a single source it is the
    per-source score.

    Source: Han, Cai, Cao, Xu, "A new image fusion performance metric based on visual information
    fidelity", Inf. Fusion 14(2), 2013. Other definitions in use: many evaluators call the plain
    VIF sum of the two sources ``VIFF``; colour images through CIE lightness instead of
    luminance.

    Args:
        sources: Source images.
        fused: Fused image of the same size.
    """
    scales = zip(*(window_scales(as_gray_image(image)) for image in [*sources, fused]))
    score = 0.0
    for size, weight, pictures in zip(SIZES, _SCALE_WEIGHTS, scales, strict=True):
        if weight:
            score += weight * _scale_score(pictures, size)
    return float(score)


def _scale_score(pictures: Sequence[Plane], size: int) -> float:
    kept = available = 0.0
    for strip in window_statistics(pictures[:-1], pictures[-1], size, size / 5):
        terms = [_window_terms(statistics) for statistics in strip]
        gains = np.stack([gain for gain, _, _ in terms])
        # Of equal gains the last source is taken, as the authors do.
        chosen = len(terms) - 1 - np.argmin(gains[::-1], axis=0)[None]
        kept += _chosen_sum([term[1] for term in terms], chosen)
        available += _chosen_sum([term[2] for term in terms], chosen)
    return kept / available


def _chosen_sum(values: list[np.ndarray], chosen: np.ndarray) -> float:
    selected = np.take_along_axis(np.stack(values), chosen, 0)
    return float(selected.sum()) + _EMPTY_WINDOW * selected.size


def _window_terms(statistics: WindowStatistics) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return gain, information kept and information available of every window."""
    _, _, var_s, var_f, covariance = statistics
    gain = covariance / (var_s + 1e-10)
    gain[(var_s < 1e-10) | (var_f < 1e-10) | (gain < 0)] = 0.0
    residual = np.maximum(var_f - gain * covariance, 1e-10)
    kept = np.log10(1 + gain**2 * var_s / (residual + _NOISE_VARIANCE))
    return gain, kept, np.log10(1 + var_s / _NOISE_VARIANCE)
