"""Metrics that weight errors by what a human eye sees (Qcv, Qcb)."""

from functools import lru_cache

import cv2
import numpy as np

from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture
from .weighted_score import WeightedScore

_BLOCK = 16


def chen_varshney(source: ImageLike, fused: ImageLike) -> WeightedScore:
    """Qcv: visible error of regions, weighted by the saliency of the source's regions.

    The difference ``S - F`` of the images, each stretched to [0, 255], passes the
    Mannos-Sakrison contrast sensitivity ``2.6 (0.0192 + 0.144 r) exp(-(0.144 r)^1.1)``. Its mean
    square in every 16x16 block is weighted by the block's sum of Sobel magnitudes to the power
    5. The fusion score is the weighted mean over the blocks of both sources; this function
    returns one source's mean and its total weight.

    Range [0, inf) squared gray levels, hundreds are usual; lower is better. Without any edge in
    a source all its blocks weigh alike; only a black one has none, since any other constant has an edge
    along the zero padding of the Sobel filter, and its blocks at the border count.

    Source: Chen, Varshney, "A human perception inspired quality metric for image fusion based on
    regional information", Inf. Fusion 8(2), 2007, as in the toolbox of Liu et al. (TPAMI 2012).
    Other definitions in use: no stretching, other sensitivity functions and exponents.
    """
    source, fused = as_gray_image(source), as_gray_image(fused)
    # The filter is linear: that of the difference is the difference of the filtered images.
    errors = _block_sums(np.square(_visible(source) - _visible(fused))) / _BLOCK**2
    weights = _block_saliency(source)
    total = float(weights.sum())
    if total == 0:
        return WeightedScore(float(errors.mean()), 0.0)
    return WeightedScore(float((weights * errors).sum()) / total, total)


def chen_blum(img_a: ImageLike, img_b: ImageLike, fused: ImageLike) -> list[WeightedScore]:
    """Qcb: preservation of local contrast as the eye sees it.

    Images, each stretched to [0, 255], pass a difference-of-Gaussians sensitivity; local contrast
    is ``|G_2 / G_4 - 1|`` of two Gaussian means, masked as ``C' = C^3 / (C^2 + 1e-4)``. A source
    is preserved by the ratio of its C' to F's, the smaller over the larger, weighted with
    ``C'_S^2 / (C'_A^2 + C'_B^2)``. The fusion score is the mean of the weighted sum; this
    function returns for each source its weighted mean and its share of the weight (shares sum to
    one, so the fusion score is their weighted mean).

    Range [0, 1]; higher is better. Equal contrasts, also two zeros, count 1; where neither
    source has contrast both weigh one half.

    Source: Chen, Blum, "A new automated quality assessment algorithm for image fusion", Image
    Vis. Comput. 27(10), 2009, as in the toolbox of Liu et al. (TPAMI 2012). Other definitions in
    use: other sensitivity filters of the same paper.
    """
    contrast_a, contrast_b, contrast_f = (
        _masked_contrast(as_gray_image(image)) for image in (img_a, img_b, fused)
    )
    energies = contrast_a * contrast_a, contrast_b * contrast_b
    total = energies[0] + energies[1]
    scores = []
    for contrast, energy in zip((contrast_a, contrast_b), energies):
        share = np.divide(energy, total, out=np.full_like(total, 0.5), where=total > 0)
        larger = np.maximum(contrast, contrast_f)
        kept = np.divide(np.minimum(contrast, contrast_f), larger, out=np.ones_like(larger), where=larger > 0)
        weight = float(share.mean(dtype=np.float64))
        kept *= share if weight > 0 else 1
        scores.append(WeightedScore(float(kept.mean(dtype=np.float64)) / (weight or 1.0), weight))
    return scores


@once_per_picture
def _stretched(image: GrayImage) -> np.ndarray:
    """Gray levels stretched to [0, 255] and rounded; a constant image is left unchanged."""
    low, high = float(image.values.min()), float(image.values.max())
    if high == low:
        return image.values
    return np.rint((image.values - low) / (high - low) * 255)


def _frequencies(shape: tuple[int, int], divisor: float) -> np.ndarray:
    """Radius of every frequency in FFT order; (side / divisor) is the Nyquist frequency."""
    vertical, horizontal = (np.fft.fftfreq(side) * 2 * side / divisor for side in shape)
    return np.hypot(vertical[:, None], horizontal[None, : shape[1] // 2 + 1])


def _filter_spectrum(values: np.ndarray, sensitivity: np.ndarray) -> np.ndarray:
    from scipy import fft

    return fft.irfft2(fft.rfft2(values) * sensitivity, s=values.shape)


@once_per_picture
def _visible(image: GrayImage) -> np.ndarray:
    stretched = _stretched(image).astype(np.float32)
    return _filter_spectrum(stretched, _mannos_sakrison(stretched.shape))


@lru_cache(maxsize=2)
def _mannos_sakrison(shape: tuple[int, int]) -> np.ndarray:
    radius = 0.144 * _frequencies(shape, 8)
    return (2.6 * (0.0192 + radius) * np.exp(-(radius**1.1))).astype(np.float32)


@once_per_picture
def _block_saliency(image: GrayImage) -> np.ndarray:
    stretched = _stretched(image).astype(np.float32)
    border = dict(ksize=3, borderType=cv2.BORDER_CONSTANT)
    gx = cv2.Sobel(stretched, cv2.CV_32F, 1, 0, **border)
    gy = cv2.Sobel(stretched, cv2.CV_32F, 0, 1, **border)
    energy = gx * gx + gy * gy
    # The fifth power of the magnitude.
    return _block_sums(energy * energy * np.sqrt(energy))


def _block_sums(values: np.ndarray) -> np.ndarray:
    """Sums of 16x16 blocks; blocks that reach over the border are filled up with zeros."""
    padded = np.pad(values, [(0, -side % _BLOCK) for side in values.shape])
    rows, columns = (side // _BLOCK for side in padded.shape)
    return padded.reshape(rows, _BLOCK, columns, _BLOCK).sum(axis=(1, 3), dtype=np.float64)


@once_per_picture
def _masked_contrast(image: GrayImage) -> np.ndarray:
    # In double precision: where an image is black, contrast is a ratio of tiny numbers.
    stretched = _stretched(image)
    seen = _filter_spectrum(stretched, _difference_of_gaussians(stretched.shape))
    fine, coarse = (_gaussian_mean(seen, sigma) for sigma in (2.0, 4.0))
    ratio = np.divide(fine, coarse, out=np.ones_like(fine), where=coarse != 0)
    contrast = np.abs(ratio - 1)
    return contrast * contrast * contrast / (contrast * contrast + 1e-4)


@lru_cache(maxsize=2)
def _difference_of_gaussians(shape: tuple[int, int]) -> np.ndarray:
    radius = _frequencies(shape, 30)
    return np.exp(-((radius / 15.3870) ** 2)) - 0.7622 * np.exp(-((radius / 1.3456) ** 2))


def _gaussian_mean(values: np.ndarray, sigma: float) -> np.ndarray:
    # Cut at 15 pixels and not renormalised, as in the published code.
    positions = np.arange(-15, 16)
    kernel = np.exp(-(positions**2) / (2 * sigma**2)) / (np.sqrt(2 * np.pi) * sigma)
    return cv2.sepFilter2D(values, -1, kernel, kernel, borderType=cv2.BORDER_CONSTANT)
