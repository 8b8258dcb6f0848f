"""Parts of networks that configs name: blocks, stems, encoders, necks, guidance, priors, heads, connectors."""

from .conv_connector import ConvConnector
from .encoder import HierarchicalEncoder, PixelUnshuffleStem
from .feature_wise_affine import FeatureWiseAffine
from .gated_conv_block import GatedConvBlock
from .laplacian_blend_head import LaplacianBlendHead
from .necks import ConvFusion, SpatialChannelCrossFusion
from .priors import PicturePrior, Prior, TextPrior
from .residual_head import ResidualHead
from .roles import Block, Connector, Encoder, Guidance, Head, Neck, Stem
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
