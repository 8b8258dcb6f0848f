"""A batch of pictures as tensors, and what several metrics share about it."""

from __future__ import annotations

import math
from functools import cached_property

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["BatchedImages", "count_levels", "entropy_bits", "sobel", "variance_of"]

# Weights of R, G, B in 2^-15, as OpenCV rounds the luminance of 8-bit pictures.
_FIXED_POINT_LUMINANCE = (9798, 19235, 3735)


class BatchedImages:
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
        return count_levels(self.levels, 256)

    @cached_property
    def entropy(self) -> Tensor:
        return entropy_bits(self.histogram)

    @cached_property
    def mean(self) -> Tensor:
        return self.values.mean((1, 2))

    @cached_property
    def variance(self) -> Tensor:
        return variance_of(self.values)

    @cached_property
    def sobel(self) -> tuple[Tensor, Tensor]:
        """Magnitude and orientation, single precision as in the array form: ties are ties in both."""
        gx, gy = sobel(F.pad(self.values.float()[:, None], (1, 1, 1, 1)))
        orientation = torch.where(gx == 0, math.pi / 2, torch.atan(-gy / gx))
        return (gx * gx + gy * gy).sqrt(), orientation


def _luminance(images: Tensor) -> Tensor:
    """(N, C, H, W) to (N, H, W) float64."""
    if images.shape[1] == 1:
        return images[:, 0].double()
    if images.dtype == torch.uint8:
        r, g, b = (w * images[:, c].long() for c, w in enumerate(_FIXED_POINT_LUMINANCE))
        return ((r + g + b + 2**14) >> 15).double()
    weights = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64, device=images.device)
    return torch.einsum("nchw,c->nhw", images.double(), weights)


def count_levels(levels: Tensor, bins: int) -> Tensor:
    """Histograms (N, bins) of (N, pixels) int64, each value below `bins`."""
    samples = len(levels)
    offsets = bins * torch.arange(samples, device=levels.device)[:, None]
    return torch.bincount((levels + offsets).flatten(), minlength=samples * bins).view(samples, bins)


def entropy_bits(counts: Tensor) -> Tensor:
    """Entropy of each of (N, bins) histograms, in bits: (N,)."""
    p = counts.double() / counts.sum(1, keepdim=True)
    return (-torch.xlogy(p, p).sum(1) / math.log(2)).clamp(min=0.0)


def variance_of(values: Tensor) -> Tensor:
    """Population variance of each picture; exactly 0 where rounding of the mean would leave a rest."""
    flat = values.amax((1, 2)) - values.amin((1, 2)) < 1e-9
    return values.var((1, 2), correction=0).masked_fill(flat, 0.0)


def sobel(padded: Tensor) -> tuple[Tensor, Tensor]:
    """3x3 Sobel gradients of (N, 1, H + 2, W + 2), each (N, H, W)."""
    kernel = padded.new_tensor([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    return F.conv2d(padded, torch.stack([kernel, kernel.T])[:, None]).unbind(1)
