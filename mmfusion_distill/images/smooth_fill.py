"""Filling what an image lacks from what surrounds it, without an edge."""

import cv2
import numpy as np


def fill_smoothly(image: np.ndarray, missing: np.ndarray) -> np.ndarray:
    """Fill pixels by averages of those around, the wider the farther these are.

    Args:
        image (np.ndarray): (H, W) or (H, W, C) float32; what is missing is not looked at.
        missing (np.ndarray): (H, W) bool, not all True.

    Returns:
        np.ndarray: As `image`, a copy.
    """
    known = np.where(missing, np.float32(0), np.float32(1))
    filled = np.where(missing if image.ndim == 2 else missing[:, :, None], np.float32(0), image)
    return _filled(filled.reshape(*missing.shape, -1), known).reshape(image.shape)


def _filled(weighted: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Known pixels unchanged, the others from the image of half the size.

    Args:
        weighted (np.ndarray): (H, W, C) float32, values times `known`.
        known (np.ndarray): (H, W) float32, share of each pixel that is known.
    """
    values = weighted / np.maximum(known, 1e-6)[:, :, None]
    if known.min() > 0:
        return values
    height, width = known.shape
    size = max(1, (width + 1) // 2), max(1, (height + 1) // 2)
    smaller = [cv2.resize(part, size, interpolation=cv2.INTER_AREA) for part in (weighted, known)]
    coarse = _filled(smaller[0].reshape(size[1], size[0], -1), smaller[1])
    coarse = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(values.shape)
    return np.where((known > 0)[:, :, None], values, coarse)
