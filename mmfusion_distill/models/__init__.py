"""Networks, their parts, losses and the models that the runner trains."""

from .connectors import ConvConnector
from .data_preprocessors import FusionDataPreprocessor
from .encoders import HierarchicalEncoder
from .fusors import FusionDistiller, ImageFusor
from .guidance import FeatureWiseAffine, PicturePrior, TextPrior
from .heads import LaplacianBlendHead, ResidualHead
from .layers import GatedConvBlock, XRestormerBlock
from .losses import (
    ColorConsistencyLoss,
    FeatureDistillationLoss,
    FusionLoss,
    FusionSSIMLoss,
    IntensityConsistencyLoss,
    JointGradientLoss,
    LossSet,
    MaxIntensityLoss,
    PyramidDistanceLoss,
    PyramidMarginLoss,
    ResultDistillationLoss,
)
from .necks import ConvFusion, SpatialChannelCrossFusion
from .networks import FusionUNet, PyramidFusion, XRestormerFusionNet
from .stems import PixelUnshuffleStem
from .text_encoders import CLIPTextEncoder, SentenceTextEncoder

__all__ = [
    "CLIPTextEncoder",
    "ColorConsistencyLoss",
    "ConvConnector",
    "ConvFusion",
    "FeatureDistillationLoss",
    "FeatureWiseAffine",
    "FusionDataPreprocessor",
    "FusionDistiller",
    "FusionLoss",
    "FusionSSIMLoss",
    "FusionUNet",
    "GatedConvBlock",
    "HierarchicalEncoder",
    "ImageFusor",
    "IntensityConsistencyLoss",
    "JointGradientLoss",
    "LaplacianBlendHead",
    "LossSet",
    "MaxIntensityLoss",
    "PicturePrior",
    "PixelUnshuffleStem",
    "PyramidDistanceLoss",
    "PyramidMarginLoss",
    "PyramidFusion",
    "ResidualHead",
    "ResultDistillationLoss",
    "SentenceTextEncoder",
    "SpatialChannelCrossFusion",
    "TextPrior",
    "XRestormerBlock",
    "XRestormerFusionNet",
]
