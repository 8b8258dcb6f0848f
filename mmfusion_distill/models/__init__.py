"""Networks, their parts, losses and the models that the runner trains."""

from .fusors import FusionDataPreprocessor, FusionDistiller, ImageFusor
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
from .networks import FusionUNet, PyramidFusion, XRestormerFusionNet
from .parts import (
    ConvConnector,
    ConvFusion,
    FeatureWiseAffine,
    GatedConvBlock,
    HierarchicalEncoder,
    LaplacianBlendHead,
    PixelUnshuffleStem,
    ResidualHead,
    SpatialChannelCrossFusion,
    XRestormerBlock,
)
from .text import CLIPTextEncoder, SentenceTextEncoder

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
    "PixelUnshuffleStem",
    "PyramidDistanceLoss",
    "PyramidMarginLoss",
    "PyramidFusion",
    "ResidualHead",
    "ResultDistillationLoss",
    "SentenceTextEncoder",
    "SpatialChannelCrossFusion",
    "XRestormerBlock",
    "XRestormerFusionNet",
]
