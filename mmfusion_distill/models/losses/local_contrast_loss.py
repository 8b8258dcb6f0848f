"""Contrast of the fused image against the stronger of its sources' contrast."""

import torch
from torch import Tensor
from torch.nn import functional as F

from ...registry import MODELS
from ...user_errors import UserError
from ..ops.color_space import rgb_to_gray
from .sample_wise_loss import SampleWiseLoss, mean_per_sample


@MODELS.register_module()
class LocalContrastLoss(SampleWiseLoss):
    """How far the local standard deviation falls short of the larger of the sources': max(max(s_A, s_B) - s_F, 0).

    On luminance, in square windows that overlap by half. More contrast than either source has costs nothing here.

    Args:
        window_size (int): Side of the windows; smaller images are one window. Default: 8.
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.

    Raises:
        UserError: If `window_size` is below 2.
    """

    def __init__(self, window_size: int = 8, loss_weight: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(loss_weight, reduction)
        if window_size < 2:
            raise UserError(f"LocalContrastLoss: window_size={window_size} must be at least 2")
        self.window_size = window_size

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 0.5] for images in [0, 1]."""
        of_fused, of_a, of_b = (self._deviation(rgb_to_gray(image)) for image in (fused, img_a, img_b))
        return mean_per_sample(F.relu(torch.maximum(of_a, of_b) - of_fused))

    def _deviation(self, gray: Tensor) -> Tensor:
        # Differences to the mean of the image lose less to rounding than squares of the values do.
        gray = gray - gray.mean(dim=(2, 3), keepdim=True)
        window = [min(self.window_size, length) for length in gray.shape[-2:]]
        stride = max(self.window_size // 2, 1)
        mean = F.avg_pool2d(gray, window, stride)
        variance = F.avg_pool2d(gray.square(), window, stride) - mean.square()
        # The root has no gradient at 0; a quarter of a gray level is no contrast.
        return torch.sqrt(variance.clamp_min(0) + 1e-6)
