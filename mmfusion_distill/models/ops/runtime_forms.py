"""Operations in the form that a runtime computes fastest; the values are the same.

Networks call them for what they are; whether a graph is written for another runtime (ONNX), and what a CPU wants, is
asked here and nowhere else. TorchScript stays with what suits PyTorch.

ONNX Runtime keeps maps in blocks of channels, and copies a map twice that is cut between two convolutions. PyTorch
is slow at convolutions of a single channel, and at maps that do not fit into the cache.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...images.pixels import reflected


def reflect_pad_to_multiple(x: Tensor, multiple: int) -> Tensor:
    """Pad at the bottom and the right by reflection up to the next multiple.

    Unlike `torch.nn.functional.pad` it also pads by more than the image has, by reflecting again. A traced graph pads
    images of any size.

    Args:
        x (Tensor): (N, C, H, W) with H, W >= 1.
        multiple (int): What height and width should be divisible by.

    Returns:
        Tensor: (N, C, H', W'), `x` itself if nothing is to be done.
    """
    for axis in (2, 3):
        length = x.shape[axis]
        target = (length + multiple - 1) // multiple * multiple
        if not torch.jit.is_tracing() and target == length:
            continue
        # Only what is added is looked up: runtimes copy the rest much faster.
        added = reflected(torch.arange(target, device=x.device)[length:], length)
        x = torch.cat([x, x.index_select(axis, added)], dim=axis)
    return x


# Logits of the windows that are attended to at a time: small enough for the second-level cache.
CHUNK_BYTES = 5 * 2**19

# Maps of one operation that are made at once at most, where it can be done part by part: what is large beside whole
# images.
WHOLE_BYTES = 128 * 2**20

# Maps of a strip of such a map: the C library keeps their memory, so that they should be few.
STRIP_BYTES = 16 * 2**20

#: Binomial kernel; its standard deviation is 1 pixel.
KERNEL = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


def _exporting() -> bool:
    return torch.onnx.is_in_onnx_export()


def _infers_on_cpu(x: Tensor) -> bool:
    recorded = torch.jit.is_tracing() or torch.compiler.is_compiling()
    return not (torch.is_grad_enabled() or x.device.type != "cpu" or recorded)


def part_by_part(x: Tensor, channels: int) -> bool:
    """Whether what makes `channels` maps of the size of (N, C, H, W) should make some of them after the others."""
    if not _infers_on_cpu(x):
        return False
    n, _, height, width = x.shape
    return n * channels * height * width * x.element_size() > WHOLE_BYTES


def strips(x: Tensor, channels: int, multiple: int = 1) -> list[slice]:
    """Rows of (N, C, H, W) to work on one after the other, so that `channels` maps of them are not too large.

    Args:
        x (Tensor): The map.
        channels (int): Maps of its size that are made at once.
        multiple (int): What a strip starts at a multiple of. Default: 1.
    """
    height = x.shape[2]
    rows = height
    if part_by_part(x, channels):
        row_bytes = x.shape[0] * channels * x.shape[3] * x.element_size()
        rows = max(STRIP_BYTES // row_bytes // multiple, 1) * multiple
    return [slice(top, min(top + rows, height)) for top in range(0, height, rows)]


def conv_to_halves(x: Tensor, conv: nn.Conv2d) -> tuple[Tensor, Tensor]:
    """Both halves of the channels of a convolution's result; exported as two convolutions."""
    if not _exporting():
        return conv(x).chunk(2, dim=1)
    half = conv.out_channels // 2
    bias = (None, None) if conv.bias is None else (conv.bias[:half], conv.bias[half:])
    weights = conv.weight[:half], conv.weight[half:]
    return tuple(F.conv2d(x, *pair, conv.stride, conv.padding) for pair in zip(weights, bias))


