"""Structural similarity weighted by the local variance of the sources (QS, QY)."""

from collections.abc import Iterator

import numpy as np

from .filters import WindowStatistics, padded_plane, window_statistics
from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture
from .structural import similarity_map
from .weighted_score import WeightedScore

_FLAT = 1e-8  # below any variance that windows of integer gray levels can have, other than zero


def piella(img_a: ImageLike, img_b: ImageLike, fused: ImageLike) -> list[WeightedScore]:
    """QS: structural similarity, in every window weighted by the sources' variances.

    ``mean(l SSIM(A, F) + (1 - l) SSIM(B, F))`` with ``l = v_A / (v_A + v_B)``, SSIM with Gaussian
    11x11 windows. This function returns for each source the mean weighted by its own share and
    its total share (the shares sum to one, so the fusion score is their weighted mean).

    Range [-1, 1]; higher is better. Where both sources are flat they weigh one half each.

    Source: Piella, Heijmans, "A new quality metric for image fusion", ICIP 2003, as in the
    toolbox of Liu et al. (TPAMI 2012). Other definitions in use: the universal quality index
    (8x8 windows, no constants) instead of SSIM; Q_W and Q_E of the same paper.
    """
    kept, shares, count = np.zeros(2), np.zeros(2), 0
    for strip in _statistics((img_a, img_b), fused, 11):
        share_a = _share(strip[0].var_s, strip[1].var_s)
        for index, share in enumerate((share_a, 1 - share_a)):
            kept[index] += float((share * similarity_map(strip[index])).sum())
            shares[index] += float(share.sum())
        count += share_a.size
    return [
        WeightedScore(value / weight if weight > 0 else 0.0, weight / count)
        for value, weight in zip(kept, shares, strict=True)
    ]


def yang(img_a: ImageLike, img_b: ImageLike, fused: ImageLike) -> float:
    """QY: similarity to both sources where they agree, to the better one where they do not.

    With structural similarity s without constants in Gaussian 7x7 windows (sigma 1.5): ``l s(A, F)
    + (1 - l) s(B, F)`` where s(A, B) >= 0.75, with ``l = v_A / (v_A + v_B)``; ``max(s(A, F), s(B, F))``
    elsewhere; averaged. With ``img_b = img_a`` it is the per-source score.

    Range [-1, 1]; higher is better. Two flat windows of equal mean count 1, flat against
    structured 0; where both sources are flat they weigh one half each. (Public code divides 0 by
    0 there.)

    Source: Yang, Zhang, Wang, Liu, "A novel similarity based quality metric for image fusion",
    Inf. Fusion 9(2), 2008.
    """
    agreements = _agreements(*(as_gray_image(image) for image in (img_a, img_b)))
    total, count = 0.0, 0
    for agree, (towards_a, towards_b) in zip(agreements, _statistics((img_a, img_b), fused, 7), strict=True):
        similarity_a = _bare_similarity(towards_a)
        similarity_b = similarity_a if img_a is img_b else _bare_similarity(towards_b)
        share_a = _share(towards_a.var_s, towards_b.var_s)
        weighted = share_a * (similarity_a - similarity_b) + similarity_b
        total += float(np.where(agree, weighted, np.maximum(similarity_a, similarity_b)).sum())
        count += agree.size
    return total / count


@once_per_picture
def _agreements(img_a: GrayImage, img_b: GrayImage) -> list[np.ndarray]:
    """Where both sources are alike, strip by strip."""
    return [_bare_similarity(sources) >= 0.75 for (sources,) in _statistics((img_a,), img_b, 7)]


def _statistics(
    sources: tuple[ImageLike, ...], fused: ImageLike, size: int
) -> Iterator[list[WindowStatistics]]:
    pictures = [padded_plane(as_gray_image(image), size) for image in (*sources, fused)]
    return window_statistics(pictures[:-1], pictures[-1], size, 1.5)


def _share(var_a: np.ndarray, var_b: np.ndarray) -> np.ndarray:
    var_a, var_b = (np.where(variance > _FLAT, variance, 0.0) for variance in (var_a, var_b))
    total = var_a + var_b
    return np.divide(var_a, total, out=np.full_like(total, 0.5), where=total > 0)


def _bare_similarity(statistics: WindowStatistics) -> np.ndarray:
    mean_s, mean_f, var_s, var_f, covariance = statistics
    flat_s, flat_f = var_s <= _FLAT, var_f <= _FLAT
    spread, energy = var_s + var_f, mean_s * mean_s
    energy += mean_f * mean_f
    one = [flat_s & flat_f, energy == 0]
    for array, where in zip((spread, energy), one):
        array[where] = 1.0
    structure, luminance = 2 * covariance, 2 * mean_s
    structure /= spread
    luminance *= mean_f
    luminance /= energy
    for array, where in zip((structure, luminance), one):
        array[where] = 1.0
    structure[flat_s ^ flat_f] = 0.0
    return np.multiply(luminance, structure, out=structure)
