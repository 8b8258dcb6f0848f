"""Where an image shows something: what a warp or a rectification left empty has edges that no scene has."""

import cv2
import numpy as np

#: An empty border is looked for if so much of the rim of the image has one value ...
_LEAST_RIM = 0.1
#: ... and is one if what lies inside fills its convex hull so far: skies and dark streets do not.
_LEAST_FILLED = 0.97
#: Gray levels by which an empty border may vary (JPEG).
_VARIES = 1.0


def valid_area(gray: np.ndarray) -> np.ndarray:
    """Tell an empty border of one value, around a convex area, from what the camera saw.

    Args:
        gray (np.ndarray): (H, W) float32 in [0, 255].

    Returns:
        np.ndarray: (H, W) uint8, 1 where the image shows something; all 1 if there is no such border.
    """
    everything = np.ones(gray.shape, np.uint8)
    rim = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    values, counts = np.unique(np.round(rim), return_counts=True)
    if counts.max() < _LEAST_RIM * len(rim):
        return everything
    empty = _touches_the_rim(np.abs(gray - values[counts.argmax()]) <= _VARIES)
    shown = cv2.morphologyEx((~empty).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(shown, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return everything
    hull = np.zeros(gray.shape, np.uint8)
    cv2.fillPoly(hull, [cv2.convexHull(max(outlines, key=cv2.contourArea))], 1)
    # The rim of the hull is half empty itself.
    inner = cv2.erode(hull, np.ones((3, 3), np.uint8))
    if shown.mean() < 0.1 or (inner & shown).sum() < _LEAST_FILLED * inner.sum():
        return everything
    return hull


def _touches_the_rim(mask: np.ndarray) -> np.ndarray:
    """The connected parts of a mask that reach the rim of the image."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.isin(labels, rim[rim > 0])
