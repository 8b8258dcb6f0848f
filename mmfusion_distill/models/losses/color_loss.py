"""Colour of the fused image against source A."""

from torch import Tensor

from ...registry import MODELS
from ..ops.color_space import rgb_to_cbcr
from .sample_wise_loss import SampleWiseLoss, mean_per_sample


@MODELS.register_module()
class ColorConsistencyLoss(SampleWiseLoss):
    """L1 distance of both chrominances to source A: `|Cb_A - Cb_F| + |Cr_A - Cr_F|`.

    Args:
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.
    """

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 2] for images in [0, 1]."""
        cb_a, cr_a = rgb_to_cbcr(img_a)
        cb_f, cr_f = rgb_to_cbcr(fused)
        return mean_per_sample((cb_a - cb_f).abs() + (cr_a - cr_f).abs())
