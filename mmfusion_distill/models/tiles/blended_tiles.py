"""Inference of images that are too large to fuse whole."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from mmengine.logging import print_log
from torch import Tensor

from ...images.tile_grid import axis_tiles, groups_of_equal_size
from ...system.memory import GIBIBYTE
from ...system.memory import free_memory as free_memory_of_cpu
from ...user_errors import UserError, check_choice

MODES = ("auto", "whole", "tile")
SMALLEST_TILE = 128

#: GiB that 'auto' uses at most on the CPU, which other programs need too.
CPU_MEMORY = 3.0

Fuse = Callable[[Tensor, Tensor], Tensor]
FuseSamples = Callable[[Tensor, Tensor, slice], Tensor]
FuseInTiles = Callable[[Tensor, Tensor, slice, int], Tensor]


@dataclass(frozen=True)
class TilingConfig:
    """How images are fused, the `test_cfg` of :class:`ImageFusor`.

    Args:
        mode (str): 'whole'; 'tile'; or 'auto', whole if the memory allows and else in tiles. Default: 'auto'.
        tile (int): Side of a tile in pixels. Default: 512.
        overlap (int): Pixels that neighbouring tiles share at least, and over which they are blended; at most
            half of `tile`. Smaller tiles that 'auto' falls back to share at most half of theirs. Default: 128.
        batch (int): Tiles that are fused at a time, if the memory allows. Default: 1.
        max_memory (float, optional): GiB that 'auto' may use for feature maps; at most 80 % of what is free is used
            anyway. Default: None, 3 on the CPU and no further limit on other devices.

    Raises:
        UserError: If a value is out of range.
    """

    mode: str = "auto"
    tile: int = 512
    overlap: int = 128
    batch: int = 1
    max_memory: float | None = None

    def __post_init__(self) -> None:
        check_choice("test_cfg: mode", self.mode, MODES)
        if self.tile < SMALLEST_TILE:
            raise UserError(f"test_cfg: tile={self.tile} must be at least {SMALLEST_TILE} pixels")
        if not 0 <= self.overlap <= self.tile // 2:
            raise UserError(f"test_cfg: overlap={self.overlap} must be from 0 to half of tile={self.tile}")
        if self.batch < 1:
            raise UserError(f"test_cfg: batch={self.batch} must be at least 1")
        if self.max_memory is not None and self.max_memory <= 0:
            raise UserError(f"test_cfg: max_memory={self.max_memory} GiB must be above 0")


@dataclass
class _Plan:
    """Side of the tiles, samples fused at a time, tiles of each of them at a time."""

    tile: int
    samples: int
    batch: int

    def shrink(self, largest_tile: int) -> bool:
        """Use less memory; whether that was possible."""
        if self.samples * self.batch > 1:
            self.samples = self.batch = 1
        elif self.tile > SMALLEST_TILE:
            self.tile = max(min(self.tile // 2, largest_tile), SMALLEST_TILE)
        else:
            return False
        return True


def fuse_image(
    fuse: FuseSamples,
    img_a: Tensor,
    img_b: Tensor,
    config: TilingConfig,
    multiple: int,
    pixel_bytes: int,
    fuse_in_tiles: FuseInTiles | None = None,
) -> Tensor:
    """Fuse images whole or in tiles, with less at a time and in smaller tiles where memory runs out.

    Whether an image is fused whole does not depend on the others of its batch. Networks that can take an image in
    tiles themselves, with the result of the whole, do so; of others the results of overlapping tiles are blended.

    Args:
        fuse (Callable): Fuses (k * n, C_a, h, w) and (k * n, C_b, h, w), k tiles of the n samples that the slice
            selects, the samples of a tile together, to (k * n, C, h, w).
        img_a (Tensor): Source A, (N, C_a, H, W).
        img_b (Tensor): Source B, (N, C_b, H, W).
        config (TilingConfig): Mode and sizes.
        multiple (int): What the network pads heights and widths to; tiles start at its multiples.
        pixel_bytes (int): Memory that the network takes per pixel.
        fuse_in_tiles (Callable, optional): Fuses the samples that the slice selects in tiles of the given side.
            Default: None, tiles are blended.

    Returns:
        Tensor: (N, C, H, W).
    """
    samples, _, height, width = img_a.shape
    if config.mode == "whole":
        return fuse(img_a, img_b, slice(0, samples))
    plan = _Plan(config.tile, samples, config.batch)
    if config.mode == "auto":
        plan = _plan(img_a, config, multiple, pixel_bytes)

    def fuse_part(part: slice) -> Tensor:
        if fuse_in_tiles is not None and max(height, width) > plan.tile:
            return fuse_in_tiles(img_a[part], img_b[part], part, plan.tile)
        overlap = min(config.overlap, plan.tile // 2)
        return fuse_tiled(
            lambda a, b: fuse(a, b, part), img_a[part], img_b[part], plan.tile, overlap, plan.batch, multiple
        )

    while True:
        starts = range(0, samples, plan.samples)
        try:
            parts = [fuse_part(slice(first, first + plan.samples)) for first in starts]
            # Of one there is no copy, which would be as large as the image.
            return parts[0] if len(parts) == 1 else torch.cat(parts)
        except RuntimeError as error:
            if not is_out_of_memory(error) or not plan.shrink(config.tile):
                raise
        # Outside of the handler: the traceback holds on to the maps that filled the memory.
        if img_a.device.type == "cuda":
            torch.cuda.empty_cache()
        print_log(
            f"out of memory on {samples} images of {width}x{height}; going on with {plan.samples} at a time, "
            f"tiles of {plan.tile}",
            "current",
        )


def _plan(img_a: Tensor, config: TilingConfig, multiple: int, pixel_bytes: int) -> _Plan:
    """The choice of 'auto' for images of this size."""
    samples, _, height, width = img_a.shape
    memory = 0.8 * free_memory(img_a.device)
    limit = config.max_memory or (CPU_MEMORY if img_a.device.type == "cpu" else None)
    if limit is not None:
        memory = min(memory, limit * GIBIBYTE)
    pixels = memory / pixel_bytes
    whole = math.prod(-(-length // multiple) * multiple for length in (height, width))
    if whole <= pixels:
        return _Plan(max(height, width), max(min(samples, int(pixels // whole)), 1), 1)
    tile = config.tile
    while tile // 2 >= SMALLEST_TILE and tile**2 > pixels:
        tile //= 2
    if tile < config.tile:
        print_log(
            f"{memory / GIBIBYTE:.1f} GiB for {width}x{height}: tiles of {tile} instead of {config.tile}",
            "current",
        )
    at_once = max(int(pixels // tile**2), 1)
    at_a_time = min(samples, at_once)
    return _Plan(tile, at_a_time, max(min(config.batch, at_once // at_a_time), 1))


def fuse_tiled(
    fuse: Fuse, img_a: Tensor, img_b: Tensor, tile: int, overlap: int, batch: int = 1, multiple: int = 64
) -> Tensor:
    """Fuse images in overlapping tiles that are blended linearly.

    Tiles start at multiples of what the network pads to, so that the windows of the attention lie as they do in
    the whole image. Channel attention sees its tile only.

    Args:
        fuse (Callable): As for :func:`fuse_image`, of all samples given.
        img_a (Tensor): Source A, (N, C_a, H, W).
        img_b (Tensor): Source B, (N, C_b, H, W).
        tile (int): Side of a tile.
        overlap (int): Pixels that neighbours share at least.
        batch (int): Tiles at a time. Default: 1.
        multiple (int): What tiles start at multiples of. Default: 64.

    Returns:
        Tensor: (N, C, H, W).
    """
    height, width = img_a.shape[-2:]
    rows = list(axis_tiles(height, tile, overlap, multiple))
    columns = list(axis_tiles(width, tile, overlap, multiple))
    if len(rows) == len(columns) == 1:
        return fuse(img_a, img_b)
    out = None
    for group in groups_of_equal_size([(row, column) for row in rows for column in columns], batch):
        pieces = [
            torch.cat([image[..., row.slice, column.slice] for row, column in group])
            for image in (img_a, img_b)
        ]
        fused = fuse(*pieces)
        if out is None:
            out = fused.new_zeros(img_a.shape[0], fused.shape[1], height, width)
        for (row, column), piece in zip(group, fused.split(img_a.shape[0])):
            weight = torch.from_numpy(np.outer(row.weight, column.weight)).to(piece)
            out[..., row.slice, column.slice] += piece * weight
    return out


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether an error says that memory could not be had, on a GPU or on the CPU."""
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)


def free_memory(device: torch.device) -> int:
    """Bytes that can still be had on a device."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else free_memory_of_cpu()