def conv_of_unshuffled(x: Tensor, factor: int, conv: nn.Conv2d) -> Tensor:
    """A 3x3 convolution with padding of a pixel-unshuffled image; exported as one convolution with a stride."""
    if not _exporting():
        x = x if factor == 1 else F.pixel_unshuffle(x, factor)
        # On CPUs convolutions of maps stored channels last are several times as fast; those that follow keep it.
        return conv(x.contiguous(memory_format=torch.channels_last))
    out, channels = conv.out_channels, conv.in_channels // factor**2
    weight = conv.weight.reshape(out, channels, factor, factor, 3, 3).permute(0, 1, 4, 2, 5, 3)
    weight = weight.reshape(out, channels, 3 * factor, 3 * factor)
    return F.conv2d(x, weight, conv.bias, stride=factor, padding=factor)


def conv_at_scales(
    x: Tensor, convs: Sequence[nn.Conv2d | nn.ConvTranspose2d], crops: Sequence[int]
) -> list[Tensor]:
    """Convolutions of one map to finer resolutions and to its own, as a single one.

    oneDNN is slow at transposed convolutions, and other runtimes fill up the few channels of each with zeros.

    Args:
        x (Tensor): (N, C, H, W).
        convs (Sequence[nn.Conv2d | nn.ConvTranspose2d]): Transposed ones of stride s = 2, 4, ..., kernel 2 s and
            padding s / 2, the finest first, then one of 3x3 and stride 1.
        crops (Sequence[int]): Pixels at each border that the results of the transposed ones go without.

    Returns:
        list[Tensor]: For each convolution, (N, C_out, s H - 2 crop, s W - 2 crop).
    """
    factors = [conv.stride[0] for conv in convs]
    weight = torch.cat([*(_subpixel_weight(conv.weight) for conv in convs[:-1]), convs[-1].weight])
    bias = torch.cat([conv.bias.repeat_interleave(factor**2) for conv, factor in zip(convs, factors)])
    maps = F.conv2d(x, weight, bias, padding=1)
    parts = maps.split([conv.out_channels * factor**2 for conv, factor in zip(convs, factors)], dim=1)
    finer = [_pixel_shuffle(*arguments) for arguments in zip(parts, factors, crops)]
    return [*finer, parts[-1]]


