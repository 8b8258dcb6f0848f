"""Which way edges run around each place: what little texture two sensors have in common survives being made small."""

import cv2
import numpy as np

from .gradient_fields import edge_weights, inside_of
from .view import View

#: Orientations, half a turn in all.
ORIENTATIONS = 4
#: Sigma of the band of edges and of their surroundings, pixels.
_SIGMA, _AROUND = 1.0, 8.0
#: Share of a cell that has to be shown.
_LEAST_SHOWN = 0.6


def orientation_histograms(view: View, cell: int) -> tuple[np.ndarray, np.ndarray]:
    """Histograms of oriented gradients.

    In a window upright and level edges lie close together. As directions they cancel out where an image is made
    small; as counts of each orientation they stay, and so does the place of what is built of them.

    Args:
        view (View): The image.
        cell (int): Side of what a histogram is of, pixels.

    Returns:
        tuple[np.ndarray, np.ndarray]: (H // cell, W // cell, 4) float32, in which each orientation has mean 0 over
        what is shown and is 0 elsewhere; and (H // cell, W // cell) float32, 1 where the view is shown.
    """
    shown = inside_of(view.shown, _SIGMA)
    dx, dy, weight = edge_weights(view.gray, shown, _SIGMA, _AROUND)
    # Of the doubled angle: light on dark and dark on light are the same.
    cosine, sine = (dx * dx - dy * dy) * weight, 2 * dx * dy * weight
    length = np.maximum(cv2.magnitude(cosine, sine), 1e-6)
    angles = np.arange(ORIENTATIONS) * (2 * np.pi / ORIENTATIONS)
    counts = [np.maximum(cosine * np.cos(angle) + sine * np.sin(angle), 0) ** 2 / length for angle in angles]
    size = max(8, view.size[1] // cell), max(8, view.size[0] // cell)
    cells = cv2.resize(shown, size, interpolation=cv2.INTER_AREA)
    shown = (cells > _LEAST_SHOWN).astype(np.float32)[:, :, None]
    histograms = cv2.resize(np.dstack(counts), size, interpolation=cv2.INTER_AREA)
    mean = (histograms * shown).sum(axis=(0, 1)) / (shown.sum() + 1)
    return (histograms - mean) * shown, shown[:, :, 0]
