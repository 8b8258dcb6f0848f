"""Visual information fidelity for fusion (VIFF)."""

import math
from collections.abc import Sequence

import numpy as np

from .filters import WindowStatistics, window_statistics
from .gray_image import ImageLike, Plane, as_gray_image
from .visual_fidelity import SIZES, sum_log_1p, window_scales

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
    kept = available = empty = 0.0
    for strip in window_statistics(pictures[:-1], pictures[-1], size, size / 5):
        chosen = (_gain(strip[0]), strip[0].var_s.copy(), strip[0].covariance.copy())
        for statistics in strip[1:]:
            gain = _gain(statistics)
            # Of equal gains the last source is taken, as the authors do.
            smaller = gain <= chosen[0]
            for array, other in zip(chosen, (gain, statistics.var_s, statistics.covariance)):
                np.copyto(array, other, where=smaller)
        kept += _kept(*chosen, strip[0].var_f)
        available += sum_log_1p(chosen[1] / _NOISE_VARIANCE)
        empty += _EMPTY_WINDOW * math.log(10) * chosen[1].size
    return (kept + empty) / (available + empty)


def _gain(statistics: WindowStatistics) -> np.ndarray:
    _, _, var_s, var_f, covariance = statistics
    gain = covariance / (var_s + 1e-10)
    gain[(var_s < 1e-10) | (var_f < 1e-10) | (gain < 0)] = 0.0
    return gain


def _kept(gain: np.ndarray, var_s: np.ndarray, covariance: np.ndarray, var_f: np.ndarray) -> float:
    residual = var_f - gain * covariance
    np.maximum(residual, 1e-10, out=residual)
    residual += _NOISE_VARIANCE
    information = gain * gain
    information *= var_s
    information /= residual
    return sum_log_1p(information)
