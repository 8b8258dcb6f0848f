"""Networks, their parts, losses and the models that the runner trains."""

from .connectors import ConvConnector
from .distillers import FusionDistiller
from .encoders import XRestormerEncoder
from .fusors import ImageFusor
from .guidance import FeatureWiseAffine
from .losses import (
    ColorConsistencyLoss,
    FeatureDistillationLoss,
    FusionLoss,
    FusionSSIMLoss,
    IntensityConsistencyLoss,
    JointGradientLoss,
    MaxIntensityLoss,
    ResultDistillationLoss,
)
from .necks import ConvFusion, SpatialChannelCrossFusion
from .networks import ExportedNetwork, XRestormerFusionNet
from .text_encoders import CLIPTextEncoder, SentenceTextEncoder

__all__ = [
    "CLIPTextEncoder",
    "ColorConsistencyLoss",
    "ConvConnector",
    "ConvFusion",
    "ExportedNetwork",
    "FeatureDistillationLoss",
    "FeatureWiseAffine",
    "FusionDistiller",
    "FusionLoss",
    "FusionSSIMLoss",
    "ImageFusor",
    "IntensityConsistencyLoss",
    "JointGradientLoss",
    "MaxIntensityLoss",
    "ResultDistillationLoss",
    "SentenceTextEncoder",
    "SpatialChannelCrossFusion",
    "XRestormerEncoder",
    "XRestormerFusionNet",
]
