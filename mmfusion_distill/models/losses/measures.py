"""Measures of fusion as differentiable functions of the fused image.

They follow the definitions of :mod:`mmfusion_distill.evaluation` in single precision, histograms by soft assignment
and absolute values smoothed where a gradient is wanted; the angles of Qabf are compared as angles between lines,
where the evaluation's jump at the vertical. Images are luminance in [0, 1], (N, 1, H, W).
"""

import math
from typing import Any

import torch
from torch import Tensor

from .published_terms import SIGMA, WINDOW_SIZE, gaussian_kernel, sobel_gradients
from .sample_wise_loss import mean_per_sample

#: As the evaluation: of 48 levels a fifth of what fused images of a sharp camera lack of mutual information was seen.
_BINS = 256
#: Variance of the visual noise in VIF, in gray levels (Sheikh and Bovik, IEEE TIP 2006).
_NOISE = 2.0


def fusion_measures(fused: Tensor, img_a: Tensor, img_b: Tensor) -> dict[str, Tensor]:
    """All measures, (N,) each, higher is better.

    Args:
        fused (Tensor): Fused image, (N, 1, H, W), at least 41 pixels a side.
        img_a (Tensor): Source A.
        img_b (Tensor): Source B.

    Returns:
        dict[str, Tensor]: Values by name. SD and SF are in gray levels, EN and MI in bits; source-wise measures are
        sums; `_balanced` ones are those of the neglected source, of SSIM and VIF twice.
    """
    sources = torch.cat([img_a, img_b])
    entropy, information = _information(sources, fused)
    fidelity, similarity = _fidelity(sources, fused), _similarity(sources, fused)
    edges, all_edges = _edge_preservation(sources, fused)
    # Without the border, which the windows of the other measures do not reach: a pattern there would be free.
    inner = fused[..., 5:-5, 5:-5]
    rows, columns = inner.diff(dim=2), inner.diff(dim=3)
    return {
        "EN": entropy,
        "SD": 255 * _deviation(fused),
        "SF": 255 * torch.sqrt(mean_per_sample(rows.square()) + mean_per_sample(columns.square()) + 1e-8),
        "MI": information.sum(0),
        "SCD": _correlation(img_a, fused - img_b) + _correlation(img_b, fused - img_a),
        "VIF": fidelity.sum(0),
        "SSIM": similarity.sum(0),
        "Qabf": all_edges,
        "VIF_balanced": 2 * fidelity.amin(0),
        "SSIM_balanced": 2 * similarity.amin(0),
        "Qabf_balanced": edges.amin(0),
    }


def _deviation(x: Tensor) -> Tensor:
    return torch.sqrt(x.flatten(1).var(dim=1, correction=0) + 1e-8)


def _correlation(x: Tensor, y: Tensor) -> Tensor:
    x, y = (image.flatten(1) - mean_per_sample(image)[:, None] for image in (x, y))
    norms = torch.sqrt(x.square().sum(1) * y.square().sum(1) + 1e-8)
    return (x * y).sum(1) / norms


def _information(sources: Tensor, fused: Tensor) -> tuple[Tensor, Tensor]:
    """Entropy of F (N,), mutual information with both sources (2, N)."""
    (low_s, share_s), (low_f, share_f) = _nearest_levels(sources), _nearest_levels(fused)
    low_f, share_f = low_f.repeat(2, 1), share_f.repeat(2, 1)
    # Every pixel adds to four cells: two levels of the source by two of F.
    cells = torch.cat([(low_s + s) * _BINS + low_f + f for s in (0, 1) for f in (0, 1)], dim=1)
    shares = torch.cat([s * f for s in (1 - share_s, share_s) for f in (1 - share_f, share_f)], dim=1)
    joint = shares.new_zeros(len(sources), _BINS**2).scatter_add(1, cells, shares / share_s.shape[1])
    by_levels = joint.view(-1, _BINS, _BINS)
    entropy = _entropy(by_levels.sum(1))
    information = _entropy(by_levels.sum(2)) + entropy - _entropy(joint)
    return entropy[: len(fused)], information.view(2, -1)


def _nearest_levels(images: Tensor) -> tuple[Tensor, Tensor]:
    """Of every pixel the level below it and its share in the one above: (N, 1, H, W) to (N, pixels) each."""
    pixels = images.flatten(1).clamp(0, 1) * (_BINS - 1)
    low = pixels.detach().long().clamp_max(_BINS - 2)
    return low, pixels - low


def _entropy(p: Tensor) -> Tensor:
    return -(p * torch.log2(p + 1e-9)).sum(-1)


