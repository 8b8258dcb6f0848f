"""Petrovic's split of what happens to edges: preserved, lost, or made up."""

from collections.abc import Sequence

import cv2
import numpy as np

from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture
from .weighted_score import WeightedScore, weighted_mean

# Sigmoids (maximum, slope, turning point) for strength and orientation, and the edge weights.
_STRENGTH = (0.9999, 19.0, 0.5)
_ORIENTATION = (0.9995, 22.0, 0.5)
_WEAK_EDGE = 2.0
_WEAK_WEIGHT = 0.001
_WEIGHT_EXPONENT = 1.5


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
    strength_f, orientation_f = _gradient(fused)
    added = np.logical_and.reduce([strength_f > _gradient(image)[0] for image in images])
    shares = []
    for image in images:
        strength, orientation = _gradient(image)
        quality = _preservation(strength, orientation, strength_f, orientation_f)
        weight = _edge_weights(image)
        missing = (1 - quality) * weight
        artifacts = float(missing[added].sum())
        shares.append((float(missing.sum()) - artifacts, artifacts, float(weight.sum())))
    return shares


@once_per_picture
def _gradient(image: GrayImage) -> tuple[np.ndarray, np.ndarray]:
    """Magnitude in gray levels per pixel and orientation in [-pi/2, pi/2]."""
    border = dict(ksize=3, scale=1 / 8, borderType=cv2.BORDER_REFLECT_101)
    gx = cv2.Sobel(image.values, cv2.CV_64F, 1, 0, **border)
    gy = cv2.Sobel(image.values, cv2.CV_64F, 0, 1, **border)
    with np.errstate(divide="ignore", invalid="ignore"):
        orientation = np.arctan(gx / gy)
    orientation[(gx == 0) & (gy == 0)] = 0.0
    return np.sqrt(gx * gx + gy * gy), orientation


@once_per_picture
def _edge_weights(image: GrayImage) -> np.ndarray:
    strength, _ = _gradient(image)
    return np.where(strength >= _WEAK_EDGE, strength**_WEIGHT_EXPONENT, _WEAK_WEIGHT)


def _preservation(
    strength_s: np.ndarray,
    orientation_s: np.ndarray,
    strength_f: np.ndarray,
    orientation_f: np.ndarray,
) -> np.ndarray:
    larger = np.maximum(strength_s, strength_f)
    smaller = np.minimum(strength_s, strength_f)
    ratio = np.divide(smaller, larger, out=np.zeros_like(larger), where=larger > 0)
    turn = np.abs(orientation_s - orientation_f)
    agreement = np.abs(turn - np.pi / 2) * 2 / np.pi
    return np.sqrt(_sigmoid(ratio, *_STRENGTH) * _sigmoid(agreement, *_ORIENTATION))


def _sigmoid(x: np.ndarray, maximum: float, slope: float, turning_point: float) -> np.ndarray:
    return maximum / (1 + np.exp(-slope * (x - turning_point)))
