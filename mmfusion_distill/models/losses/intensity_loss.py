"""Brightness of the fused image against its sources."""

import torch
from torch import Tensor

from ...registry import MODELS
from ..ops.color_space import rgb_to_gray
from .sample_wise_loss import SampleWiseLoss, match_channels, mean_per_sample


@MODELS.register_module()
class MaxIntensityLoss(SampleWiseLoss):
    """L1 distance to the brighter source: `|F - pick(A, B)|`, where pick takes B if it exceeds A's channel mean.

    Args:
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.
    """

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 1] for images in [0, 1]."""
        brighter_b = img_b.mean(dim=1, keepdim=True) > img_a.mean(dim=1, keepdim=True)
        picked = torch.where(brighter_b, match_channels(img_b, img_a), img_a)
        return mean_per_sample((match_channels(fused, picked) - match_channels(picked, fused)).abs())


@MODELS.register_module()
class IntensityConsistencyLoss(SampleWiseLoss):
    """Mean of the L1 distances of luminance to both sources: `(|gray A - gray F| + |gray B - gray F|) / 2`.

    Args:
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.
    """

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 1] for images in [0, 1]."""
        gray = rgb_to_gray(fused)
        distances = (rgb_to_gray(img_a) - gray).abs() + (rgb_to_gray(img_b) - gray).abs()
        return mean_per_sample(distances) / 2
