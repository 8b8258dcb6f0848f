"""Laplacian pyramids (Burt and Adelson, IEEE Trans. Communications 1983) as differentiable tensor operations."""

import torch
from torch import Tensor
from torch.nn import functional as F

from .runtime_forms import binomial_blur, expand_by_two

# Gray levels below which energies of a band do not count: noise of rounding.
FLOOR = 0.2 / 255
#: Level of the pyramid at which glare and coldness are judged: an eighth of the resolution.
COARSE = 3
#: A counts as bright, as clipped, and as too bright to show B, from the first to the second value on, more and more.
BRIGHT, CLIPPED, ROOM_FROM = (130 / 255, 190 / 255), (236 / 255, 250 / 255), (215 / 255, 240 / 255)
#: Share of its coldness that B loses where A is bright.
LIFT = 0.8
#: Largest headroom, and the local contrast of B at an eighth of the resolution from which on it is given in full.
ROOM, ROOM_CONTRAST = 60 / 255, 6 / 255


def gaussian_pyramid(x: Tensor, num_levels: int) -> list[Tensor]:
    """An image and `num_levels` reductions of it, each half as large as the one before."""
    pyramid = [x]
    for _ in range(num_levels):
        pyramid.append(binomial_blur(pyramid[-1], stride=2))
    return pyramid


def laplacian_band(fine: Tensor, coarse: Tensor) -> Tensor:
    """The detail of a level of a Gaussian pyramid beyond the next coarser one."""
    expanded = expand_by_two(coarse)
    if fine.shape != expanded.shape:
        expanded = expanded[..., : fine.shape[-2], : fine.shape[-1]]
    return fine - expanded


def share_of_a(bands: Tensor, slope: int, favour: Tensor | None = None) -> Tensor:
    """How much of a band should come from A: sigmoid(slope (ln e_A - ln e_B) + favour).

    e is the local energy of a band, its magnitude blurred by 1 pixel.

    Args:
        bands (Tensor): A band of A and of B in [-1, 1], (N, 2, H, W).
        slope (int): How sharply the stronger band wins, a power of 2.
        favour (Tensor, optional): What speaks for A besides, (N, 1, H, W). Default: None.

    Returns:
        Tensor: (N, 1, H, W), 0 to 1.
    """
    energies = binomial_blur(bands.abs()) + FLOOR
    if torch.is_grad_enabled() or energies.dtype != torch.float32:
        energy_a, energy_b = torch.log(energies).chunk(2, dim=1)
        logit = slope * (energy_a - energy_b)
        return torch.sigmoid(logit if favour is None else logit + favour)
    # The same without logarithms, which no runtime computes fast; their powers leave the range of gradients.
    for _ in range(slope.bit_length() - 1):
        energies = energies * energies
    power_a, power_b = energies.chunk(2, dim=1)
    return power_a / (power_a + (power_b if favour is None else power_b * torch.exp(-favour)))


def hot_level(mean: Tensor, variance: Tensor) -> Tensor:
    """The level above which B is hot: its mean and half its standard deviation."""
    # The root has no gradient at 0, where B is even.
    return mean + torch.sqrt(variance + 1e-12) / 2


def mean_and_variance(img: Tensor) -> tuple[Tensor, Tensor]:
    """Of every image of (N, 1, H, W), both (N, 1, 1, 1)."""
    mean = img.mean(dim=(2, 3), keepdim=True)
    return mean, (img - mean).square().mean(dim=(2, 3), keepdim=True)


