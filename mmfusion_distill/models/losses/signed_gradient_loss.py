"""Edges of the fused image, with their direction, against the source whose edge is stronger."""

import torch
from torch import Tensor
from torch.nn import functional as F

from ...registry import MODELS
from ...user_errors import UserError
from ..ops.color_space import rgb_to_gray
from .joint_gradient_loss import sobel_gradients
from .sample_wise_loss import SampleWiseLoss, mean_per_sample


@MODELS.register_module()
class SignedGradientLoss(SampleWiseLoss):
    """L1 distance of Sobel gradients to those of the source whose gradient is longer at the pixel, at several scales.

    `|dx F - dx S| + |dy F - dy S|` on luminance, averaged over the scales, each half as large as the one before; S is
    chosen anew at every scale, A where both are equally strong. Unlike :class:`JointGradientLoss`, which compares
    magnitudes and each axis alone, it does not accept an inverted edge, nor dx of one source with dy of the other.

    Args:
        num_scales (int): Scales, the first at full resolution. Default: 3.
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.

    Raises:
        UserError: If `num_scales` is below 1.
    """

    def __init__(self, num_scales: int = 3, loss_weight: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(loss_weight, reduction)
        if num_scales < 1:
            raise UserError(f"SignedGradientLoss: num_scales={num_scales} must be at least 1")
        self.num_scales = num_scales

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 16] for images in [0, 1]."""
        images = [rgb_to_gray(image) for image in (fused, img_a, img_b)]
        total = 0.0
        for scale in range(self.num_scales):
            if scale:
                images = [F.avg_pool2d(image, 2, ceil_mode=True) for image in images]
            (fused_x, fused_y), (a_x, a_y), (b_x, b_y) = (sobel_gradients(image) for image in images)
            stronger_b = b_x.square() + b_y.square() > a_x.square() + a_y.square()
            distance_x = (fused_x - torch.where(stronger_b, b_x, a_x)).abs()
            distance_y = (fused_y - torch.where(stronger_b, b_y, a_y)).abs()
            total = total + mean_per_sample(distance_x + distance_y)
        return total / self.num_scales
