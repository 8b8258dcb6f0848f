"""Networks, their parts, losses and the models that the runner trains."""

from .encoders import XRestormerEncoder
from .guidance import FeatureWiseAffine
from .necks import ConvFusion, SpatialChannelCrossFusion
from .networks import XRestormerFusionNet

__all__ = [
    "ConvFusion",
    "FeatureWiseAffine",
    "SpatialChannelCrossFusion",
    "XRestormerEncoder",
    "XRestormerFusionNet",
]
