"""Edges of the fused image against the stronger of its sources' edges."""

import torch
from torch import Tensor
from torch.nn import functional as F

from ...registry import MODELS
from ..ops.color_space import rgb_to_gray
from .sample_wise_loss import SampleWiseLoss, mean_per_sample


def sobel_gradients(gray: Tensor) -> tuple[Tensor, Tensor]:
    """Horizontal and vertical Sobel derivatives with replicated edges.

    Args:
        gray (Tensor): (N, 1, H, W).

    Returns:
        tuple[Tensor, Tensor]: dx and dy, each (N, 1, H, W), in [-4, 4] for images in [0, 1].
    """
    smooth = gray.new_tensor([1.0, 2.0, 1.0])
    derive = gray.new_tensor([-1.0, 0.0, 1.0])
    kernels = torch.stack([torch.outer(smooth, derive), torch.outer(derive, smooth)])[:, None]
    gradients = F.conv2d(F.pad(gray, (1, 1, 1, 1), mode="replicate"), kernels)
    return gradients[:, 0:1], gradients[:, 1:2]


@MODELS.register_module()
class JointGradientLoss(SampleWiseLoss):
    """L1 distance to the stronger edge: `||dx F| - max(|dx A|, |dx B|)|` and the same for dy, on luminance.

    Args:
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.
    """

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 8] for images in [0, 1]."""
        gradients = [sobel_gradients(rgb_to_gray(image)) for image in (fused, img_a, img_b)]
        distances = [
            (fused_d.abs() - torch.maximum(a_d.abs(), b_d.abs())).abs()
            for fused_d, a_d, b_d in zip(*gradients)
        ]
        return mean_per_sample(distances[0] + distances[1])
