"""Petrovic's split of what happens to edges: preserved, lost, or made up."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture
from .weighted_score import WeightedScore, weighted_mean

# Sigmoids (maximum, slope, turning point) for strength and orientation, and the edge weights.
_STRENGTH = (0.9999, 19.0, 0.5)
_ORIENTATION = (0.9995, 22.0, 0.5)
_WEAK_EDGE = 2.0
_WEAK_WEIGHT = np.float32(0.001)
_PIXELS_PER_STRIP = 1 << 14


def information_loss(img_a: ImageLike, img_b: ImageLike, fused: ImageLike) -> float:
    """Labf: share of the sources' edges that the fused image lost, the (total) loss of information.

    ``sum r [(1 - Q_AF) w_A + (1 - Q_BF) w_B] / sum(w_A + w_B)``, r = 1 where F's gradient does
    not exceed both sources' (whatever is not preserved there was lost). ``Q_SF`` is the geometric
    mean of sigmoids of the ratio of gradient magnitudes (Sobel / 8, mirrored border; 0 where
    either is 0) and of the agreement of orientations; ``w = g^1.5`` for g >= 2, else 0.001.

    Range [0, 1]; lower is better. Always defined: weights are positive.

    Source: Petrovic, Xydeas, "Objective image fusion performance characterisation", ICCV 2005.
    Other definitions in use: the sigmoid constants of Qabf.
    """
    return weighted_mean(lost_edges([img_a, img_b], fused))


def fusion_artifacts(img_a: ImageLike, img_b: ImageLike, fused: ImageLike) -> float:
    """Nabf: share of edges that the fusion made up.

    As :func:`information_loss`, summed where F's gradient exceeds that of both sources.

    Range [0, 1]; lower is better. Always defined.

    Source: the modified measure of Shreyamsha Kumar, "Multifocus and multispectral image fusion
    based on pixel significance using discrete cosine harmonic wavelet transform", Signal Image
    Video Process. 7(6), 2013. Other definitions in use: Petrovic's own, which adds
    2 - Q_AF - Q_BF weighted by w_A + w_B and can exceed 1.
    """
    return weighted_mean(added_edges([img_a, img_b], fused))


def lost_edges(sources: Sequence[ImageLike], fused: ImageLike) -> list[WeightedScore]:
    """Labf towards each source, with the weight of its edges."""
    split = _split(as_gray_image(fused), *map(as_gray_image, sources))
    return [WeightedScore(lost / total, total) for lost, _, total in split]


def added_edges(sources: Sequence[ImageLike], fused: ImageLike) -> list[WeightedScore]:
    """Nabf towards each source, with the weight of its edges."""
    split = _split(as_gray_image(fused), *map(as_gray_image, sources))
    return [WeightedScore(added / total, total) for _, added, total in split]


@once_per_picture
def _split(fused: GrayImage, *images: GrayImage) -> list[tuple[float, float, float]]:
    """Of each source, the edge weight that was lost, that artifacts hide, and all of it."""
    of_fused, *gradients = (_gradient(image) for image in (fused, *images))
    shares = np.zeros((len(images), 3))
    for rows in _strips(fused.shape):
        strength_f, orientation_f = (array[rows] for array in of_fused)
        added = np.logical_and.reduce([strength_f > gradient.strength[rows] for gradient in gradients])
        for share, image, gradient in zip(shares, images, gradients):
            weight = _edge_weights(image)[rows]
            missing = _preservation(
                gradient.strength[rows], gradient.orientation[rows], strength_f, orientation_f
            )
            np.subtract(1, missing, out=missing)
            missing *= weight
            artifacts = float(missing.sum(where=added, dtype=np.float64))
            share += float(missing.sum(dtype=np.float64)) - artifacts, artifacts, weight.sum(dtype=np.float64)
    return [(float(lost), float(artifacts), float(total)) for lost, artifacts, total in shares]


class _Gradient(NamedTuple):
    """Magnitude in gray levels per pixel and orientation in [-pi/2, pi/2], each (H, W) float32."""

    strength: np.ndarray
    orientation: np.ndarray


@once_per_picture
def _gradient(image: GrayImage) -> _Gradient:
    # float32 holds the gradients of 8-bit images exactly, and magnitudes that differ stay different.
    values = image.values.astype(np.float32)
    border = dict(ksize=3, scale=1 / 8, borderType=cv2.BORDER_REFLECT_101)
    gx = cv2.Sobel(values, cv2.CV_32F, 1, 0, **border)
    gy = cv2.Sobel(values, cv2.CV_32F, 0, 1, **border)
    strength = np.sqrt(gx * gx + gy * gy)
    with np.errstate(divide="ignore", invalid="ignore"):
        orientation = np.arctan(np.divide(gx, gy, out=gx), out=gx)
    orientation[strength == 0] = 0.0
    return _Gradient(strength, orientation)


@once_per_picture
def _edge_weights(image: GrayImage) -> np.ndarray:
    strength = _gradient(image).strength
    return np.where(strength >= _WEAK_EDGE, strength * np.sqrt(strength), _WEAK_WEIGHT)


def _strips(shape: tuple[int, int]) -> Iterator[slice]:
    """Rows, few enough for temporaries that stay in the cache."""
    step = max(1, _PIXELS_PER_STRIP // shape[1])
    return (slice(start, start + step) for start in range(0, shape[0], step))


def _preservation(
    strength_s: np.ndarray,
    orientation_s: np.ndarray,
    strength_f: np.ndarray,
    orientation_f: np.ndarray,
) -> np.ndarray:
    larger = np.maximum(strength_s, strength_f)
    larger[larger == 0] = 1.0  # both are 0
    ratio = np.minimum(strength_s, strength_f)
    ratio /= larger
    agreement = np.abs(orientation_s - orientation_f)
    agreement -= np.float32(np.pi / 2)
    np.abs(agreement, out=agreement)
    agreement *= np.float32(2 / np.pi)
    quality = _sigmoid(ratio, *_STRENGTH)
    quality *= _sigmoid(agreement, *_ORIENTATION)
    return np.sqrt(quality, out=quality)


def _sigmoid(x: np.ndarray, maximum: float, slope: float, turning_point: float) -> np.ndarray:
    """Overwrite x with maximum / (1 + exp(-slope (x - turning_point)))."""
    x -= np.float32(turning_point)
    x *= np.float32(-slope)
    np.exp(x, out=x)
    x += 1
    return np.divide(np.float32(maximum), x, out=x)