def lift_cold(img_a: Tensor, img_b: Tensor, level: Tensor) -> Tensor:
    """Raise what is cold in B where A is bright, so that a clean bright sky stays as A has it.

    B rises by :data:`LIFT` of its distance below `level`, which flattens it; where A is clipped by that of its low
    band (:data:`COARSE`), which keeps the local contrast of B, the only one that is left there.

    Args:
        img_a (Tensor): Luminance of A in [0, 1], (N, 1, H, W).
        img_b (Tensor): B, likewise.
        level (Tensor): Below it B is cold: its mean, (N, 1, 1, 1).

    Returns:
        Tensor: B, (N, 1, H, W).
    """
    low = gaussian_pyramid(img_b, COARSE)[-1]
    for _ in range(COARSE):
        low = expand_by_two(low)
    low = low[..., : img_b.shape[-2], : img_b.shape[-1]]
    smooth_a = binomial_blur(img_a)
    clipped = ((smooth_a - CLIPPED[0]) * (1 / (CLIPPED[1] - CLIPPED[0]))).clamp(0, 1)
    bright = ((smooth_a - BRIGHT[0]) * (LIFT / (BRIGHT[1] - BRIGHT[0]))).clamp(0, LIFT)
    return img_b + bright * F.relu(level - img_b - clipped * (low - img_b))


def headroom(coarse: Tensor) -> Tensor:
    """How far A is lowered where it is nearly white over more than an edge and B has local contrast.

    White has no room for B's contrast. Both are judged at an eighth of the resolution, where thin lights are
    no longer white.

    Args:
        coarse (Tensor): Luminance of A, and B, reduced by 2**:data:`COARSE`, (N, 2, h, w) in [0, 1].

    Returns:
        Tensor: (N, 1, h, w), 0 to :data:`ROOM`.
    """
    coarse_a, coarse_b = coarse.chunk(2, dim=1)
    contrast = binomial_blur(laplacian_band(coarse_b, binomial_blur(coarse_b, stride=2)).abs())
    clipped = ((coarse_a - ROOM_FROM[0]) * (ROOM / (ROOM_FROM[1] - ROOM_FROM[0]))).clamp(0, ROOM)
    return binomial_blur(clipped * (contrast * (1 / ROOM_CONTRAST)).clamp(0, 1))


def with_headroom(pyramid: list[Tensor], level: int) -> list[Tensor]:
    """A pyramid of both sources whose A is lowered by :func:`headroom` from level `level` on.

    The finer bands of A stay unchanged, since what is subtracted is smooth: only the levels from `level` on are
    made again, and the band above them is to be taken with :func:`laplacian_band` of the pyramid before.
    """
    lowered = torch.cat([pyramid[level][:, :1] - headroom(pyramid[level]), pyramid[level][:, 1:]], dim=1)
    return gaussian_pyramid(lowered, len(pyramid) - 1 - level)


def laplacian_fusion(img_a: Tensor, img_b: Tensor, num_bands: int = 6, slope: int = 8) -> Tensor:
    """Fuse by the stronger band, without training.

    A's share of a band is 1 / (1 + exp(-slope (ln e_A - ln e_B))), e the local energies; the base is A's plus
    what is hot in B (:func:`hot_level`). What is clipped in A makes room for B (:func:`headroom`), and what is cold
    in B has no say where A is bright (:func:`lift_cold`).

    Args:
        img_a (Tensor): Luminance of source A, (N, 1, H, W) in [0, 1].
        img_b (Tensor): Source B, of the same shape.
        num_bands (int): Bands above the base. Default: 6.
        slope (int): How sharply the stronger band wins, a power of 2. Default: 8.

    Returns:
        Tensor: (N, 1, H, W), not clamped.
    """
    mean, variance = mean_and_variance(img_b)
    hot = hot_level(mean, variance)
    lifted = lift_cold(img_a, img_b, mean)
    pyramid = gaussian_pyramid(torch.cat([img_a, lifted], dim=1), num_bands)
    bands = [laplacian_band(*pyramid[level : level + 2]) for level in range(num_bands)]
    if num_bands > COARSE:
        lowered = with_headroom(pyramid, COARSE)
        bands[COARSE:] = [laplacian_band(*pair) for pair in zip(lowered, lowered[1:])]
        pyramid[COARSE:] = lowered
    base_a, base_b = pyramid[-1].chunk(2, dim=1)
    fused = base_a + F.relu(base_b - hot)
    for band in bands[::-1]:
        band_a, band_b = band.chunk(2, dim=1)
        height, width = band.shape[-2:]
        expanded = expand_by_two(fused)[..., :height, :width]
        fused = expanded + band_b + share_of_a(band, slope) * (band_a - band_b)
    return fused
