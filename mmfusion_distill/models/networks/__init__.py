"""Complete fusion networks."""

from .exported_network import ExportedNetwork
from .fusion_unet import FusionUNet
from .pyramid_fusion import PyramidFusion
from .x_restormer_fusion_net import XRestormerFusionNet

__all__ = ["ExportedNetwork", "FusionUNet", "PyramidFusion", "XRestormerFusionNet"]
