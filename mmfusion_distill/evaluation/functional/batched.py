"""Metrics of a whole batch of tensors at once, on the device where they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .compute import COMPOSITES, DEFAULT_METRICS, FORMS, parse_metric_names
from .edge_preservation import ORIENTATION_SIGMOID, STRENGTH_SIGMOID
from .filters import gaussian_kernel
from .visual_fidelity import EPSILON, NOISE_VARIANCE, SMALLEST_SIZE

__all__ = ["BATCHED_METRICS", "compute_metrics_batched"]

# Weights of R, G, B in 2^-15, as OpenCV rounds the luminance of 8-bit pictures.
_FIXED_POINT_LUMINANCE = (9798, 19235, 3735)


def compute_metrics_batched(
    img_a: Tensor, img_b: Tensor, fused: Tensor, metrics: Sequence[str] = DEFAULT_METRICS
) -> dict[str, Tensor]:
    """Score a batch of fused pictures by the ``standard`` protocol.

    The values of :func:`compute_metrics` picture by picture, for those metrics that gain from a GPU; definitions
    and sources of the formulas are there. On a CPU :func:`compute_metrics` is faster. Not differentiable.

    Args:
        img_a: Source A, (N, 1 or 3, H, W), RGB, values 0 to 255; uint8 (of which the luminance is rounded) or float.
        img_b: Source B, likewise.
        fused: Fused pictures, likewise.
        metrics: Keys wanted: those of ``BATCHED_METRICS``, source-wise ones also with ``_A``, ``_B`` and
            ``_balanced``, and the composites.

    Returns:
        (N,) float64 tensors under the keys in ``metrics``, in that order, on the device of ``fused``.

    Raises:
        ValueError: If shapes or values do not make pictures, or a key is unknown or has no batched form.
    """
    parsed = parse_metric_names(metrics)
    alone = [entry.name for _, entry, _ in parsed if entry is not None and entry.name not in BATCHED_METRICS]
    if alone:
        raise ValueError(
            f"{', '.join(alone)}: no batched form; use compute_metrics, or choose from {', '.join(BATCHED_METRICS)}"
        )
    shapes = {tuple(image.shape[-2:]) for image in (img_a, img_b, fused)}
    if len(shapes) > 1 or len({len(image) for image in (img_a, img_b, fused)}) > 1:
        raise ValueError(
            f"Batches of different sizes: img_a {tuple(img_a.shape)}, img_b {tuple(img_b.shape)}, fused "
            f"{tuple(fused.shape)}"
        )
    with torch.no_grad():
        scorer = _Scorer(*(_Images(image) for image in (img_a, img_b, fused)))
        return {name: scorer.score(name) for name in metrics}


class _Images:
    """Luminance of a batch and what several metrics share about it."""

    def __init__(self, images: Tensor) -> None:
        if images.ndim != 4 or images.shape[1] not in (1, 3) or not images.numel():
            raise ValueError(f"Pictures are tensors (N, 1 or 3, H, W); got {tuple(images.shape)}")
        self.values = _luminance(images)
        if not (
            self.values.isfinite().all() and self.values.min() >= 0 and self.values.max() <= 255 * (1 + 1e-6)
        ):
            raise ValueError("Values must be finite and between 0 and 255")

    @cached_property
    def levels(self) -> Tensor:
        """(N, H * W) int64: the 256 levels that histograms count."""
        return self.values.round().long().clamp_(0, 255).flatten(1)

    @cached_property
    def histogram(self) -> Tensor:
        return _count(self.levels, 256)

    @cached_property
    def entropy(self) -> Tensor:
        return _entropy_bits(self.histogram)

    @cached_property
    def mean(self) -> Tensor:
        return self.values.mean((1, 2))

    @cached_property
    def variance(self) -> Tensor:
        return _variance(self.values)

    @cached_property
    def sobel(self) -> tuple[Tensor, Tensor]:
        """Magnitude and orientation, single precision as in the array form: ties are ties in both."""
        gx, gy = _sobel(F.pad(self.values.float()[:, None], (1, 1, 1, 1)))
        orientation = torch.where(gx == 0, math.pi / 2, torch.atan(-gy / gx))
        return (gx * gx + gy * gy).sqrt(), orientation


class _Scorer:
    def __init__(self, img_a: _Images, img_b: _Images, fused: _Images) -> None:
        self.sources = (img_a, img_b)
        self.fused = fused
        self._per_source: dict[str, tuple[Tensor, Tensor]] = {}

    def score(self, key: str) -> Tensor:
        if key in COMPOSITES:
            inputs, composite = COMPOSITES[key]
            return composite({name: self.score(name) for name in inputs})
        ((_, entry, form),) = parse_metric_names([key])
        if entry.name in _OF_FUSED:
            return _OF_FUSED[entry.name](self.fused)
        if entry.name not in self._per_source:
            self._per_source[entry.name] = _PER_SOURCE[entry.name](self.sources, self.fused)
        values = self._per_source[entry.name]
        if form == "balanced":
            return (torch.minimum if entry.higher_is_better else torch.maximum)(*values)
        if form:
            return values[FORMS.index(form)]
        return _TOTAL[entry.name](self.sources, self.fused, values)


Sources = tuple[_Images, _Images]
Pair = tuple[Tensor, Tensor]


def _luminance(images: Tensor) -> Tensor:
    """(N, C, H, W) to (N, H, W) float64."""
    if images.shape[1] == 1:
        return images[:, 0].double()
    if images.dtype == torch.uint8:
        r, g, b = (w * images[:, c].long() for c, w in enumerate(_FIXED_POINT_LUMINANCE))
        return ((r + g + b + 2**14) >> 15).double()
    weights = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64, device=images.device)
    return torch.einsum("nchw,c->nhw", images.double(), weights)


def _count(levels: Tensor, bins: int) -> Tensor:
    samples = len(levels)
    offsets = bins * torch.arange(samples, device=levels.device)[:, None]
    return torch.bincount((levels + offsets).flatten(), minlength=samples * bins).view(samples, bins)


def _entropy_bits(counts: Tensor) -> Tensor:
    p = counts.double() / counts.sum(1, keepdim=True)
    return (-torch.xlogy(p, p).sum(1) / math.log(2)).clamp(min=0.0)


def _variance(values: Tensor) -> Tensor:
    """Population variance of each picture; exactly 0 where rounding of the mean would leave a rest."""
    flat = values.amax((1, 2)) - values.amin((1, 2)) < 1e-9
    return values.var((1, 2), correction=0).masked_fill(flat, 0.0)


def _each(function: Callable[[_Images, _Images], Tensor]) -> Callable[[Sources, _Images], Pair]:
    return lambda sources, fused: tuple(function(source, fused) for source in sources)


def _sum(sources: Sources, fused: _Images, values: Pair) -> Tensor:
    return values[0] + values[1]


def _mean(sources: Sources, fused: _Images, values: Pair) -> Tensor:
    return (values[0] + values[1]) / 2


def _spatial_frequency(fused: _Images) -> Tensor:
    energies = [
        difference.square().mean((1, 2))
        for difference in (fused.values.diff(dim=1), fused.values.diff(dim=2))
        if difference.numel()
    ]
    return sum(energies, torch.zeros_like(fused.mean)).sqrt()


def _average_gradient(fused: _Images) -> Tensor:
    height, width = fused.values.shape[1:]
    if height == 1 or width == 1:
        return torch.zeros_like(fused.mean)
    gy, gx = torch.gradient(fused.values, dim=(1, 2))
    return ((gx.square() + gy.square()) / 2).sqrt().sum((1, 2)) / ((height - 1) * (width - 1))


def _edge_intensity(fused: _Images) -> Tensor:
    gx, gy = _sobel(F.pad(fused.values[:, None], (1, 1, 1, 1), mode="replicate"))
    return (gx.square() + gy.square()).sqrt().mean((1, 2))


def _sobel(padded: Tensor) -> tuple[Tensor, Tensor]:
    """3x3 Sobel gradients of (N, 1, H + 2, W + 2), each (N, H, W)."""
    kernel = padded.new_tensor([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    return F.conv2d(padded, torch.stack([kernel, kernel.T])[:, None]).unbind(1)


def _mutual_information(source: _Images, fused: _Images) -> Tensor:
    joint = _entropy_bits(_count(256 * source.levels + fused.levels, 256 * 256))
    return (source.entropy + fused.entropy - joint).clamp(min=0.0)


def _normalized_mutual_information(source: _Images, fused: _Images) -> Tensor:
    entropies = source.entropy + fused.entropy
    return torch.where(entropies > 0, 2 * _mutual_information(source, fused) / entropies, 1.0)


def _cross_entropy(source: _Images, fused: _Images) -> Tensor:
    pixels = source.levels.shape[1]
    p_s, p_f = source.histogram.double() / pixels, fused.histogram.double() / pixels
    common = (p_s > 0) & (p_f > 0)
    return torch.where(common, p_s * (p_s / p_f).log2(), 0.0).sum(1)


def _mean_squared_error(source: _Images, fused: _Images) -> Tensor:
    return (source.values - fused.values).square().mean((1, 2)) / 255.0**2


def _psnr(mse: Tensor, pixels: int) -> Tensor:
    return -10 * mse.clamp(min=1 / (255.0**2 * pixels)).log10()


def _psnr_total(sources: Sources, fused: _Images, values: Pair) -> Tensor:
    errors = [_mean_squared_error(source, fused) for source in sources]
    return _psnr(sum(errors) / 2, fused.levels.shape[1])


def _correlation(first: Tensor, second: Tensor, variance_first: Tensor, variance_second: Tensor) -> Tensor:
    """Pearson correlation of (N, H, W) pictures; 0 where one is constant."""
    centred = (first - first.mean((1, 2), keepdim=True)) * (second - second.mean((1, 2), keepdim=True))
    product = variance_first * variance_second
    return torch.where(product > 0, centred.mean((1, 2)) / product.sqrt(), 0.0).clamp(-1, 1)


def _correlation_coefficient(source: _Images, fused: _Images) -> Tensor:
    return _correlation(source.values, fused.values, source.variance, fused.variance)


def _difference_correlations(sources: Sources, fused: _Images) -> Pair:
    terms = []
    for source, other in (sources, sources[::-1]):
        difference = fused.values - other.values
        terms.append(_correlation(source.values, difference, source.variance, _variance(difference)))
    return tuple(terms)


def _stacked(sources: Sources, fused: _Images, size: int) -> Tensor:
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


def _structural_similarities(sources: Sources, fused: _Images) -> Pair:
    values = _stacked(sources, fused, 11)
    mean_s, mean_f, var_s, var_f, covariance = _window_statistics(values, gaussian_kernel(11, 1.5))
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    similarity = (2 * mean_s * mean_f + c1) * (2 * covariance + c2)
    similarity /= (mean_s.square() + mean_f.square() + c1) * (var_s + var_f + c2)
    return similarity.mean((1, 2, 3)).chunk(2)


def _visual_information_fidelities(sources: Sources, fused: _Images) -> Pair:
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


def _edge_preservation(source: _Images, fused: _Images) -> Tensor:
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


def _edge_strength(images: _Images) -> Tensor:
    return images.sobel[0].double().sum((1, 2))


def _edge_preservation_total(sources: Sources, fused: _Images, values: Pair) -> Tensor:
    strength_a, strength_b = (_edge_strength(source) for source in sources)
    total = strength_a + strength_b
    return torch.where(total > 0, (values[0] * strength_a + values[1] * strength_b) / total, 1.0)


_OF_FUSED = {
    "EN": lambda fused: fused.entropy,
    "SD": lambda fused: fused.variance.sqrt(),
    "SF": _spatial_frequency,
    "AG": _average_gradient,
    "EI": _edge_intensity,
}
_PER_SOURCE = {
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
_TOTAL = {
    **dict.fromkeys(("CE", "MSE", "RMSE", "CC"), _mean),
    **dict.fromkeys(("MI", "NMI", "SCD", "SSIM", "VIF"), _sum),
    "PSNR": _psnr_total,
    "Qabf": _edge_preservation_total,
}
#: Metrics that have a batched form.
BATCHED_METRICS = (*_OF_FUSED, *_PER_SOURCE)
