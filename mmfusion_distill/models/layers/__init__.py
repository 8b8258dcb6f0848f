"""Layers that the parts are built of (NCHW feature maps)."""

from .channel_attention import ChannelAttention
from .depthwise_conv import DepthwiseConv2d
from .feed_forward import GatedFeedForward
from .layer_norm import ChannelLayerNorm
from .resample import RESAMPLERS, Downsample, Upsample
from .spatial_attention import OverlappingSpatialAttention

__all__ = [
    "RESAMPLERS",
    "ChannelAttention",
    "ChannelLayerNorm",
    "DepthwiseConv2d",
    "Downsample",
    "GatedFeedForward",
    "OverlappingSpatialAttention",
    "Upsample",
]
