"""Detail of A inside what is hot in B."""

from mmagic.registry import MODELS
from torch import Tensor
from torch.nn import functional as F

from ..ops.color_space import rgb_to_gray
from .kept_contrast import eroded, kept_contrast, opened
from .sample_wise_loss import SampleWiseLoss, mean_per_sample


@MODELS.register_module()
class HotDetailLoss(SampleWiseLoss):
    """How far the share of A's fine contrast that is kept inside hot objects falls short of a goal.

    Faces, signs and number plates are in A; B shows the object as an even bright patch. Hot is what lies above B's
    mean by 1.5 standard deviations over more than an edge, without its border, where A is not blown out; see
    :func:`kept_contrast`.

    Args:
        goal (float): Share from which on nothing is lost. Default: 0.8.
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.
    """

    RADIUS = 3

    def __init__(self, goal: float = 0.8, loss_weight: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(loss_weight, reduction)
        self.goal = goal

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample, 0 without hot objects."""
        gray_a, gray_b = rgb_to_gray(img_a), rgb_to_gray(img_b)
        mean = mean_per_sample(gray_b)[:, None, None, None]
        deviation = (mean_per_sample((gray_b - mean).square())[:, None, None, None] + 1e-6).sqrt()
        hot = eroded(opened((10 * (gray_b - mean - 1.5 * deviation) / deviation).clamp(0, 1), 9), 5)
        seen = ((250 - 255 * gray_a) / 5).clamp(0, 1)
        slope, presence = kept_contrast(rgb_to_gray(fused), gray_a, hot * seen, self.RADIUS)
        return presence * F.relu(self.goal - slope)
