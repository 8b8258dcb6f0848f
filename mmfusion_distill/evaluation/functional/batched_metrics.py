"""The formulas of the metrics on batches of tensors; definitions and sources are beside their array forms."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .batched_images import BatchedImages, count_levels, entropy_bits, sobel, variance_of
from .edge_preservation import ORIENTATION_SIGMOID, STRENGTH_SIGMOID
from .filters import gaussian_kernel
from .visual_fidelity import EPSILON, NOISE_VARIANCE, SMALLEST_SIZE

__all__ = ["OF_FUSED", "PER_SOURCE", "TOTAL"]

Sources = tuple[BatchedImages, BatchedImages]
Pair = tuple[Tensor, Tensor]


def _each(
    function: Callable[[BatchedImages, BatchedImages], Tensor],
) -> Callable[[Sources, BatchedImages], Pair]:
    return lambda sources, fused: tuple(function(source, fused) for source in sources)


def _sum(sources: Sources, fused: BatchedImages, values: Pair) -> Tensor:
    return values[0] + values[1]


def _mean(sources: Sources, fused: BatchedImages, values: Pair) -> Tensor:
    return (values[0] + values[1]) / 2


def _spatial_frequency(fused: BatchedImages) -> Tensor:
    energies = [
        difference.square().mean((1, 2))
        for difference in (fused.values.diff(dim=1), fused.values.diff(dim=2))
        if difference.numel()
    ]
    return sum(energies, torch.zeros_like(fused.mean)).sqrt()


def _average_gradient(fused: BatchedImages) -> Tensor:
    height, width = fused.values.shape[1:]
    if height == 1 or width == 1:
        return torch.zeros_like(fused.mean)
    gy, gx = torch.gradient(fused.values, dim=(1, 2))
    return ((gx.square() + gy.square()) / 2).sqrt().sum((1, 2)) / ((height - 1) * (width - 1))


def _edge_intensity(fused: BatchedImages) -> Tensor:
    gx, gy = sobel(F.pad(fused.values[:, None], (1, 1, 1, 1), mode="replicate"))
    return (gx.square() + gy.square()).sqrt().mean((1, 2))


def _mutual_information(source: BatchedImages, fused: BatchedImages) -> Tensor:
    joint = entropy_bits(count_levels(256 * source.levels + fused.levels, 256 * 256))
    return (source.entropy + fused.entropy - joint).clamp(min=0.0)


def _normalized_mutual_information(source: BatchedImages, fused: BatchedImages) -> Tensor:
    entropies = source.entropy + fused.entropy
    return torch.where(entropies > 0, 2 * _mutual_information(source, fused) / entropies, 1.0)


def _cross_entropy(source: BatchedImages, fused: BatchedImages) -> Tensor:
    pixels = source.levels.shape[1]
    p_s, p_f = source.histogram.double() / pixels, fused.histogram.double() / pixels
    common = (p_s > 0) & (p_f > 0)
    return torch.where(common, p_s * (p_s / p_f).log2(), 0.0).sum(1)


def _mean_squared_error(source: BatchedImages, fused: BatchedImages) -> Tensor:
    return (source.values - fused.values).square().mean((1, 2)) / 255.0**2


def _psnr(mse: Tensor, pixels: int) -> Tensor:
    return -10 * mse.clamp(min=1 / (255.0**2 * pixels)).log10()


def _psnr_total(sources: Sources, fused: BatchedImages, values: Pair) -> Tensor:
    errors = [_mean_squared_error(source, fused) for source in sources]
    return _psnr(sum(errors) / 2, fused.levels.shape[1])


def _correlation(first: Tensor, second: Tensor, variance_first: Tensor, variance_second: Tensor) -> Tensor:
    """Pearson correlation of (N, H, W) pictures; 0 where one is constant."""
    centred = (first - first.mean((1, 2), keepdim=True)) * (second - second.mean((1, 2), keepdim=True))
    product = variance_first * variance_second
    return torch.where(product > 0, centred.mean((1, 2)) / product.sqrt(), 0.0).clamp(-1, 1)


def _correlation_coefficient(source: BatchedImages, fused: BatchedImages) -> Tensor:
    return _correlation(source.values, fused.values, source.variance, fused.variance)


def _difference_correlations(sources: Sources, fused: BatchedImages) -> Pair:
    terms = []
    for source, other in (sources, sources[::-1]):
        difference = fused.values - other.values
        terms.append(_correlation(source.values, difference, source.variance, variance_of(difference)))
    return tuple(terms)


def _stacked(sources: Sources, fused: BatchedImages, size: int) -> Tensor:
    """(3 N, 1, H, W): A, B and F, mirrored up to `size` pixels where they are smaller."""
    values = torch.cat([images.values for images in (*sources, fused)])[:, None]
    for axis in (2, 3):
        length = values.shape[axis]
        missing = max(0, size - length)
        index = np.pad(np.arange(length), (missing // 2, missing - missing // 2), mode="symmetric")
        if missing:
            values = values.index_select(axis, torch.from_numpy(index).to(values.device))
    return values


def _filter(values: Tensor, kernel: np.ndarray) -> Tensor:
    """Separable filter of (N, 1, H, W) at the places where the window lies inside."""
    # Shifted sums: convolutions in double precision are slow on CPUs.
    for axis in (2, 3):
        length = values.shape[axis] - len(kernel) + 1
        filtered = torch.zeros_like(values.narrow(axis, 0, length))
        for shift, weight in enumerate(kernel.tolist()):
            filtered.add_(values.narrow(axis, shift, length), alpha=weight)
        values = filtered
    return values


def _window_statistics(values: Tensor, kernel: np.ndarray) -> tuple[Tensor, ...]:
    """Means and variances of A and B (2 N), those of F twice over, and covariances, each (2 N, 1, h, w)."""
    samples = len(values) // 3
    sources, fused = values[: 2 * samples], values[2 * samples :].repeat(2, 1, 1, 1)
    mean = _filter(values, kernel)
    variance = (_filter(values.square(), kernel) - mean.square()).clamp(min=0.0)
    mean_s, mean_f = mean[: 2 * samples], mean[2 * samples :].repeat(2, 1, 1, 1)
    var_s, var_f = variance[: 2 * samples], variance[2 * samples :].repeat(2, 1, 1, 1)
    return mean_s, mean_f, var_s, var_f, _filter(sources * fused, kernel) - mean_s * mean_f


def _structural_similarities(sources: Sources, fused: BatchedImages) -> Pair:
    values = _stacked(sources, fused, 11)
    mean_s, mean_f, var_s, var_f, covariance = _window_statistics(values, gaussian_kernel(11, 1.5))
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    similarity = (2 * mean_s * mean_f + c1) * (2 * covariance + c2)
    similarity /= (mean_s.square() + mean_f.square() + c1) * (var_s + var_f + c2)
    return similarity.mean((1, 2, 3)).chunk(2)


def _visual_information_fidelities(sources: Sources, fused: BatchedImages) -> Pair:
    values = _stacked(sources, fused, SMALLEST_SIZE)
    values = values - values.mean((2, 3), keepdim=True)
    kept: Any = 0.0
    available: Any = 0.0
    for size in (17, 9, 5, 3):
        kernel = gaussian_kernel(size, size / 5)
        if size < 17:
            values = _filter(values, kernel)[..., ::2, ::2]
        _, _, var_s, var_f, covariance = _window_statistics(values, kernel)
        explained = torch.minimum(covariance.clamp(min=0.0).square() / (var_s + EPSILON), var_f)
        kept = kept + torch.log1p(explained / (var_f - explained + NOISE_VARIANCE)).sum((1, 2, 3))
        available = available + torch.log1p(var_s / NOISE_VARIANCE).sum((1, 2, 3))
    return ((kept + EPSILON) / (available + EPSILON)).chunk(2)


def _edge_preservation(source: BatchedImages, fused: BatchedImages) -> Tensor:
    (strength_s, orientation_s), (strength_f, orientation_f) = source.sobel, fused.sobel
    larger = torch.maximum(strength_s, strength_f)
    ratio = torch.where(
        strength_s == strength_f, strength_s.clamp(min=1.0), torch.minimum(strength_s, strength_f) / larger
    )
    agreement = 1 - (orientation_s - orientation_f).abs() * 2 / math.pi
    preserved = _sigmoid(ratio, *STRENGTH_SIGMOID) * _sigmoid(agreement, *ORIENTATION_SIGMOID) * strength_s
    total = _edge_strength(source)
    return torch.where(total > 0, preserved.double().sum((1, 2)) / total, 1.0)


def _sigmoid(x: Tensor, maximum: float, slope: float, turning_point: float) -> Tensor:
    return maximum / (1 + (slope * (x - turning_point)).exp())


def _edge_strength(images: BatchedImages) -> Tensor:
    return images.sobel[0].double().sum((1, 2))


def _edge_preservation_total(sources: Sources, fused: BatchedImages, values: Pair) -> Tensor:
    strength_a, strength_b = (_edge_strength(source) for source in sources)
    total = strength_a + strength_b
    return torch.where(total > 0, (values[0] * strength_a + values[1] * strength_b) / total, 1.0)


#: Metrics of the fused picture alone.
OF_FUSED = {
    "EN": lambda fused: fused.entropy,
    "SD": lambda fused: fused.variance.sqrt(),
    "SF": _spatial_frequency,
    "AG": _average_gradient,
    "EI": _edge_intensity,
}
#: Values towards A and towards B.
PER_SOURCE = {
    "CE": _each(_cross_entropy),
    "MI": _each(_mutual_information),
    "NMI": _each(_normalized_mutual_information),
    "MSE": _each(_mean_squared_error),
    "RMSE": _each(lambda source, fused: _mean_squared_error(source, fused).sqrt()),
    "PSNR": _each(lambda source, fused: _psnr(_mean_squared_error(source, fused), fused.levels.shape[1])),
    "CC": _each(_correlation_coefficient),
    "SCD": _difference_correlations,
    "SSIM": _structural_similarities,
    "VIF": _visual_information_fidelities,
    "Qabf": _each(_edge_preservation),
}
#: How the two values become one.
TOTAL = {
    **dict.fromkeys(("CE", "MSE", "RMSE", "CC"), _mean),
    **dict.fromkeys(("MI", "NMI", "SCD", "SSIM", "VIF"), _sum),
    "PSNR": _psnr_total,
    "Qabf": _edge_preservation_total,
}
