"""Detail of A inside what is hot in B."""

from torch import Tensor

from ...registry import MODELS
from .kept_contrast import KeptContrastLoss, inside_of_bright


@MODELS.register_module()
class HotDetailLoss(KeptContrastLoss):
    """A's fine contrast inside hot objects.

    Faces, signs and number plates are in A; B shows the object as an even bright patch. Hot is what lies above B's
    mean by 1.5 standard deviations over more than an edge, without its border, where A is not blown out.

    Args are those of :class:`KeptContrastLoss`; the goal is 0.8.
    """

    RADIUS = 3
    GOAL = 0.8

    def source_and_places(self, gray_a: Tensor, gray_b: Tensor) -> tuple[Tensor, Tensor]:
        """A, and the inside of hot objects."""
        return gray_a, inside_of_bright(gray_b, 1.5) * ((250 - 255 * gray_a) / 5).clamp(0, 1)
