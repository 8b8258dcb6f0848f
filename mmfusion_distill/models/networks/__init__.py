"""Complete fusion networks."""

from .fusion_unet import FusionUNet
from .pyramid_fusion import PyramidFusion
from .x_restormer_fusion_net import XRestormerFusionNet

__all__ = ["FusionUNet", "PyramidFusion", "XRestormerFusionNet"]
