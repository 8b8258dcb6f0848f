"""Reflection padding for images of any size."""

import torch
from torch import Tensor


def _reflected(length: int, target: int, device: torch.device) -> Tensor:
    # 0 1 2 1 0 1 2 ...: reflection without repeating the edge, as often as it takes.
    if length == 1:
        return torch.zeros(target, dtype=torch.long, device=device)
    period = 2 * (length - 1)
    position = torch.arange(target, device=device) % period
    return torch.where(position < length, position, period - position)


def reflect_pad_to_multiple(x: Tensor, multiple: int) -> Tensor:
    """Pad at the bottom and the right by reflection up to the next multiple.

    Unlike `torch.nn.functional.pad` it also pads by more than the image has, by reflecting again.

    Args:
        x (Tensor): (N, C, H, W) with H, W >= 1.
        multiple (int): What height and width shall be divisible by.

    Returns:
        Tensor: (N, C, H', W'), `x` itself if nothing is to be done.
    """
    height, width = x.shape[-2:]
    target_height = -(-height // multiple) * multiple
    target_width = -(-width // multiple) * multiple
    if target_height != height:
        x = x.index_select(-2, _reflected(height, target_height, x.device))
    if target_width != width:
        x = x.index_select(-1, _reflected(width, target_width, x.device))
    return x
