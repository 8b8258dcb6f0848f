"""Brightness of the fused image: that of A, and above it what is hot in B."""

from torch import Tensor

from ...registry import MODELS
from ...user_errors import UserError
from ..ops.color_space import rgb_to_gray
from ..ops.laplacian_bands import gaussian_pyramid, hot_base
from .sample_wise_loss import SampleWiseLoss, mean_per_sample


@MODELS.register_module()
class BaseIntensityLoss(SampleWiseLoss):
    """L1 distance of the low band of luminance to that of A plus what is hot in B, at most white.

    Hot is what lies in B's low band above B's mean by more than half its standard deviation (:func:`hot_base`). An
    alternative to :class:`MaxIntensityLoss`, which also takes from B what is merely gray where A is dark, and with it
    the level of B; detail is left to the other losses.

    Args:
        num_levels (int): Halvings between the image and its low band: 4 keeps a person at some distance, 6 is the
            base of :func:`laplacian_fusion`. Default: 4.
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.

    Raises:
        UserError: If `num_levels` is negative.
    """

    def __init__(self, num_levels: int = 4, loss_weight: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(loss_weight, reduction)
        if num_levels < 0:
            raise UserError(f"BaseIntensityLoss: num_levels={num_levels} must not be negative")
        self.num_levels = num_levels

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 1] for images in [0, 1]."""
        gray_b = rgb_to_gray(img_b)
        base, base_a, base_b = (
            gaussian_pyramid(image, self.num_levels)[-1]
            for image in (rgb_to_gray(fused), rgb_to_gray(img_a), gray_b)
        )
        target = (base_a + hot_base(base_b, gray_b)).clamp(max=1)
        return mean_per_sample((base - target).abs())
