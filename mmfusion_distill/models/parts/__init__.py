"""Parts of networks that configs name: blocks, stems, encoders, necks, guidance, priors, heads, connectors."""

from .encoder import HierarchicalEncoder, PixelUnshuffleStem
from .gated_conv_block import GatedConvBlock
from .guidance import FeatureWiseAffine, PicturePrior, Prior, TextPrior
from .laplacian_blend_head import LaplacianBlendHead
from .necks import ConvConnector, ConvFusion, SpatialChannelCrossFusion
from .published_parts import ResidualHead, XRestormerBlock
from .roles import Block, Connector, Encoder, Guidance, Head, Neck, Stem

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
