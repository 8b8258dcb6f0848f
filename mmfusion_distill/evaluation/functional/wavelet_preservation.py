"""Preservation of wavelet details over two scales (QM)."""

from collections.abc import Sequence

import numpy as np

from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture

_LEVEL_EXPONENTS = (2 / 3, 1 / 3)  # fine, coarse


def wavelet_detail_preservation(sources: Sequence[ImageLike], fused: ImageLike) -> float:
    """QM: detail energy of two Haar levels that the fused image preserves.

    Per position of a level, with the horizontal, vertical and diagonal coefficients H, V, D:
    ``E = exp(-|H_S - H_F|) + exp(-|V_S - V_F|) + exp(-|D_S - D_F|)``, weighted by the source's
    energy ``w = H_S^2 + V_S^2 + D_S^2``. The level's score is ``sum(E_AF w_A + E_BF w_B) / sum(w_A
    + w_B)``; QM is the product of the scores of the two levels to the powers 2/3 and 1/3. With a
    single source it is the per-source score.

    Range [0, 3]; higher is better; gray levels in [0, 255], so a difference of a few levels
    already counts as lost. Sources without detail give 3 (nothing could be lost).

    Source: Wang, Liu, "A novel image fusion metric based on multi-scale analysis", ICSP 2008, as
    in the toolbox of Liu et al. (TPAMI 2012). Other definitions in use: E divided by 3.

    Args:
        sources: Source images.
        fused: Fused image of the same size.
    """
    details = [_details(as_gray_image(image)) for image in [*sources, fused]]
    score = 1.0
    for exponent, (*details_s, details_f) in zip(_LEVEL_EXPONENTS, zip(*details)):
        kept = total = 0.0
        for source in details_s:
            weight = np.square(source).sum(axis=0)
            kept += float((np.exp(-np.abs(source - details_f)).sum(axis=0) * weight).sum())
            total += float(weight.sum())
        score *= (kept / total if total > 0 else 3.0) ** exponent
    return score


@once_per_picture
def _details(image: GrayImage) -> list[np.ndarray]:
    """Return (3, h, w) detail coefficients of two levels, the finest first."""
    import pywt

    approximation, details = image.values, []
    for _ in _LEVEL_EXPONENTS:
        approximation, bands = pywt.dwt2(approximation, "haar", mode="symmetric")
        details.append(np.stack(bands))
    return details
