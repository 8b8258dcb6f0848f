"""What joins maps: the necks, two maps to one at every level, and the connector between two widths."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ...registry import MODELS
from ...user_errors import UserError
from .attention import ChannelAttention, OverlappingSpatialAttention
from .roles import Connector, Neck


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


class CrossExchange(nn.Module):
    """Each source's spatial attention joined with the other's channel attention.

    Args:
        channels (int): Channels of one source's map.
        channel_heads (int): Heads of the channel attentions.
        spatial_heads (int): Heads of the spatial attentions.
        **window_cfg: `head_dim`, `window_size`, `overlap_ratio` of the spatial attentions.
    """

    def __init__(self, channels: int, channel_heads: int, spatial_heads: int, **window_cfg: Any) -> None:
        super().__init__()
        self.spatial_attn_a = OverlappingSpatialAttention(channels, spatial_heads, **window_cfg)
        self.spatial_attn_b = OverlappingSpatialAttention(channels, spatial_heads, **window_cfg)
        self.channel_attn_a = ChannelAttention(channels, channel_heads)
        self.channel_attn_b = ChannelAttention(channels, channel_heads)
        self.fusion_a = nn.Conv2d(2 * channels, channels, 1, bias=False)
        self.fusion_b = nn.Conv2d(2 * channels, channels, 1, bias=False)

    def forward(self, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        """Two maps (N, C, H, W) to two of the same shape."""
        joined_a = torch.cat([self.spatial_attn_a(a), self.channel_attn_b(b)], dim=1)
        joined_b = torch.cat([self.spatial_attn_b(b), self.channel_attn_a(a)], dim=1)
        return self.fusion_a(joined_a), self.fusion_b(joined_b)


class AttentionMerge(nn.Module):
    """Both attentions over the concatenated sources, their sum brought back to one source's width.

    Args:
        channels (int): Channels of one source's map.
        channel_heads (int): Heads of the channel attention over 2C channels.
        spatial_heads (int): Heads of the spatial attention over 2C channels.
        **window_cfg: `head_dim`, `window_size`, `overlap_ratio` of the spatial attention.
    """

    def __init__(self, channels: int, channel_heads: int, spatial_heads: int, **window_cfg: Any) -> None:
        super().__init__()
        self.channel_attn = ChannelAttention(2 * channels, channel_heads)
        self.spatial_attn = OverlappingSpatialAttention(2 * channels, spatial_heads, **window_cfg)
        self.conv = nn.Conv2d(2 * channels, channels, 3, padding=1)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Two maps (N, C, H, W) to one of the same shape."""
        x = torch.cat([a, b], dim=1)
        return self.conv(self.channel_attn(x) + self.spatial_attn(x))


@MODELS.register_module()
class SpatialChannelCrossFusion(Neck):
    """Exchange between the sources at the deepest level, then a merge at every level.

    Levels that `levels` leaves out are merged by a convolution as in :class:`ConvFusion`, which is local and cheap.

    From "Distilling Textual Priors from LLM to Efficient Image Fusion" (arXiv 2504.07029).

    Args:
        channels (Sequence[int]): Channels of one source's map at each level.
        levels (Sequence[int], optional): Levels with attention, 1 is the finest; the deepest must be among them.
            Default: None, all.
        exchange_channel_heads (int): Channel-attention heads of the exchange. Default: 8.
        exchange_spatial_heads (int): Spatial-attention heads of the exchange. Default: 4.
        exchange_dim_head (int): Channels of a spatial head of the exchange. Default: 16.
        merge_channel_heads (int): Channel-attention heads of the merges. Default: 8.
        merge_spatial_heads (int): Spatial-attention heads of the merges. Default: 4.
        merge_dim_head (int): Channels of a spatial head of the merges. Default: 32.
        window_size (int): Side of the query windows. Default: 8.
        overlap_ratio (float): How far key windows extend. Default: 0.5.
        init_cfg (dict, optional): As in mmengine. Default: None.

    Raises:
        UserError: If the deepest level is not among `levels`, or one of them does not exist.
    """

    def __init__(
        self,
        channels: Sequence[int],
        levels: Sequence[int] | None = None,
        exchange_channel_heads: int = 8,
        exchange_spatial_heads: int = 4,
        exchange_dim_head: int = 16,
        merge_channel_heads: int = 8,
        merge_spatial_heads: int = 4,
        merge_dim_head: int = 32,
        window_size: int = 8,
        overlap_ratio: float = 0.5,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(channels, init_cfg)
        depth = len(channels)
        attended = set(range(1, depth + 1) if levels is None else levels)
        if depth not in attended or not attended <= set(range(1, depth + 1)):
            raise UserError(f"neck: levels {sorted(attended)} must be within 1 to {depth} and hold {depth}")
        self.multiples = [window_size if level in attended else 1 for level in range(1, depth + 1)]
        self.reaches = [None if level in attended else 1 for level in range(1, depth + 1)]
        window_cfg = dict(window_size=window_size, overlap_ratio=overlap_ratio)
        exchange_cfg = dict(window_cfg, head_dim=exchange_dim_head)
        merge_cfg = dict(window_cfg, head_dim=merge_dim_head)
        self.exchange = CrossExchange(
            channels[-1], exchange_channel_heads, exchange_spatial_heads, **exchange_cfg
        )
        self.merges = nn.ModuleList(
            AttentionMerge(width, merge_channel_heads, merge_spatial_heads, **merge_cfg)
            if level in attended
            else ConvMerge(width)
            for level, width in enumerate(channels, 1)
        )

    def merge(self, a: Tensor, b: Tensor, level: int) -> Tensor:
        """Merge the maps of one level, 1 being the finest: two (N, C_l, H_l, W_l) to one."""
        if level == len(self.merges):
            a, b = self.exchange(a, b)
        return self.merges[level - 1](a, b)


@MODELS.register_module()
class ConvConnector(Connector):
    """Bring features from one width to another by a 1x1 convolution.

    Args:
        in_channels (int): Channels of the features.
        out_channels (int): Channels wanted.
        init_cfg (dict, optional): As in mmengine. Default: None.
    """

    def __init__(self, in_channels: int, out_channels: int, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        self.conv = nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, out_channels, H, W)."""
        return self.conv(x)
