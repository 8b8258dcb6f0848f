"""Complete fusion networks."""

from .exported_network import ExportedNetwork
from .x_restormer_fusion_net import XRestormerFusionNet

__all__ = ["ExportedNetwork", "XRestormerFusionNet"]
