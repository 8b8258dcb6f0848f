"""Building blocks of the fusion networks (NCHW feature maps)."""

from .channel_attention import ChannelAttention
from .depthwise_conv import DepthwiseConv2d
from .feed_forward import GatedFeedForward
from .gated_conv_block import GatedConvBlock
from .layer_norm import ChannelLayerNorm
from .resample import RESAMPLERS, Downsample, Upsample
from .spatial_attention import OverlappingSpatialAttention
from .x_restormer_block import XRestormerBlock

__all__ = [
    "RESAMPLERS",
    "ChannelAttention",
    "ChannelLayerNorm",
    "DepthwiseConv2d",
    "Downsample",
    "GatedConvBlock",
    "GatedFeedForward",
    "OverlappingSpatialAttention",
    "Upsample",
    "XRestormerBlock",
]
