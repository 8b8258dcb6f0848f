"""Layers that the parts are built of (NCHW feature maps)."""

from .attention import ChannelAttention, OverlappingSpatialAttention
from .depthwise_conv import DepthwiseConv2d
from .resample import RESAMPLERS, Downsample, Upsample

__all__ = [
    "RESAMPLERS",
    "ChannelAttention",
    "DepthwiseConv2d",
    "Downsample",
    "OverlappingSpatialAttention",
    "Upsample",
]
