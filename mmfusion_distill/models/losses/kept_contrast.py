"""Local contrast of a source that a fused image keeps in some places."""

from abc import abstractmethod

import torch
from torch import Tensor
from torch.nn import functional as F

from ..ops.color_space import rgb_to_gray
from .sample_wise_loss import SampleWiseLoss, mean_per_sample

#: Pixels from which on a place says something.
_FEW = 200.0


class KeptContrastLoss(SampleWiseLoss):
    """How far the share of a source's local contrast that is kept in some places falls short of a goal.

    Args:
        goal (float, optional): Share from which on nothing is lost. Default: None, `GOAL` of the loss.
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.
    """

    #: As for :func:`kept_contrast`, and the goal if none is given.
    RADIUS: int
    GOAL = 1.0

    def __init__(self, goal: float | None = None, loss_weight: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(loss_weight, reduction)
        self.goal = self.GOAL if goal is None else goal

    @abstractmethod
    def source_and_places(self, gray_a: Tensor, gray_b: Tensor) -> tuple[Tensor, Tensor]:
        """The source whose contrast is to be kept, and where, 0 to 1, of luminances; all (N, 1, H, W)."""

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample, 0 without such places."""
        source, where = self.source_and_places(rgb_to_gray(img_a), rgb_to_gray(img_b))
        slope, presence = kept_contrast(rgb_to_gray(fused), source, where, self.RADIUS)
        return presence * F.relu(self.goal - slope)


def kept_contrast(fused: Tensor, source: Tensor, where: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    """Slope of the fused image's high-pass on a source's.

    Args:
        fused (Tensor): Luminance of the fused image, (N, 1, H, W).
        source (Tensor): Luminance of the source, (N, 1, H, W).
        where (Tensor): Weight of every pixel, 0 to 1, (N, 1, H, W).
        radius (int): What is taken away is the mean of means over squares of twice this radius and one pixel.

    Returns:
        tuple[Tensor, Tensor]: The slope, (N,): 1 where all contrast is kept; and how much it says, 0 to 1, (N,).
    """
    ours, theirs = high_pass(torch.cat([fused, source]), radius).chunk(2)
    power = (where * theirs.square()).sum((1, 2, 3))
    slope = (where * ours * theirs).sum((1, 2, 3)) / (power + 1e-3)
    return slope, (where.sum((1, 2, 3)) / _FEW).clamp(0, 1) * (power / 0.05).clamp(0, 1)


def high_pass(x: Tensor, radius: int) -> Tensor:
    """Detail finer than `radius` pixels in (N, C, H, W)."""
    low = x
    for _ in range(2):
        low = mean_around(low, radius)
    return x - low


def mean_around(x: Tensor, radius: int) -> Tensor:
    """Mean over the square around every pixel, less at the border."""
    # By rows and columns, which are much faster than squares.
    for size, padding in (((1, 2 * radius + 1), (0, radius)), ((2 * radius + 1, 1), (radius, 0))):
        x = F.avg_pool2d(x, size, stride=1, padding=padding, count_include_pad=False)
    return x


def opened(mask: Tensor, side: int) -> Tensor:
    """A mask (N, 1, H, W), 0 to 1, without what is narrower than `side` pixels, an odd number."""
    return F.max_pool2d(eroded(mask, side), side, stride=1, padding=side // 2)


def eroded(mask: Tensor, side: int) -> Tensor:
    """A mask (N, 1, H, W), 0 to 1, less half of `side` pixels, an odd number, at its border."""
    return -F.max_pool2d(-mask, side, stride=1, padding=side // 2)


def inside_of_bright(gray: Tensor, deviations: float) -> Tensor:
    """Mask, 0 to 1, of what lies above an image's mean by so many standard deviations, without edges and borders.

    Args:
        gray (Tensor): Luminance, (N, 1, H, W).
        deviations (float): Standard deviations.

    Returns:
        Tensor: (N, 1, H, W).
    """
    mean = mean_per_sample(gray)[:, None, None, None]
    deviation = (mean_per_sample((gray - mean).square())[:, None, None, None] + 1e-6).sqrt()
    return eroded(opened((10 * (gray - mean - deviations * deviation) / deviation).clamp(0, 1), 9), 5)
