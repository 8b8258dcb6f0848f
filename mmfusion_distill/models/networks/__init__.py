"""Complete fusion networks."""

from .x_restormer_fusion_net import XRestormerFusionNet

__all__ = ["XRestormerFusionNet"]
