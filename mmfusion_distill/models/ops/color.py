"""Luminance and chrominance of images in [0, 1] (ITU-R BT.601, full range), and the colour of a fused luminance."""

import torch
from torch import Tensor

from ...images.pixels import LUMINANCE_WEIGHTS


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


# Luminance below which chroma is noise and is not scaled up with it.
FLOOR = 0.04
#: How far chroma grows at most with luminance.
LARGEST_GAIN = 2.5


def recolor(img_a: Tensor, luminance_a: Tensor, fused: Tensor, toned_a: Tensor | None = None) -> Tensor:
    """Give a fused luminance the colour of source A.

    Chroma R - Y, G - Y, B - Y is scaled with what a tone curve made of A's luminance, and with the result where that
    is darker; not with what B added, which would turn black clothes violet. It is scaled less where a channel would
    leave [0, 1], so that hue and luminance stay. Where `fused` equals `luminance_a` the result equals A.

    Args:
        img_a (Tensor): Source A, (N, 3, H, W), RGB in [0, 1].
        luminance_a (Tensor): Its luminance, (N, 1, H, W).
        fused (Tensor): Fused luminance, (N, 1, H, W).
        toned_a (Tensor, optional): Luminance of A behind its tone curve. Default: None, `luminance_a`.

    Returns:
        Tensor: (N, 3, H, W), whose luminance is `fused`; not clamped.
    """
    # Not the largest and smallest over an axis of three, which runtimes find slowly.
    red, green, blue = img_a.split(1, dim=1)
    up = torch.maximum(torch.maximum(red, green), blue) - luminance_a
    down = luminance_a - torch.minimum(torch.minimum(red, green), blue)
    from_a = torch.minimum(fused, luminance_a if toned_a is None else toned_a)
    gain = ((from_a + FLOOR) / (luminance_a + FLOOR)).clamp(0, LARGEST_GAIN)
    # Room up to white and down to black, in units of the largest chroma that goes there.
    room = torch.minimum((1 - fused) / up.clamp_min(1e-6), fused / down.clamp_min(1e-6))
    gain = torch.minimum(gain, room.clamp_min(0))
    return gain * img_a + (fused - gain * luminance_a)
