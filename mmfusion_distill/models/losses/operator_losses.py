"""Losses of what an operator looks for: people in glare, faces inside hot objects, tracers in a slice, no rings."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ...registry import MODELS
from ..ops.color import rgb_to_gray
from ..ops.laplacian_bands import gaussian_pyramid
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

    def source_and_places(self, gray_a: Tensor, gray_b: Tensor) -> tuple[Tensor, Tensor]:
        """The source whose contrast is to be kept, and where, 0 to 1, of luminances; all (N, 1, H, W)."""
        raise NotImplementedError

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
    return x - mean_around(x, radius, times=2)


def mean_around(x: Tensor, radius: int, times: int = 1) -> Tensor:
    """Mean over the square around every pixel, less at the border; of that again the mean, `times` in all."""
    # Products with matrices: on a CPU several times as fast, backwards too, as pooling.
    rows, columns = (
        torch.linalg.matrix_power(_means_of(length, radius, x), times) for length in x.shape[-2:]
    )
    return rows @ x @ columns.T


def _means_of(length: int, radius: int, like: Tensor) -> Tensor:
    """(length, length): a row for every place, of the mean of those around it."""
    places = torch.arange(length, device=like.device)
    near = ((places[:, None] - places).abs() <= radius).to(like.dtype)
    return near / near.sum(dim=1, keepdim=True)


def opened(mask: Tensor, side: int) -> Tensor:
    """A mask (N, 1, H, W), 0 to 1, without what is narrower than `side` pixels, an odd number."""
    return _largest_around(eroded(mask, side), side)


def eroded(mask: Tensor, side: int) -> Tensor:
    """A mask (N, 1, H, W), 0 to 1, less half of `side` pixels, an odd number, at its border."""
    return -_largest_around(-mask, side)


def _largest_around(x: Tensor, side: int) -> Tensor:
    # By rows and columns, which are much faster than squares.
    rows = F.max_pool2d(x, (1, side), stride=1, padding=(0, side // 2))
    return F.max_pool2d(rows, (side, 1), stride=1, padding=(side // 2, 0))


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


@MODELS.register_module()
class TracerDetailLoss(KeptContrastLoss):
    """B's fine contrast where A is bright: the folds of the brain, which MRI shows, under the tracer of PET or SPECT.

    Bright is what lies above A's mean by one standard deviation over more than an edge, without its border. Only
    slices are asked, which lie on a black ground: in a street B's texture is not wanted in whatever is bright.

    Args are those of :class:`KeptContrastLoss`; the goal is 0.8.
    """

    RADIUS = 3
    GOAL = 0.8

    def source_and_places(self, gray_a: Tensor, gray_b: Tensor) -> tuple[Tensor, Tensor]:
        """B, and the inside of what is bright in A."""
        black = mean_per_sample((torch.maximum(gray_a, gray_b) < 8 / 255).to(gray_a.dtype))
        is_slice = ((black - 0.05) / 0.1).clamp(0, 1)[:, None, None, None]
        return gray_b, is_slice * inside_of_bright(gray_a, 1.0)


@MODELS.register_module()
class FalseSlopeLoss(SampleWiseLoss):
    """How far coarse slopes of the fused image lie outside those of the sources, beside these.

    Along rows and columns of images reduced by 8 and by 16 a slope of the fused image is true between the smallest
    and the largest of A's, of B's and of none. What lies outside is a ring around a roof, or a shadow beside a hot
    object; it is divided by the mean of what the sources span. Args are those of :class:`SampleWiseLoss`.
    """

    LEVELS = (3, 4)

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample, 0 without false slopes."""
        images = torch.cat([rgb_to_gray(image) for image in (fused, img_a, img_b)], dim=1)
        pyramid = gaussian_pyramid(images, self.LEVELS[-1])
        outside: Any = 0.0
        spanned: Any = 0.0
        for level in self.LEVELS:
            for axis in (2, 3):
                slope, *sources = pyramid[level].diff(dim=axis).split(1, dim=1)
                highest = F.relu(torch.maximum(*sources))
                lowest = -F.relu(-torch.minimum(*sources))
                outside = outside + mean_per_sample(F.relu(slope - highest) + F.relu(lowest - slope))
                spanned = spanned + mean_per_sample(highest - lowest)
        return outside / (spanned + 1e-3)


@MODELS.register_module()
class ClearSkyLoss(SampleWiseLoss):
    """How much darker than A the fused image is where A is bright and smooth and B is cold, as a clear sky is.

    Darkening the sky towards B raises entropy, deviation and the correlation of differences, and looks like dusk.
    Only what is coarser than 8 pixels counts; 0 is a sky as bright as A's, 1 a black one for a white one.

    Args:
        allowed (float): Darkening that costs nothing, in [0, 1). Default: 0.04, 10 gray levels.
        loss_weight (float): Factor of the loss. Default: 1.0.
        reduction (str): Over the batch: 'none', 'mean' or 'sum'. Default: 'mean'.
    """

    def __init__(self, allowed: float = 0.04, loss_weight: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(loss_weight, reduction)
        self.allowed = allowed

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample, 0 without a sky."""
        gray_a, gray_b = rgb_to_gray(img_a), rgb_to_gray(img_b)
        low, low_a, low_b = mean_around(torch.cat([rgb_to_gray(fused), gray_a, gray_b]), 8).chunk(3)
        where = _clear_sky(gray_a, gray_b, low_b)
        darkening = (where * F.relu(low_a - low - self.allowed)).sum((1, 2, 3))
        return darkening / (where.sum((1, 2, 3)) + _FEW)


def _clear_sky(gray_a: Tensor, gray_b: Tensor, low_b: Tensor) -> Tensor:
    """Mask, 0 to 1, of where A is smooth and between 80 and 248 gray levels, and B below its mean; (N, 1, H, W)."""
    unevenness = 255 * mean_around(high_pass(gray_a, 4).abs(), 6)
    bright = ((255 * gray_a - 80) / 20).clamp(0, 1) * ((250 - 255 * gray_a) / 5).clamp(0, 1)
    cold = (20 * (mean_per_sample(gray_b)[:, None, None, None] - low_b)).clamp(0, 1)
    return opened(bright * ((3 - unevenness) / 1.5).clamp(0, 1) * cold, 9)
