"""Effects of exposure and air on a visible image, in a few figures."""

from dataclasses import dataclass

import numpy as np

from . import image_statistics as stats

_BLOWN_OUT = 250


@dataclass(frozen=True)
class VisibleMeasures:
    """Figures of one image, or arrays with those of several; gray values of 0 to 255 unless said.

    Args:
        mean (float | np.ndarray): Mean luminance.
        bright_fraction (float | np.ndarray): Share of the pixels at 250 or more.
        dark_channel (float | np.ndarray): Mean dark channel.
        contrast (float | np.ndarray): Range of the luminance, 2nd to 98th percentile.
        shadows (float | np.ndarray): Median of the darkest luminance in the neighbourhood.
        edges (float | np.ndarray): 95th percentile of the gradient of the luminance.
        sky (float | np.ndarray): Median luminance of the upper third.
    """

    mean: float | np.ndarray
    bright_fraction: float | np.ndarray
    dark_channel: float | np.ndarray
    contrast: float | np.ndarray
    shadows: float | np.ndarray
    edges: float | np.ndarray
    sky: float | np.ndarray


def measure_visible(image: np.ndarray) -> VisibleMeasures:
    """Measure an image (H, W, 1 or 3), 0 to 255, RGB."""
    gray = stats.luminance(image)
    return VisibleMeasures(
        mean=float(gray.mean()),
        bright_fraction=float(blown_out(gray).mean()),
        dark_channel=float(stats.dark_channel(image).mean()),
        contrast=stats.contrast_range(gray),
        shadows=stats.shadow_level(gray),
        edges=stats.edge_strength(gray),
        sky=float(np.median(gray[: max(len(gray) // 3, 1)])),
    )


def blown_out(gray: np.ndarray) -> np.ndarray:
    """Pixels (H, W) without detail at the upper end of the range."""
    return gray >= _BLOWN_OUT
