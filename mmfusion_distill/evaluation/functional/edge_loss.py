"""Petrovic's split of what happens to edges: preserved, lost, or made up."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from .gray_image import GrayImage, ImageLike, as_gray_image

__all__ = ["EdgeShares", "fusion_artifacts", "fusion_loss", "lost_and_added_edges"]

# Sigmoids (maximum, slope, turning point) for strength and orientation, and the edge weights.
_STRENGTH = (0.9999, 19.0, 0.5)
_ORIENTATION = (0.9995, 22.0, 0.5)
_WEAK_EDGE = 2.0
_WEAK_WEIGHT = 0.001
_WEIGHT_EXPONENT = 1.5


class EdgeShares(NamedTuple):
    """Edge weight of one source (``total``) and how much of it was lost or hidden by artifacts."""

    lost: float
    artifacts: float
    total: float


def fusion_loss(img_a: ImageLike, img_b: ImageLike, fused: ImageLike) -> float:
    """Labf: share of the sources' edges that the fused picture lost.

    ``sum r [(1 - Q_AF) w_A + (1 - Q_BF) w_B] / sum(w_A + w_B)``, r = 1 where F's gradient does
    not exceed both sources' (whatever is not preserved there was lost). ``Q_SF`` is the geometric
    mean of sigmoids of the ratio of gradient magnitudes (Sobel / 8, mirrored border; 0 where
    either is 0) and of the agreement of orientations; ``w = g^1.5`` for g >= 2, else 0.001.

    Range [0, 1]; lower is better. Always defined: weights are positive.

    Source: Petrovic, Xydeas, "Objective image fusion performance characterisation", ICCV 2005.
    Other definitions in use: the sigmoid constants of Qabf.
    """
    shares = lost_and_added_edges(img_a, img_b, fused)
    return sum(share.lost for share in shares) / sum(share.total for share in shares)


def fusion_artifacts(img_a: ImageLike, img_b: ImageLike, fused: ImageLike) -> float:
    """Nabf: share of edges that the fusion made up.

    As :func:`fusion_loss`, summed where F's gradient exceeds that of both sources.

    Range [0, 1]; lower is better. Always defined.

    Source: the modified measure of Shreyamsha Kumar, "Multifocus and multispectral image fusion
    based on pixel significance using discrete cosine harmonic wavelet transform", Signal Image
    Video Process. 7(6), 2013. Other definitions in use: Petrovic's own, which adds
    2 - Q_AF - Q_BF weighted by w_A + w_B and can exceed 1.
    """
    shares = lost_and_added_edges(img_a, img_b, fused)
    return sum(share.artifacts for share in shares) / sum(share.total for share in shares)


def lost_and_added_edges(
    img_a: ImageLike, img_b: ImageLike, fused: ImageLike
) -> tuple[EdgeShares, EdgeShares]:
    """Return the shares of source A and of source B; Labf and Nabf are their weighted means."""
    image_a, image_b, fused = (as_gray_image(image) for image in (img_a, img_b, fused))
    strength_f, orientation_f = _gradient(fused)
    added = (strength_f > _gradient(image_a)[0]) & (strength_f > _gradient(image_b)[0])
    shares = []
    for image in (image_a, image_b):
        strength, orientation = _gradient(image)
        quality = _preservation(strength, orientation, strength_f, orientation_f)
        weight = np.where(strength >= _WEAK_EDGE, strength**_WEIGHT_EXPONENT, _WEAK_WEIGHT)
        missing = (1 - quality) * weight
        artifacts = float(missing[added].sum())
        shares.append(EdgeShares(float(missing.sum()) - artifacts, artifacts, float(weight.sum())))
    return shares[0], shares[1]


def _gradient(image: GrayImage) -> tuple[np.ndarray, np.ndarray]:
    """Magnitude in gray levels per pixel and orientation in [-pi/2, pi/2]."""

    def compute(im: GrayImage) -> tuple[np.ndarray, np.ndarray]:
        border = dict(ksize=3, scale=1 / 8, borderType=cv2.BORDER_REFLECT_101)
        gx = cv2.Sobel(im.values, cv2.CV_64F, 1, 0, **border)
        gy = cv2.Sobel(im.values, cv2.CV_64F, 0, 1, **border)
        with np.errstate(divide="ignore", invalid="ignore"):
            orientation = np.arctan(gx / gy)
        orientation[(gx == 0) & (gy == 0)] = 0.0
        return np.sqrt(gx * gx + gy * gy), orientation

    return image.cached("petrovic_gradient", compute)


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
