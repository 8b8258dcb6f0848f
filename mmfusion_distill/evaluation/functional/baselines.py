"""Fusions without a network that every results table is compared with."""

import numpy as np

from .laplacian_pyramid import laplacian_pyramid_fusion

BASELINES = ("A", "B", "mean", "maximum", "pyramid")


def baseline_images(img_a: np.ndarray, img_b: np.ndarray) -> dict[str, np.ndarray]:
    """Fuse a pair without a network: copy of A, copy of B, mean and maximum of the two, and a Laplacian pyramid.

    A colour source A keeps its colour; gray B then stands for all three channels of mean and maximum.

    Args:
        img_a: (H, W) or (H, W, 3).
        img_b: (H, W) of the same type and size.

    Returns:
        ``{'A', 'B', 'mean', 'maximum', 'pyramid'}``, images of the type of ``img_a``. Means of integers
        are rounded half up. For the last see :func:`laplacian_pyramid_fusion`, which takes floats for gray levels.
    """
    # Gray B is added to, and compared with, each channel.
    img_b_like_a = img_b[:, :, None] if img_a.ndim > img_b.ndim else img_b
    if np.issubdtype(img_a.dtype, np.integer):
        total = img_a.astype(np.int64) + img_b_like_a
        mean = ((total + 1) // 2).astype(img_a.dtype)
    else:
        mean = (img_a + img_b_like_a) / 2
    return {
        "A": img_a,
        "B": img_b,
        "mean": mean,
        "maximum": np.maximum(img_a, img_b_like_a),
        "pyramid": laplacian_pyramid_fusion(img_a, img_b),
    }
