"""Contrast of B where A is blown out."""

from mmagic.registry import MODELS
from torch import Tensor
from torch.nn import functional as F

from ..ops.color_space import rgb_to_gray
from .kept_contrast import high_pass, kept_contrast, mean_around, opened
from .sample_wise_loss import SampleWiseLoss


@MODELS.register_module()
class GlareContrastLoss(SampleWiseLoss):
    """How far the share of B's local contrast that is kept in glare falls short of all of it.

    Glare is where A is at 245 gray levels or more over more than an edge and B has local contrast; see
    :func:`kept_contrast`.

    Args:
        goal (float): Share from which on nothing is lost. Default: 1.0.
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.
    """

    RADIUS = 10

    def __init__(self, goal: float = 1.0, loss_weight: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(loss_weight, reduction)
        self.goal = goal

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample, 0 without glare."""
        gray_b = rgb_to_gray(img_b)
        blown = opened(((255 * rgb_to_gray(img_a) - 240) / 10).clamp(0, 1), 9)
        active = ((255 * mean_around(high_pass(gray_b, self.RADIUS).abs(), 4) - 2) / 3).clamp(0, 1)
        slope, presence = kept_contrast(rgb_to_gray(fused), gray_b, blown * active, self.RADIUS)
        return presence * F.relu(self.goal - slope)
