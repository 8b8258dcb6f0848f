"""Complete fusion networks."""

from .fusion_network import FusionNetwork, PyramidFusion
from .fusion_unet import FusionUNet
from .x_restormer_fusion_net import XRestormerFusionNet

__all__ = ["FusionNetwork", "FusionUNet", "PyramidFusion", "XRestormerFusionNet"]
