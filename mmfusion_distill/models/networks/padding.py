"""Reflection padding for images of any size."""

import torch
from torch import Tensor


def reflect_pad_to_multiple(x: Tensor, multiple: int) -> Tensor:
    """Pad at the bottom and the right by reflection up to the next multiple.

    Unlike `torch.nn.functional.pad` it also pads by more than the image has, by reflecting again. A traced graph pads
    images of any size.

    Args:
        x (Tensor): (N, C, H, W) with H, W >= 1.
        multiple (int): What height and width shall be divisible by.

    Returns:
        Tensor: (N, C, H', W'), `x` itself if nothing is to be done.
    """
    for axis in (2, 3):
        length = x.shape[axis]
        target = (length + multiple - 1) // multiple * multiple
        if torch.jit.is_tracing():
            # Only what is added is looked up: runtimes copy the rest much faster.
            x = torch.cat([x, x.index_select(axis, _reflected(length, target, x.device)[length:])], dim=axis)
        elif target != length:
            x = x.index_select(axis, _reflected(length, target, x.device))
    return x


def _reflected(length: int | Tensor, target: int | Tensor, device: torch.device) -> Tensor:
    # 0 1 2 1 0 1 2 ...: reflection without repeating the edge, as often as it takes. By one pixel: only that.
    period = torch.as_tensor(2 * (length - 1), device=device)
    position = torch.arange(target, device=device) % period.clamp(min=1)
    return torch.minimum(position, period - position)
