"""The plain neck, for ablation."""

from collections.abc import Sequence

import torch
from mmagic.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn


@MODELS.register_module()
class ConvFusion(BaseModule):
    """Concatenation and a 3x3 convolution at every level.

    Args:
        channels (Sequence[int]): Channels of one source's map at each level.
        init_cfg (dict, optional): As in mmengine. Default: None.
    """

    def __init__(self, channels: Sequence[int], init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        self.merges = nn.ModuleList(nn.Conv2d(2 * width, width, 3, padding=1) for width in channels)

    def forward(self, features_a: Sequence[Tensor], features_b: Sequence[Tensor]) -> list[Tensor]:
        """Merge level by level: two lists of (N, C_l, H_l, W_l) to one of the same shapes."""
        return [
            merge(torch.cat([a, b], dim=1))
            for merge, a, b in zip(self.merges, features_a, features_b, strict=True)
        ]