def _filter(x: Tensor, kernel: Tensor, stride: int = 1) -> Tensor:
    """Separable filter at the places where the window lies inside."""
    # Products with band matrices: on a CPU several times as fast, backwards too, as convolutions of one channel.
    rows, columns = (_band_matrix(length, kernel, stride) for length in x.shape[-2:])
    return rows @ x @ columns.T


def _band_matrix(length: int, kernel: Tensor, stride: int) -> Tensor:
    """(positions, length): a row of the kernel for every position of its window."""
    starts = torch.arange(0, length - len(kernel) + 1, stride, device=kernel.device)
    matrix = kernel.new_zeros(len(starts), length)
    index = starts[:, None] + torch.arange(len(kernel), device=kernel.device)
    return matrix.scatter_(1, index, kernel.expand(len(starts), -1))


def _moments(sources: Tensor, fused: Tensor, kernel: Tensor) -> tuple[Tensor, ...]:
    """Means, variances and covariance of (2 N) sources and the fused image in windows."""
    twice, n = fused.repeat(2, 1, 1, 1), len(fused)
    stacked = torch.cat([sources, fused, sources.square(), fused.square(), sources * twice])
    mean_s, mean_f, square_s, square_f, product = _filter(stacked, kernel).split([2 * n, n, 2 * n, n, 2 * n])
    var_s = (square_s - mean_s.square()).clamp_min(0)
    var_f = (square_f - mean_f.square()).clamp_min(0).repeat(2, 1, 1, 1)
    mean_f = mean_f.repeat(2, 1, 1, 1)
    return mean_s, mean_f, var_s, var_f, product - mean_s * mean_f


def _similarity(sources: Tensor, fused: Tensor) -> Tensor:
    """SSIM (Wang et al., IEEE TIP 2004, Eq. 13) to each source, (2, N)."""
    mean_s, mean_f, var_s, var_f, covariance = _moments(
        sources, fused, gaussian_kernel(WINDOW_SIZE, SIGMA, fused)
    )
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * mean_s * mean_f + c1) / (mean_s.square() + mean_f.square() + c1)
    return mean_per_sample(luminance * (2 * covariance + c2) / (var_s + var_f + c2)).view(2, -1)


def _fidelity(sources: Tensor, fused: Tensor) -> Tensor:
    """Pixel-domain VIF (Sheikh and Bovik, IEEE TIP 2006) of the fused image to each source, (2, N)."""
    sources, fused = (255 * (x - x.mean(dim=(2, 3), keepdim=True)) for x in (sources, fused))
    kept: Any = 0.0
    available: Any = 0.0
    for size in (17, 9, 5, 3):
        kernel = gaussian_kernel(size, size / 5, fused)
        if size < 17:
            sources, fused = (_filter(x, kernel, stride=2) for x in (sources, fused))
        _, _, var_s, var_f, covariance = _moments(sources, fused, kernel)
        explained = torch.minimum(covariance.clamp_min(0).square() / (var_s + 1e-2), var_f)
        kept = kept + torch.log1p(explained / (var_f - explained + _NOISE)).sum((1, 2, 3))
        available = available + torch.log1p(var_s / _NOISE).sum((1, 2, 3))
    return ((kept + 1e-3) / (available + 1e-3)).view(2, -1)


def _edge_preservation(sources: Tensor, fused: Tensor) -> tuple[Tensor, Tensor]:
    """Qabf (Xydeas and Petrovic, Electronics Letters 2000): per source (2, N) and weighted by edge strength (N,)."""
    s_x, s_y = sobel_gradients(255 * sources)
    f_x, f_y = (gradient.repeat(2, 1, 1, 1) for gradient in sobel_gradients(255 * fused))
    strength_s = torch.sqrt(s_x.square() + s_y.square() + 1e-2)
    strength_f = torch.sqrt(f_x.square() + f_y.square() + 1e-2)
    ratio = torch.minimum(strength_s, strength_f) / torch.maximum(strength_s, strength_f)
    # Angle between the edges from cross and inner product: no division by a gradient of zero.
    cross, inner = (f_x * s_y - f_y * s_x).abs(), (f_x * s_x + f_y * s_y).abs()
    agreement = 1 - torch.atan2(cross, inner + 1e-3) * 2 / math.pi
    kept = 0.9994 / (1 + torch.exp(-15 * (ratio - 0.5))) * 0.9879 / (1 + torch.exp(-22 * (agreement - 0.8)))
    preserved = (kept * strength_s).sum((1, 2, 3)).view(2, -1)
    total = strength_s.sum((1, 2, 3)).view(2, -1)
    return preserved / total, preserved.sum(0) / total.sum(0)
