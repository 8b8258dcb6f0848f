"""Gradient-based fusion quality: how well edges of the sources survive."""

from typing import NamedTuple

import cv2
import numpy as np

from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture
from .weighted_score import WeightedScore, weighted_mean

# Sigmoid parameters of Xydeas and Petrovic: maximum, slope, turning point.
STRENGTH_SIGMOID = (0.9994, -15.0, 0.5)
ORIENTATION_SIGMOID = (0.9879, -22.0, 0.8)


def edge_preservation(img_a: ImageLike, img_b: ImageLike, fused: ImageLike) -> float:
    """Qabf: edge information of both sources that the fused image preserves.

    Per pixel and source S, ``Q_SF = Q_g Q_a``: sigmoids of the ratio of Sobel magnitudes (the
    smaller over the larger) and of the agreement of orientations ``1 - |a_S - a_F| / (pi/2)``.
    ``Qabf = sum(Q_AF g_A + Q_BF g_B) / sum(g_A + g_B)``, weighted by the magnitudes g of the
    sources.

    Range [0, 0.976] with these constants; higher is better. Where neither source has an edge,
    none can be lost: 1. (Only black images have none: the zero padding gives others one along the border.)

    Source: Xydeas, Petrovic, "Objective image fusion performance measure", Electronics Letters
    36(4), 2000; 3x3 Sobel, zero padded. Two equal magnitudes m count as the ratio max(m, 1)
    instead of 1: public implementations, hence published numbers, do it so; it changes Q_g from
    0.9988 to 0.9994. Other definitions in use: other borders and other sigmoid constants.
    """
    return weighted_mean([weighted_edge_preservation(source, fused) for source in (img_a, img_b)])


def source_edge_preservation(source: ImageLike, fused: ImageLike) -> float:
    """Qabf towards one source: ``sum(Q_SF g_S) / sum(g_S)``.

    Range [0, 0.976]; higher is better; a source without an edge gives 1. Qabf is the mean of
    the two per-source values weighted by the sources' total edge strength, so the smaller of
    the two never exceeds Qabf.
    """
    return weighted_edge_preservation(source, fused).value


def weighted_edge_preservation(source: ImageLike, fused: ImageLike) -> WeightedScore:
    """:func:`source_edge_preservation` and the source's total edge strength."""
    gradient = sobel_gradient(as_gray_image(source))
    total = float(gradient.magnitude.sum(dtype=np.float64))
    if total == 0:
        return WeightedScore(1.0, 0.0)
    strips = zip(*map(_strips, [*gradient, *sobel_gradient(as_gray_image(fused))]), strict=True)
    return WeightedScore(sum(_preserved_strength(*strip) for strip in strips) / total, total)


class Gradient(NamedTuple):
    """Sobel magnitude and orientation in (-pi/2, pi/2], each (H, W) float32."""

    magnitude: np.ndarray
    orientation: np.ndarray


@once_per_picture
def sobel_gradient(image: GrayImage) -> Gradient:
    """Return the 3x3 Sobel gradient of a zero-padded image."""
    # float32 holds the integer gradients of 8-bit images exactly and halves the time.
    values = image.values.astype(np.float32)
    gx = cv2.Sobel(values, cv2.CV_32F, 1, 0, ksize=3, borderType=cv2.BORDER_CONSTANT)
    gy = cv2.Sobel(values, cv2.CV_32F, 0, 1, ksize=3, borderType=cv2.BORDER_CONSTANT)
    # Not cv2.magnitude: its rounding depends on where the array lies in memory, and a tie of two
    # magnitudes must be found wherever it is.
    magnitude = np.sqrt(gx * gx + gy * gy)
    # The y axis points up: it decides on which side of pi/2 the vertical edges (gx = 0) lie.
    with np.errstate(divide="ignore", invalid="ignore"):
        orientation = np.arctan(np.divide(-gy, gx, out=gy), out=gy)
    orientation[gx == 0] = np.pi / 2
    return Gradient(magnitude, orientation)


def _strips(array: np.ndarray) -> list[np.ndarray]:
    """Split rows into pieces whose temporaries stay small (see ``filters``)."""
    return np.array_split(array, -(-array.size // (1 << 15)))


def _preserved_strength(
    strength_s: np.ndarray,
    orientation_s: np.ndarray,
    strength_f: np.ndarray,
    orientation_f: np.ndarray,
) -> float:
    ratio = np.minimum(strength_s, strength_f)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio /= np.maximum(strength_s, strength_f)
    tied = strength_s == strength_f
    ratio[tied] = np.maximum(strength_s[tied], 1.0)
    agreement = np.abs(orientation_s - orientation_f)
    agreement *= -2 / np.pi
    agreement += 1.0
    quality = _sigmoid(ratio, *STRENGTH_SIGMOID)
    quality *= _sigmoid(agreement, *ORIENTATION_SIGMOID)
    quality *= strength_s
    return float(quality.sum(dtype=np.float64))


def _sigmoid(x: np.ndarray, maximum: float, slope: float, turning_point: float) -> np.ndarray:
    """Overwrite x with maximum / (1 + exp(slope (x - turning_point)))."""
    x -= turning_point
    x *= slope
    np.exp(x, out=x)
    x += 1.0
    return np.divide(maximum, x, out=x)
