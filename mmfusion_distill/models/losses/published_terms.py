"""The terms of the published fusion loss."""

import torch
from torch import Tensor
from torch.nn import functional as F

from ...registry import MODELS
from ...user_errors import UserError
from ..ops.color import rgb_to_cbcr, rgb_to_gray
from .sample_wise_loss import SampleWiseLoss, match_channels, mean_per_sample


@MODELS.register_module()
class ColorConsistencyLoss(SampleWiseLoss):
    """L1 distance of both chrominances to source A: `|Cb_A - Cb_F| + |Cr_A - Cr_F|`.

    Args are those of :class:`SampleWiseLoss`.
    """

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 2] for images in [0, 1]."""
        cb_a, cr_a = rgb_to_cbcr(img_a)
        cb_f, cr_f = rgb_to_cbcr(fused)
        return mean_per_sample((cb_a - cb_f).abs() + (cr_a - cr_f).abs())


@MODELS.register_module()
class MaxIntensityLoss(SampleWiseLoss):
    """L1 distance to the brighter source: `|F - pick(A, B)|`, where pick takes B if it exceeds A's channel mean.

    Args are those of :class:`SampleWiseLoss`.
    """

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 1] for images in [0, 1]."""
        brighter_b = img_b.mean(dim=1, keepdim=True) > img_a.mean(dim=1, keepdim=True)
        picked = torch.where(brighter_b, match_channels(img_b, img_a), img_a)
        return mean_per_sample((match_channels(fused, picked) - match_channels(picked, fused)).abs())


@MODELS.register_module()
class IntensityConsistencyLoss(SampleWiseLoss):
    """Mean of the L1 distances of luminance to both sources: `(|gray A - gray F| + |gray B - gray F|) / 2`.

    Args are those of :class:`SampleWiseLoss`.
    """

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 1] for images in [0, 1]."""
        gray = rgb_to_gray(fused)
        distances = (rgb_to_gray(img_a) - gray).abs() + (rgb_to_gray(img_b) - gray).abs()
        return mean_per_sample(distances) / 2


def sobel_gradients(gray: Tensor) -> tuple[Tensor, Tensor]:
    """Horizontal and vertical Sobel derivatives with replicated edges.

    Args:
        gray (Tensor): (N, 1, H, W).

    Returns:
        tuple[Tensor, Tensor]: dx and dy, each (N, 1, H, W), in [-4, 4] for images in [0, 1].
    """
    smooth = gray.new_tensor([1.0, 2.0, 1.0])
    derive = gray.new_tensor([-1.0, 0.0, 1.0])
    kernels = torch.stack([torch.outer(smooth, derive), torch.outer(derive, smooth)])[:, None]
    gradients = F.conv2d(F.pad(gray, (1, 1, 1, 1), mode="replicate"), kernels)
    return gradients[:, 0:1], gradients[:, 1:2]


@MODELS.register_module()
class JointGradientLoss(SampleWiseLoss):
    """L1 distance to the stronger edge: `||dx F| - max(|dx A|, |dx B|)|` and the same for dy, on luminance.

    Args are those of :class:`SampleWiseLoss`.
    """

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 8] for images in [0, 1]."""
        gradients = [sobel_gradients(rgb_to_gray(image)) for image in (fused, img_a, img_b)]
        distances = [
            (fused_d.abs() - torch.maximum(a_d.abs(), b_d.abs())).abs()
            for fused_d, a_d, b_d in zip(*gradients)
        ]
        return mean_per_sample(distances[0] + distances[1])


#: Side and standard deviation of the window.
WINDOW_SIZE, SIGMA = 11, 1.5


def ssim_per_sample(x: Tensor, y: Tensor) -> Tensor:
    """Mean of :func:`ssim_map` over channels and windows, (N,); arguments and errors are the same."""
    return mean_per_sample(ssim_map(x, y))


def ssim_map(x: Tensor, y: Tensor) -> Tensor:
    """Structural similarity (Wang et al., IEEE TIP 2004, Eq. 13) with a Gaussian window.

    Args:
        x (Tensor): (N, C, H, W) in [0, 1], H and W at least 11.
        y (Tensor): The same shape.

    Returns:
        Tensor: (N, C, H - 10, W - 10), where the window lies inside the image.

    Raises:
        UserError: If the image is smaller than the window.
    """
    height, width = x.shape[-2:]
    if min(height, width) < WINDOW_SIZE:
        raise UserError(f"SSIM needs images of at least {WINDOW_SIZE}x{WINDOW_SIZE}, got {height}x{width}")
    moments = gaussian_windows(torch.cat([x, y, x * x, y * y, x * y], dim=1))
    mean_x, mean_y, xx, yy, xy = moments.chunk(5, dim=1)
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    variances = (xx - mean_x**2) + (yy - mean_y**2)
    structure = (2 * (xy - mean_x * mean_y) + c2) / (variances + c2)
    return luminance * structure


def gaussian_kernel(size: int, sigma: float, like: Tensor) -> Tensor:
    """(size,) samples of a Gaussian that sum to 1, of the type and on the device of another tensor."""
    offsets = torch.arange(size, dtype=like.dtype, device=like.device) - (size - 1) / 2
    kernel = torch.exp(-(offsets**2) / (2 * sigma**2))
    return kernel / kernel.sum()


def gaussian_windows(x: Tensor) -> Tensor:
    """Gaussian means of every channel where the window lies inside: (N, C, H, W) to (N, C, H - 10, W - 10)."""
    n, c, height, width = x.shape
    window = gaussian_kernel(WINDOW_SIZE, SIGMA, x)
    # All channels in one batch of single-channel images, filtered separably.
    x = x.reshape(-1, 1, height, width)
    x = F.conv2d(F.conv2d(x, window.view(1, 1, -1, 1)), window.view(1, 1, 1, -1))
    return x.view(n, c, *x.shape[-2:])


@MODELS.register_module()
class FusionSSIMLoss(SampleWiseLoss):
    """(1 - SSIM(A, F)) + (1 - SSIM(gray B, gray F)); A is compared in colour where it has it.

    Args are those of :class:`SampleWiseLoss`.
    """

    def per_sample(self, fused: Tensor, img_a: Tensor, img_b: Tensor) -> Tensor:
        """One value per sample in [0, 4]."""
        to_a = ssim_per_sample(match_channels(img_a, fused), match_channels(fused, img_a))
        to_b = ssim_per_sample(rgb_to_gray(img_b), rgb_to_gray(fused))
        return (1 - to_a) + (1 - to_b)
