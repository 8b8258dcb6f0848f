"""Detail of MRI where PET, SPECT or CT is bright."""

from torch import Tensor

from ...registry import MODELS
from .kept_contrast import KeptContrastLoss, inside_of_bright


@MODELS.register_module()
class TracerDetailLoss(KeptContrastLoss):
    """B's fine contrast where A is bright: the folds of the brain, which MRI shows, under the tracer of PET or SPECT.

    Bright is what lies above A's mean by one standard deviation over more than an edge, without its border.

    Args are those of :class:`KeptContrastLoss`; the goal is 0.8.
    """

    RADIUS = 3
    GOAL = 0.8

    def source_and_places(self, gray_a: Tensor, gray_b: Tensor) -> tuple[Tensor, Tensor]:
        """B, and the inside of what is bright in A."""
        return gray_b, inside_of_bright(gray_a, 1.0)
