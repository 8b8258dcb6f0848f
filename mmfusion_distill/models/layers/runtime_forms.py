"""Convolutions in the forms that other runtimes compute fastest, for an export to ONNX; the values are the same.

ONNX Runtime keeps maps in blocks of channels, and copies a map twice that is cut between two convolutions.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def exporting() -> bool:
    """Whether a graph is written for another runtime; TorchScript stays with what suits PyTorch."""
    return torch.onnx.is_in_onnx_export()


def conv_to_halves(x: Tensor, conv: torch.nn.Conv2d) -> tuple[Tensor, Tensor]:
    """A convolution whose result is cut into two halves of its channels; exported as two convolutions."""
    if not exporting():
        return conv(x).chunk(2, dim=1)
    half = conv.out_channels // 2
    bias = (None, None) if conv.bias is None else (conv.bias[:half], conv.bias[half:])
    weights = conv.weight[:half], conv.weight[half:]
    return tuple(F.conv2d(x, *pair, conv.stride, conv.padding) for pair in zip(weights, bias))


def conv_of_unshuffled(x: Tensor, factor: int, conv: torch.nn.Conv2d) -> Tensor:
    """A 3x3 convolution with padding of a pixel-unshuffled image, as one convolution of the image with a stride."""
    out, channels = conv.out_channels, conv.in_channels // factor**2
    weight = conv.weight.reshape(out, channels, factor, factor, 3, 3).permute(0, 1, 4, 2, 5, 3)
    weight = weight.reshape(out, channels, 3 * factor, 3 * factor)
    return F.conv2d(x, weight, conv.bias, stride=factor, padding=factor)


def subpixel_weight(conv: torch.nn.ConvTranspose2d) -> tuple[Tensor, Tensor]:
    """The 3x3 convolution that, pixel-shuffled by 2, is a transposed one (4x4, stride 2, padding 1).

    Returns:
        tuple[Tensor, Tensor]: Weight (4 C_out, C_in, 3, 3) and bias (4 C_out,).
    """
    kernel = conv.weight.transpose(0, 1)
    out, channels = kernel.shape[:2]
    zero = kernel.new_zeros(out, channels, 4, 1)
    # Even results see taps 3 and 1 of the pixel before and their own, odd ones 2 and 0 of their own and the next.
    columns = [
        torch.cat([kernel[..., 3:4], kernel[..., 1:2], zero], dim=3),
        torch.cat([zero, kernel[..., 2:3], kernel[..., 0:1]], dim=3),
    ]
    zero = kernel.new_zeros(out, channels, 1, 3)
    even = [torch.cat([taps[:, :, 3:4], taps[:, :, 1:2], zero], dim=2) for taps in columns]
    odd = [torch.cat([zero, taps[:, :, 2:3], taps[:, :, 0:1]], dim=2) for taps in columns]
    weight = torch.stack(even + odd, dim=1).flatten(0, 1)
    return weight, conv.bias.repeat_interleave(4)


def shuffle_by_two(x: Tensor, crop: int = 0) -> Tensor:
    """Pixel-shuffle by 2, without `crop` pixels at each border: (N, 4 C, H, W) to (N, C, 2 H - 2 crop, ...).

    Exported as a transposed convolution with ones: ONNX Runtime's DepthToSpace takes four times as long.
    """
    channels = int(x.shape[1]) // 4
    if not exporting():
        # From channels last to contiguous in one copy, which PyTorch's own takes three times as long for.
        n, _, height, width = x.shape
        x = x.permute(0, 2, 3, 1).reshape(n, height, width, channels, 2, 2)
        x = x.permute(0, 3, 1, 4, 2, 5).reshape(n, channels, 2 * height, 2 * width)
        return x[..., crop : 2 * height - crop, crop : 2 * width - crop] if crop else x
    places = torch.eye(4, dtype=x.dtype, device=x.device).view(4, 1, 2, 2).repeat(channels, 1, 1, 1)
    return F.conv_transpose2d(x, places, stride=2, padding=crop, groups=channels)
