"""Metrics from linear correlation between sources and fused image."""

import math
from collections.abc import Sequence

import numpy as np

from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture


def correlation_coefficient(source: ImageLike, fused: ImageLike) -> float:
    """CC: Pearson correlation of a source and the fused image over all pixels.

    The fusion score is the mean of CC(A, F) and CC(B, F). Range [-1, 1]; higher is better.
    If either image is constant there is no linear relation to measure: 0.

    Source: Deshmukh, Bhosale, "Image fusion and image quality assessment of fused images",
    Int. J. Image Process. 4(5), 2010. Other definitions in use: the sum of the two.
    """
    source, fused = as_gray_image(source), as_gray_image(fused)
    product = _variance(source) * _variance(fused)
    if product == 0:
        return 0.0
    mean_product = np.vdot(source.values, fused.values) / source.values.size
    covariance = mean_product - source.values.mean() * fused.values.mean()
    return float(np.clip(covariance / math.sqrt(product), -1, 1))


def difference_correlation(source: ImageLike, other: ImageLike, fused: ImageLike) -> float:
    """SCD term: correlation of a source with what the fused image adds to the other source.

    ``SCD = corr(F - B, A) + corr(F - A, B)``; this function is one term, ``corr(F - other,
    source)``. Range of a term [-1, 1], of SCD [-2, 2]; higher is better.

    Undefined where ``F - other`` or ``source`` is constant, above all where F equals the other
    source: nothing was taken from ``source``, so the term is 0. A copy of one source thus
    scores 0 plus the correlation of the difference image.

    Source: Aslantas, Bendes, "A new image quality metric for image fusion: the sum of the
    correlations of differences", AEU Int. J. Electron. Commun. 69(12), 2015.
    """
    source, other, fused = (as_gray_image(image) for image in (source, other, fused))
    difference = fused.values - other.values
    if _is_flat(difference) or _variance(source) == 0:
        return 0.0
    difference -= difference.mean()
    covariance = np.vdot(source.values, difference) / difference.size
    variance = np.vdot(difference, difference) / difference.size
    return float(np.clip(covariance / math.sqrt(variance * _variance(source)), -1, 1))


def difference_correlations(sources: Sequence[ImageLike], fused: ImageLike) -> list[float]:
    """SCD's terms of both sources."""
    return [difference_correlation(source, other, fused) for source, other in zip(sources, reversed(sources))]


@once_per_picture
def _variance(image: GrayImage) -> float:
    return 0.0 if _is_flat(image.values) else float(image.values.var())


def _is_flat(values: np.ndarray) -> bool:
    # By range, not by variance: rounding of the mean leaves a constant image a tiny variance.
    return float(values.max() - values.min()) < 1e-9
