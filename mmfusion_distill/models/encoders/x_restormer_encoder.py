"""Encoder of one source image."""

from collections.abc import Sequence

from mmagic.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from ..blocks import Downsample, XRestormerBlock


@MODELS.register_module()
class XRestormerEncoder(BaseModule):
    """Four levels of X-Restormer blocks; level l has `dim * 2**(l-1)` channels at 1/2**(l-1) of the resolution.

    Args:
        in_channels (int): Channels of the image.
        dim (int): Channels of level 1.
        num_blocks (Sequence[int]): Blocks of levels 1 to 4.
        channel_heads (Sequence[int]): Channel-attention heads of levels 1 to 4.
        spatial_heads (Sequence[int]): Spatial-attention heads of levels 1 to 4; 0: channel attention only.
        init_cfg (dict, optional): As in mmengine. Default: None.
        **block_cfg: Further arguments of :class:`XRestormerBlock`.
    """

    def __init__(
        self,
        in_channels: int,
        dim: int = 48,
        num_blocks: Sequence[int] = (2, 2, 2, 2),
        channel_heads: Sequence[int] = (1, 2, 4, 8),
        spatial_heads: Sequence[int] = (2, 2, 3, 4),
        init_cfg: dict | None = None,
        **block_cfg,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        self.patch_embed = nn.Conv2d(in_channels, dim, 3, padding=1, bias=False)
        widths = [dim * 2**level for level in range(len(num_blocks))]
        self.levels = nn.ModuleList(
            nn.Sequential(*(XRestormerBlock(width, ch, sp, **block_cfg) for _ in range(blocks)))
            for width, blocks, ch, sp in zip(widths, num_blocks, channel_heads, spatial_heads)
        )
        self.downs = nn.ModuleList(Downsample(width) for width in widths[:-1])

    def forward(self, x: Tensor) -> list[Tensor]:
        """Encode an image.

        Args:
            x (Tensor): (N, in_channels, H, W); H and W multiples of 8 times the window.

        Returns:
            list[Tensor]: Feature maps of levels 1 to 4.
        """
        x = self.patch_embed(x)
        features = []
        for index, level in enumerate(self.levels):
            if index:
                x = self.downs[index - 1](x)
            x = level(x)
            features.append(x)
        return features
