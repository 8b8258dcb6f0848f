"""Metrics from information theory: entropy and mutual information of gray-level histograms."""

import math

import cv2
import numpy as np

from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture


def entropy(image: ImageLike, all_channels: bool = False) -> float:
    """EN: Shannon entropy of the gray-level histogram.

    ``EN = -sum_l p_l log2 p_l`` over the 256 levels of [0, 255].

    Range [0, 8] bits; higher means that more levels are in use, which noise does as well.
    A constant image gives 0.

    Source: Roberts, van Aardt, Ahmed, "Assessment of image fusion procedures using entropy,
    image quality, and multispectral classification", J. Appl. Remote Sens. 2(1), 2008.
    Other definitions in use: the pooled histogram of the three colour channels
    (``all_channels``), natural logarithm, a histogram over [min, max] of the image.

    Args:
        image: Fused image.
        all_channels: Pool the values of all channels instead of taking the luminance.
    """
    image = as_gray_image(image)
    if all_channels and image.is_color:
        levels = np.rint(image.color_values).astype(np.uint8)
        return _entropy_bits(_count(levels.reshape(len(levels), -1)))
    return _entropy_bits(histogram(image))


def mutual_information(source: ImageLike, fused: ImageLike, unit: str = "bits") -> float:
    """MI: mutual information between a source and the fused image.

    ``MI(S, F) = sum_ij p_ij log(p_ij / (p_i p_j)) = H(S) + H(F) - H(S, F)`` from the joint
    histogram of 256 x 256 levels. The fusion score is MI(A, F) + MI(B, F).

    Range [0, H(S)]; higher is better. A constant image shares no information: 0.

    Source: Qu, Zhang, Yan, "Information measure for performance of image fusion",
    Electronics Letters 38(7), 2002. Other definitions in use: nats instead of bits (a factor
    of 0.693), both entropies scaled to [0, 1] levels, and the normalised form (see ``NMI``).

    Args:
        source: Source image.
        fused: Fused image of the same size.
        unit: ``bits`` or ``nats``.
    """
    source, fused = as_gray_image(source), as_gray_image(fused)
    levels = [source.levels, fused.levels]
    joint_counts = cv2.calcHist(levels, [0, 1], None, [256, 256], [0, 256, 0, 256])
    bits = max(0.0, entropy(source) + entropy(fused) - _entropy_bits(joint_counts))
    return bits * math.log(2) if unit == "nats" else bits


def normalized_mutual_information(source: ImageLike, fused: ImageLike) -> float:
    """NMI: mutual information over the mean of both entropies, ``2 MI(S, F) / (H(S) + H(F))``.

    The fusion score is NMI(A, F) + NMI(B, F). Range [0, 1] per source; higher is better. Two
    constant images determine each other: 1.

    Source: Hossny, Nahavandi, Creighton, "Comments on 'Information measure for performance of
    image fusion'", Electronics Letters 44(18), 2008. Other definitions in use: MI over the joint
    entropy, ``(H(S) + H(F)) / H(S, F)``.
    """
    source, fused = as_gray_image(source), as_gray_image(fused)
    entropies = entropy(source) + entropy(fused)
    return 2 * mutual_information(source, fused) / entropies if entropies > 0 else 1.0


def cross_entropy(source: ImageLike, fused: ImageLike) -> float:
    """CE: relative entropy of a source's gray-level histogram to the fused image's.

    ``CE(S, F) = sum_l p_S(l) log2(p_S(l) / p_F(l))`` over the levels that both images use. The
    fusion score is the mean of CE(A, F) and CE(B, F).

    In bits; lower is better. Levels that F does not use would make it infinite; they are left
    out as in published code, which is why it can be negative. Without a common level: 0. So an
    F of few levels scores low without being like the source.

    Source: Bulanon, Burks, Alchanatis, "Image fusion of visible and thermal images for fruit
    detection", Biosyst. Eng. 103(1), 2009. Other definitions in use: the root mean square of the
    two, natural logarithm.
    """
    counts_s, counts_f = histogram(as_gray_image(source)), histogram(as_gray_image(fused))
    common = (counts_s > 0) & (counts_f > 0)
    p_s = counts_s[common].astype(np.float64) / counts_s.sum(dtype=np.float64)
    p_f = counts_f[common].astype(np.float64) / counts_f.sum(dtype=np.float64)
    return float((p_s * np.log2(p_s / p_f)).sum())


@once_per_picture
def histogram(image: GrayImage) -> np.ndarray:
    """Return the (256,) counts of the gray levels."""
    return _count(image.levels)


def _count(levels: np.ndarray) -> np.ndarray:
    return cv2.calcHist([levels], [0], None, [256], [0, 256]).ravel()


def _entropy_bits(counts: np.ndarray) -> float:
    probabilities = counts[counts > 0].astype(np.float64)
    probabilities /= probabilities.sum()
    return max(0.0, float(-(probabilities * np.log2(probabilities)).sum()))
