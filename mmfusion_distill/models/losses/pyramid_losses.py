"""Distance to the better of two pyramids, and margin over it."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ...registry import MODELS
from ...user_errors import UserError
from ..ops.color import rgb_to_gray
from ..ops.laplacian_bands import laplacian_fusion
from .measures import fusion_measures
from .sample_wise_loss import SampleWiseLoss, mean_per_sample

#: Gain over the pyramid that is wanted of each measure: about what a rank among published methods is worth.
GAINS = {
    "EN": 0.05,
    "SD": 1.5,
    "SF": 1.5,
    "MI": 0.15,
    "SCD": 0.03,
    "VIF": 0.03,
    "SSIM": 0.03,
    "Qabf": 0.025,
    "VIF_balanced": 0.02,
    "SSIM_balanced": 0.03,
    "Qabf_balanced": 0.02,
}
#: What :func:`fusion_measures` measures.
MEASURES = tuple(GAINS)


@MODELS.register_module()
class PyramidMarginLoss(SampleWiseLoss):
    """How far each measure of fusion falls short of the pyramid's on the same pair plus a gain, in gains.

    A measure beyond its goal no longer pulls, so that none is won at the price of the others: an untrained
    :class:`LaplacianBlendHead` is the pyramid, and what this loss finds is better in all of them. The goal comes from
    the sources that the loss is given: the clean ones where the input was degraded. Pairs whose B is even cost
    nothing here.

    Args:
        gains (Mapping[str, float], optional): Replaces gains of :data:`GAINS`; 0 or less leaves a measure out.
            Default: None.
        weights (Mapping[str, float], optional): Weights of measures in their mean, 1 for those not named.
            Default: None.
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.
        large (float): From here on a shortfall, in gains, counts by its logarithm, so that one bad crop does not
            outweigh the others. Degraded crops are far from their goals: the lower, the less they count. Default: 4.

    Raises:
        UserError: If `gains` or `weights` names an unknown measure, or `large` is not above 0.
    """

    def __init__(
        self,
        gains: Mapping[str, float] | None = None,
        weights: Mapping[str, float] | None = None,
        loss_weight: float = 1.0,
        reduction: str = "mean",
        large: float = 4.0,
    ) -> None:
        super().__init__(loss_weight, reduction)
        gains, weights = dict(gains or {}), dict(weights or {})
        unknown = (set(gains) | set(weights)) - set(MEASURES)
        if unknown:
            raise UserError(f"PyramidMarginLoss: {sorted(unknown)}: the measures are {', '.join(MEASURES)}")
        if not large > 0:
            raise UserError(f"PyramidMarginLoss: large is {large}, wanted a number above 0")
        self.large = large
        self.gains = {name: gain for name, gain in {**GAINS, **gains}.items() if gain > 0}
        total = sum(weights.get(name, 1.0) for name in self.gains)
        self.weights = {name: weights.get(name, 1.0) / total for name in self.gains}

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample, the weighted mean over the measures."""
        gray_a, gray_b = rgb_to_gray(img_a), rgb_to_gray(img_b)
        with torch.no_grad():
            pyramid = laplacian_fusion(gray_a, gray_b).clamp(0, 1)
            goals = fusion_measures(pyramid, gray_a, gray_b)
        measures = fusion_measures(rgb_to_gray(fused).clamp(0, 1), gray_a, gray_b)
        total: Any = 0.0
        for name, gain in self.gains.items():
            shortfall = F.softplus(2 * (goals[name] + gain - measures[name]) / gain) / 2
            total = total + self.weights[name] * self.large * torch.log1p(shortfall / self.large)
        # Of an even B the pyramid is A itself, and more contrast or sharpness than A's is not wanted.
        even = gray_b.flatten(1).amax(dim=1) - gray_b.flatten(1).amin(dim=1) < 1 / 255
        return total.masked_fill(even, 0.0)


@MODELS.register_module()
class PyramidDistanceLoss(SampleWiseLoss):
    """L1 distance of luminance to the Laplacian pyramid of the sources, and of what lies outside [0, 1].

    It keeps results natural, and where the input was degraded and the sources given are the clean ones, it is what
    restores them.

    Args:
        outside_weight (float): Weight of what lies outside [0, 1]. Default: 2.0.
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.
    """

    def __init__(
        self, outside_weight: float = 2.0, loss_weight: float = 1.0, reduction: str = "mean"
    ) -> None:
        super().__init__(loss_weight, reduction)
        self.outside_weight = outside_weight

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample."""
        gray = rgb_to_gray(fused)
        with torch.no_grad():
            pyramid = laplacian_fusion(rgb_to_gray(img_a), rgb_to_gray(img_b)).clamp(0, 1)
        outside = (gray - gray.clamp(0, 1)).abs()
        return mean_per_sample((gray - pyramid).abs() + self.outside_weight * outside)
