"""Necks: the feature maps of two sources in, merged feature maps out."""

from .conv_fusion import ConvFusion
from .spatial_channel_cross_fusion import SpatialChannelCrossFusion

__all__ = ["ConvFusion", "SpatialChannelCrossFusion"]
