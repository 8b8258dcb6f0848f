"""The block and the head of the published networks."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...registry import MODELS
from ...user_errors import UserError
from ..ops.color import rgb_to_gray
from ..ops.statistics import PairStatistics
from .attention import ChannelAttention, OverlappingSpatialAttention
from .roles import Block, Head


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


@MODELS.register_module()
class ResidualHead(Head):
    """Refinement blocks and a 3x3 convolution of the finest map, plus source A.

    From "Distilling Textual Priors from LLM to Efficient Image Fusion" (arXiv 2504.07029).

    Args:
        channels (Sequence[int]): Channels of the decoder's maps, the finest first.
        strides (Sequence[int]): Their strides; that of the finest is 1.
        block (dict): Config of the refinement blocks; `channels` is filled in.
        num_blocks (int): Refinement blocks. Published: teacher 4, student 2. Default: 2.
        out_channels (int): Channels of the result, 1 or 3. Default: 3.
        prior_channels (int): Not used. Default: 0.
        init_cfg (dict, optional): As in mmengine. Default: None.

    Raises:
        UserError: If the finest map is smaller than the image.
    """

    def __init__(
        self,
        channels: Sequence[int],
        strides: Sequence[int],
        block: dict,
        num_blocks: int = 2,
        out_channels: int = 3,
        prior_channels: int = 0,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        if strides[0] != 1:
            raise UserError(
                f"ResidualHead needs a map at full resolution, the finest has stride {strides[0]}"
            )
        width = channels[0]
        self.refinement = nn.Sequential(
            *(MODELS.build(dict(channels=width, **block)) for _ in range(num_blocks))
        )
        self.output = nn.Conv2d(width, out_channels, 3, padding=1, bias=False)

    def forward(
        self,
        features: Sequence[Tensor],
        img_a: Tensor,
        img_b: Tensor,
        size: Sequence[int],
        prior: Tensor | None = None,
        statistics: PairStatistics | None = None,
        own_prior: Tensor | None = None,
    ) -> tuple[Tensor, None]:
        """Make the fused image.

        Args:
            features (Sequence[Tensor]): The decoder's maps, the finest first, (N, C_l, H / stride, W / stride).
            img_a (Tensor): Source A as the network sees it, (N, 1 or 3, H, W).
            img_b (Tensor): Source B, (N, 1, H, W). Not used.
            size (Sequence[int]): Height and width of the image at the top left, without padding.
            prior (Tensor, optional): Not used. Default: None.
            statistics (PairStatistics, optional): Not used. Default: None.
            own_prior (Tensor, optional): Not used. Default: None.

        Returns:
            tuple[Tensor, None]: `(N, out_channels, *size)`, and that its colours are its own.
        """
        height, width = size
        residual = self.output(self.refinement(features[0]))[..., :height, :width]
        source = img_a[..., :height, :width]
        return residual + (rgb_to_gray(source) if source.shape[1] > residual.shape[1] else source), None
