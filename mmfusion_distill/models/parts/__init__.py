"""Parts of networks that configs name: blocks, stems, encoders, necks, guidance, priors, heads, connectors."""

from .conv_connector import ConvConnector
from .conv_fusion import ConvFusion
from .feature_wise_affine import FeatureWiseAffine
from .gated_conv_block import GatedConvBlock
from .hierarchical_encoder import HierarchicalEncoder
from .laplacian_blend_head import LaplacianBlendHead
from .picture_prior import PicturePrior
from .pixel_unshuffle_stem import PixelUnshuffleStem
from .prior import Prior
from .residual_head import ResidualHead
from .roles import Block, Connector, Encoder, Guidance, Head, Neck, Stem
from .spatial_channel_cross_fusion import SpatialChannelCrossFusion
from .text_prior import TextPrior
from .x_restormer_block import XRestormerBlock

__all__ = [
    "Stem",
    "Prior",
    "Neck",
    "Head",
    "Guidance",
    "Encoder",
    "Connector",
    "Block",
    "ConvConnector",
    "ConvFusion",
    "FeatureWiseAffine",
    "GatedConvBlock",
    "HierarchicalEncoder",
    "LaplacianBlendHead",
    "PicturePrior",
    "PixelUnshuffleStem",
    "ResidualHead",
    "SpatialChannelCrossFusion",
    "TextPrior",
    "XRestormerBlock",
]
