"""Contrast of B where A is blown out."""

from torch import Tensor

from ...registry import MODELS
from .kept_contrast import KeptContrastLoss, high_pass, mean_around, opened


@MODELS.register_module()
class GlareContrastLoss(KeptContrastLoss):
    """B's local contrast in glare: where A is at 245 gray levels or more over more than an edge and B has contrast.

    Args are those of :class:`KeptContrastLoss`; the goal is 1.
    """

    RADIUS = 10

    def source_and_places(self, gray_a: Tensor, gray_b: Tensor) -> tuple[Tensor, Tensor]:
        """B, and glare."""
        blown = opened(((255 * gray_a - 240) / 10).clamp(0, 1), 9)
        active = ((255 * mean_around(high_pass(gray_b, self.RADIUS).abs(), 4) - 2) / 3).clamp(0, 1)
        return gray_b, blown * active
