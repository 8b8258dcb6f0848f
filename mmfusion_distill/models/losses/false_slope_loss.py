"""Rings: slopes of the fused image that no source has."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ...registry import MODELS
from ..ops.color_space import rgb_to_gray
from ..ops.laplacian_bands import gaussian_pyramid
from .sample_wise_loss import SampleWiseLoss, mean_per_sample


@MODELS.register_module()
class FalseSlopeLoss(SampleWiseLoss):
    """How far coarse slopes of the fused image lie outside those of the sources, beside these.

    Along rows and columns of images reduced by 8 and by 16 a slope of the fused image is true between the smallest
    and the largest of A's, of B's and of none. What lies outside is a ring around a roof, or a shadow beside a hot
    object; it is divided by the mean of what the sources span.

    Args:
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.
    """

    LEVELS = (3, 4)

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample, 0 without false slopes."""
        images = torch.cat([rgb_to_gray(image) for image in (fused, img_a, img_b)], dim=1)
        pyramid = gaussian_pyramid(images, self.LEVELS[-1])
        outside: Any = 0.0
        spanned: Any = 0.0
        for level in self.LEVELS:
            for axis in (2, 3):
                slope, *sources = pyramid[level].diff(dim=axis).split(1, dim=1)
                highest = F.relu(torch.maximum(*sources))
                lowest = -F.relu(-torch.minimum(*sources))
                outside = outside + mean_per_sample(F.relu(slope - highest) + F.relu(lowest - slope))
                spanned = spanned + mean_per_sample(highest - lowest)
        return outside / (spanned + 1e-3)
