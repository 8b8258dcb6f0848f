"""Reflection padding for images of any size."""

import torch
from torch import Tensor

from ...images.pixels import reflected


def reflect_pad_to_multiple(x: Tensor, multiple: int) -> Tensor:
    """Pad at the bottom and the right by reflection up to the next multiple.

    Unlike `torch.nn.functional.pad` it also pads by more than the image has, by reflecting again. A traced graph pads
    images of any size.

    Args:
        x (Tensor): (N, C, H, W) with H, W >= 1.
        multiple (int): What height and width should be divisible by.

    Returns:
        Tensor: (N, C, H', W'), `x` itself if nothing is to be done.
    """
    for axis in (2, 3):
        length = x.shape[axis]
        target = (length + multiple - 1) // multiple * multiple
        if not torch.jit.is_tracing() and target == length:
            continue
        # Only what is added is looked up: runtimes copy the rest much faster.
        added = reflected(torch.arange(target, device=x.device)[length:], length)
        x = torch.cat([x, x.index_select(axis, added)], dim=axis)
    return x
