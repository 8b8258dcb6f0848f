"""Luminance and chrominance of images in [0, 1] (ITU-R BT.601, full range)."""

from torch import Tensor

from ...images.luminance import LUMINANCE_WEIGHTS


def rgb_to_gray(x: Tensor) -> Tensor:
    """Luminance 0.299 R + 0.587 G + 0.114 B: (N, 3, H, W) to (N, 1, H, W); a gray image is returned unchanged."""
    if x.shape[1] == 1:
        return x
    red, green, blue = x.split(1, dim=1)
    of_red, of_green, of_blue = LUMINANCE_WEIGHTS
    # In one expression, so that of a large image no more than three maps are there at once.
    return of_red * red + of_green * green + of_blue * blue


def rgb_to_cbcr(x: Tensor) -> tuple[Tensor, Tensor]:
    """Chrominance of an image.

    Args:
        x (Tensor): (N, 3 or 1, H, W) in [0, 1]; a gray image has no colour.

    Returns:
        tuple[Tensor, Tensor]: Cb and Cr, (N, 1, H, W) in [-0.5, 0.5] around 0.
    """
    if x.shape[1] == 1:
        return x.new_zeros(x.shape), x.new_zeros(x.shape)
    gray = rgb_to_gray(x)
    return (x[:, 2:3] - gray) / 1.772, (x[:, 0:1] - gray) / 1.402
