"""Reflection at the border of an image, as often as it takes; for arrays of NumPy and of PyTorch."""

from typing import Any

import numpy as np


def reflected(positions: Any, length: Any) -> Any:
    """Where positions behind an axis lie in it: 0 1 2 1 0 1 2 ..., the edge is not repeated.

    Args:
        positions (np.ndarray | Tensor): Integers from 0 on.
        length (int | Tensor): Length of the axis, at least 1; in a traced graph it need not be known.

    Returns:
        np.ndarray | Tensor: Positions below `length`.
    """
    last = length - 1
    # By one pixel there is only that.
    return last - abs(positions % (2 * last + (last == 0)) - last)


def reflected_index(length: int, multiple: int) -> np.ndarray:
    """Indices that extend an axis to the next multiple by reflection."""
    return reflected(np.arange(-(-length // multiple) * multiple), length)


def padded_to_multiple(image: np.ndarray, multiple: int) -> np.ndarray:
    """Images (N, C, H, W), mirrored at the bottom and the right up to multiples of a number."""
    height, width = image.shape[-2:]
    if height % multiple == width % multiple == 0:
        return image
    rows, columns = (reflected_index(length, multiple) for length in (height, width))
    return image[:, :, rows][..., columns]
