"""Structural similarity to the better-structured source."""

import torch
from torch import Tensor

from ...registry import MODELS
from ..ops.color_space import rgb_to_gray
from .sample_wise_loss import SampleWiseLoss, mean_per_sample
from .ssim_loss import gaussian_windows, ssim_map


@MODELS.register_module()
class BestStructureSSIMLoss(SampleWiseLoss):
    """1 - SSIM to the source that varies more, window by window, on luminance; A where both vary alike.

    The sum over both sources (:class:`FusionSSIMLoss`) is least where the result lies between them, and so asks for
    half of the detail of each. This one asks for all of the detail of one, and is meant to stand beside it.

    Args:
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.
    """

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 2]."""
        gray, gray_a, gray_b = (rgb_to_gray(image) for image in (fused, img_a, img_b))
        to_a, to_b = ssim_map(gray_a, gray), ssim_map(gray_b, gray)
        better_b = _variance(gray_b) > _variance(gray_a)
        return 1 - mean_per_sample(torch.where(better_b, to_b, to_a))


def _variance(gray: Tensor) -> Tensor:
    moments = gaussian_windows(torch.cat([gray, gray.square()], dim=1))
    return moments[:, 1:] - moments[:, :1].square()
