"""Channels of images: alpha dropped, gray and colour made of each other."""

import numpy as np

from .luminance import LUMINANCE_WEIGHTS


def without_alpha(pixels: np.ndarray) -> np.ndarray:
    """An image (H, W), or (H, W, 1 to 4) without its second or fourth channel, which is alpha."""
    return pixels if pixels.ndim == 2 else pixels[:, :, : 3 if pixels.shape[2] >= 3 else 1]


def arrange_channels(pixels: np.ndarray, channels: int | None) -> np.ndarray:
    """Drop alpha, and make gray of colour or three channels of gray.

    Args:
        pixels (np.ndarray): (H, W), or (H, W, 1 to 4) RGB(A).
        channels (int, optional): 1 converts to luminance (0.299 R + 0.587 G + 0.114 B), 3 repeats a gray image,
            None keeps what is stored.

    Returns:
        np.ndarray: (H, W, 1 or 3), contiguous.
    """
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    pixels = without_alpha(pixels)
    if channels == 3 and pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    elif channels == 1 and pixels.shape[2] == 3:
        pixels = pixels @ np.array(LUMINANCE_WEIGHTS, np.float32)[:, None]
    return np.ascontiguousarray(pixels)
