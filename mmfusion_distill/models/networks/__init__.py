"""Complete fusion networks."""

from .fusion_network import FusionNetwork
from .fusion_unet import FusionUNet
from .pyramid_fusion import PyramidFusion
from .x_restormer_fusion_net import XRestormerFusionNet

__all__ = ["FusionNetwork", "FusionUNet", "PyramidFusion", "XRestormerFusionNet"]
