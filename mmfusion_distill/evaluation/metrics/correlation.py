"""Metrics from linear correlation between sources and fused picture."""

from __future__ import annotations

import numpy as np

from ..gray_image import GrayImage, ImageLike, as_gray_image

__all__ = ["correlation_coefficient", "difference_correlation"]


def correlation_coefficient(source: ImageLike, fused: ImageLike) -> float:
    """CC: Pearson correlation of a source and the fused picture over all pixels.

    The fusion score is the mean of CC(A, F) and CC(B, F). Range [-1, 1]; higher is better.
    If either picture is constant there is no linear relation to measure: 0.

    Source: Deshmukh, Bhosale, "Image fusion and image quality assessment of fused images",
    Int. J. Image Process. 4(5), 2010. Other definitions in use: the sum of the two.
    """
    source, fused = as_gray_image(source), as_gray_image(fused)
    return _correlation(_centred(source), _centred(fused))


def difference_correlation(source: ImageLike, other: ImageLike, fused: ImageLike) -> float:
    """SCD term: correlation of a source with what the fused picture adds to the other source.

    ``SCD = corr(F - B, A) + corr(F - A, B)``; this function is one term, ``corr(F - other,
    source)``. Range of a term [-1, 1], of SCD [-2, 2]; higher is better.

    Undefined where ``F - other`` or ``source`` is constant, above all where F equals the other
    source: nothing was taken from ``source``, so the term is 0. A copy of one source thus
    scores 0 plus the correlation of the difference image.

    Source: Aslantas, Bendes, "A new image quality metric for image fusion: the sum of the
    correlations of differences", AEU Int. J. Electron. Commun. 69(12), 2015.
    """
    source, other, fused = (as_gray_image(image) for image in (source, other, fused))
    difference = _centred(fused) - _centred(other)
    if _is_flat(fused.values - other.values):
        return 0.0
    return _correlation(_centred(source), difference)


def _centred(image: GrayImage) -> np.ndarray:
    def compute(im: GrayImage) -> np.ndarray:
        if _is_flat(im.values):
            return np.zeros_like(im.values)
        return im.values - im.values.mean()

    return image.cached("centred", compute)


def _is_flat(values: np.ndarray) -> bool:
    # By range, not by variance: rounding of the mean leaves a constant picture a tiny variance.
    return float(np.ptp(values)) < 1e-9


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    energy = float(np.vdot(first, first) * np.vdot(second, second))
    if energy <= 0:
        return 0.0
    return float(np.clip(np.vdot(first, second) / np.sqrt(energy), -1.0, 1.0))
