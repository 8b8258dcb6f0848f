"""The plain neck."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ...registry import MODELS
from .roles import Neck


class ConvMerge(nn.Conv2d):
    """Concatenation and a 3x3 convolution: two maps to one of the same width.

    Args:
        channels (int): Channels of one source's map.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(2 * channels, channels, 3, padding=1)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Two maps (N, C, H, W) to one of the same shape."""
        return super().forward(torch.cat([a, b], dim=1))


@MODELS.register_module()
class ConvFusion(Neck):
    """Concatenation and a 3x3 convolution at every level.

    Args:
        channels (Sequence[int]): Channels of one source's map at each level.
        init_cfg (dict, optional): As in mmengine. Default: None.
    """

    def __init__(self, channels: Sequence[int], init_cfg: dict | None = None) -> None:
        super().__init__(channels, init_cfg)
        self.reaches = [1] * len(channels)
        self.merges = nn.ModuleList(ConvMerge(width) for width in channels)

    def merge(self, a: Tensor, b: Tensor, level: int) -> Tensor:
        """Merge the maps of one level, 1 being the finest: two (N, C_l, H_l, W_l) to one."""
        return self.merges[level - 1](a, b)
