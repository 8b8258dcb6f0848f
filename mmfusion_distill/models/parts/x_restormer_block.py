"""The block of the published networks, and what it is made of."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...registry import MODELS
from ..layers.attention import ChannelAttention, OverlappingSpatialAttention
from .roles import Block


class ChannelLayerNorm(nn.LayerNorm):
    """Layer normalisation over channels, with weight and bias; built with their number."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalise every pixel over its channels: (N, C, H, W) to the same shape, channels last.

        Under autocast the result is float32.
        """
        pixels = x.permute(0, 2, 3, 1)
        normalised = F.layer_norm(pixels, self.normalized_shape, self.weight, self.bias, self.eps)
        return normalised.permute(0, 3, 1, 2)


class GatedFeedForward(nn.Module):
    """Gated depth-wise convolution feed-forward network (GDFN; Restormer, Zamir et al., CVPR 2022, Eq. 3).

    Args:
        channels (int): Channels in and out.
        expansion_factor (float): Hidden channels are `int(expansion_factor * channels)`.
    """

    def __init__(self, channels: int, expansion_factor: float) -> None:
        super().__init__()
        hidden = int(expansion_factor * channels)
        self.project_in = nn.Conv2d(channels, 2 * hidden, 1, bias=False)
        self.dwconv = nn.Conv2d(2 * hidden, 2 * hidden, 3, padding=1, groups=2 * hidden, bias=False)
        self.project_out = nn.Conv2d(hidden, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Feed forward: (N, C, H, W), preferably channels last, to the same shape."""
        gate, value = self.dwconv(self.project_in(x)).chunk(2, dim=1)
        return self.project_out(F.gelu(gate) * value)


@MODELS.register_module()
class XRestormerBlock(Block):
    """Channel attention, feed-forward, spatial attention, feed-forward, each pre-normalised and residual.

    From X-Restormer (Chen et al., "A Comparative Study of Image Restoration Networks for General Backbone
    Network Design", ECCV 2024, Sec. 4).

    Args:
        channels (int): Channels in and out.
        channel_heads (int): Heads of the channel attention.
        spatial_heads (int): Heads of the spatial attention; with 0 the block ends before it, which makes it the
            block of Restormer (Zamir et al., CVPR 2022).
        spatial_dim_head (int): Channels of a spatial head. Default: 16.
        window_size (int): Side of the query windows. Default: 8.
        overlap_ratio (float): How far key windows extend. Default: 0.5.
        ffn_expansion_factor (float): Width of the feed-forward parts. Default: 2.66.
        init_cfg (dict, optional): As in mmengine. Default: None.
    """

    #: Channel attention looks at the whole map.
    def __init__(
        self,
        channels: int,
        channel_heads: int,
        spatial_heads: int,
        spatial_dim_head: int = 16,
        window_size: int = 8,
        overlap_ratio: float = 0.5,
        ffn_expansion_factor: float = 2.66,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        self.norm1 = ChannelLayerNorm(channels)
        self.channel_attn = ChannelAttention(channels, channel_heads)
        self.norm2 = ChannelLayerNorm(channels)
        self.channel_ffn = GatedFeedForward(channels, ffn_expansion_factor)
        self.has_spatial_attn = spatial_heads > 0
        self.multiple = window_size if self.has_spatial_attn else 1
        if not self.has_spatial_attn:
            return
        self.norm3 = ChannelLayerNorm(channels)
        self.spatial_attn = OverlappingSpatialAttention(
            channels, spatial_heads, spatial_dim_head, window_size, overlap_ratio
        )
        self.norm4 = ChannelLayerNorm(channels)
        self.spatial_ffn = GatedFeedForward(channels, ffn_expansion_factor)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape, channels last; H and W are multiples of the window."""
        x = x.contiguous(memory_format=torch.channels_last)
        x = x + self.channel_attn(self.norm1(x))
        x = x + self.channel_ffn(self.norm2(x))
        if not self.has_spatial_attn:
            return x
        x = x + self.spatial_attn(self.norm3(x))
        return x + self.spatial_ffn(self.norm4(x))