def _subpixel_weight(weight: Tensor) -> Tensor:
    """(C, C_out, 2 s, 2 s) of a transposed convolution to (s^2 C_out, C, 3, 3), with pixels to be shuffled."""
    channels, out, kernel = weight.shape[:3]
    factor = kernel // 2
    # Result p of a pixel sees tap p + s / 2 of its own, p + 3 s / 2 of the pixel before and p - s / 2 of the next, or
    # zeros where there is no such tap.
    padded = F.pad(weight, (factor // 2,) * 4).view(channels, out, 3, factor, 3, factor)
    return padded.flip(2, 4).permute(1, 3, 5, 0, 2, 4).reshape(-1, channels, 3, 3)


def _pixel_shuffle(x: Tensor, factor: int = 2, crop: int = 0) -> Tensor:
    """Pixel-shuffle without `crop` pixels at each border: (N, s^2 C, H, W) to (N, C, s H - 2 crop, ...).

    Exported as a transposed convolution with ones: ONNX Runtime's DepthToSpace takes four times as long.
    """
    channels = int(x.shape[1]) // factor**2
    if not _exporting():
        # From channels last to contiguous in one copy, which PyTorch's own takes three times as long for.
        n, _, height, width = x.shape
        x = x.permute(0, 2, 3, 1).reshape(n, height, width, channels, factor, factor)
        x = x.permute(0, 3, 1, 4, 2, 5).reshape(n, channels, factor * height, factor * width)
        return x[..., crop : factor * height - crop, crop : factor * width - crop] if crop else x
    places = torch.eye(factor**2, dtype=x.dtype, device=x.device).view(-1, 1, factor, factor)
    return F.conv_transpose2d(
        x, places.repeat(channels, 1, 1, 1), stride=factor, padding=crop, groups=channels
    )


def binomial_blur(x: Tensor, stride: int = 1) -> Tensor:
    """Blur by the binomial kernel and take every row and column, or every second: (N, C, H, W).

    Borders are replicated; odd lengths are rounded up.
    """
    if _exporting():
        # Other runtimes copy every shifted map, and have fast convolutions by channel.
        channels = int(x.shape[1])
        kernel = x.new_tensor(KERNEL).expand(channels, 1, 5)
        x = F.pad(x, (2, 2, 2, 2), mode="replicate")
        x = F.conv2d(x, kernel[..., None], stride=(stride, 1), groups=channels)
        return F.conv2d(x, kernel[:, :, None], stride=(1, stride), groups=channels)
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


def expand_by_two(x: Tensor) -> Tensor:
    """Twice the height and width by binomial interpolation: (N, C, H, W) to (N, C, 2H, 2W).

    Borders are replicated.
    """
    # Even samples see the kernel's taps 1, 6, 1, odd ones 4, 4, each twice for the zeros that are not there.
    if _exporting():
        # A convolution to the four pixels that come of one.
        channels = int(x.shape[1])
        even, odd = x.new_tensor((1, 6, 1)) / 8, x.new_tensor((0, 4, 4)) / 8
        kernels = torch.stack([torch.outer(rows, columns) for rows in (even, odd) for columns in (even, odd)])
        x = F.pad(x, (1, 1, 1, 1), mode="replicate")
        return _pixel_shuffle(F.conv2d(x, kernels[:, None].repeat(channels, 1, 1, 1), groups=channels))
    x = F.pad(x, (0, 0, 1, 1), mode="replicate")
    middle = x[:, :, 1:-1]
    even = torch.add(x[:, :, :-2], x[:, :, 2:]).add_(middle, alpha=6).mul_(1 / 8)
    x = torch.stack([even, (middle + x[:, :, 2:]) / 2], dim=3).flatten(2, 3)
    x = F.pad(x, (1, 1, 0, 0), mode="replicate")
    middle = x[..., 1:-1]
    even = torch.add(x[..., :-2], x[..., 2:]).add_(middle, alpha=6).mul_(1 / 8)
    return torch.stack([even, (middle + x[..., 2:]) / 2], dim=4).flatten(3, 4)


def windows_of(x: Tensor, heads: int, side: int, step: int) -> Tensor:
    """Windows of a map by heads, in eager mode a view.

    Args:
        x (Tensor): (N, heads * dim, H, W); H and W exceed a multiple of `step` by `side - step`.
        heads (int): Heads.
        side (int): Side of a window.
        step (int): Distance of neighbours.

    Returns:
        Tensor: (N, rows, columns, heads, side, side, dim).
    """
    n, channels, height, width = x.shape
    if not _exporting():
        x = x.reshape(n, heads, channels // heads, height, width)
        return x.unfold(3, side, step).unfold(4, side, step).permute(0, 3, 4, 1, 5, 6, 2)
    # ONNX has no sliding window over a dimension of unknown length.
    rows, columns = height // step, width // step
    if side != step:
        offsets = torch.arange(side, device=x.device)
        for axis, count in ((2, rows), (3, columns)):
            index = torch.arange(count, device=x.device)[:, None] * step + offsets
            x = x.index_select(axis, index.flatten())
    x = x.permute(0, 2, 3, 1).reshape(n, rows, side, columns, side, heads, channels // heads)
    return x.permute(0, 1, 3, 5, 2, 4, 6)


def map_windows(attend: Callable[[Tensor, Tensor, Tensor], Tensor], *qkv: Tensor) -> Tensor:
    """Attention of all windows; in inference on a CPU of so many at a time that their logits stay in the cache.

    It halves the time of the published networks, which attend at full resolution, and a third of the memory is left.

    Args:
        attend (Callable): Makes of queries, keys and values what has the shape of the queries.
        *qkv (Tensor): Queries, keys and values, (N, rows, columns, heads, side, side, dim), of two sides.

    Returns:
        Tensor: The shape of the queries.
    """
    q, k, _ = qkv
    if not _infers_on_cpu(q):
        return attend(*qkv)
    n, rows, columns, heads, size = q.shape[:5]
    out = torch.empty(q.shape, dtype=q.dtype)
    windows = max(CHUNK_BYTES // (4 * n * heads * size**2 * k.shape[4] ** 2), 1)
    # Whole rows of windows, or some of a row.
    down, across = max(windows // columns, 1), min(windows, columns)
    for row in range(0, rows, down):
        for first in range(0, columns, across):
            part = slice(None), slice(row, row + down), slice(first, first + across)
            out[part] = attend(*(x[part] for x in qkv))
    return out
