"""Inference of images that are too large to fuse whole."""

import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from mmengine.logging import print_log
from torch import Tensor

from ..tiles import axis_tiles, groups_of_equal_size

MODES = ("auto", "whole", "tile")
SMALLEST_TILE = 128
GIBIBYTE = 2**30

Fuse = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class TilingConfig:
    """How images are fused, the `test_cfg` of :class:`ImageFusor`.

    Args:
        mode (str): 'whole'; 'tile'; or 'auto', whole if the memory allows and else in tiles. Default: 'auto'.
        tile (int): Side of a tile in pixels. Default: 512.
        overlap (int): Pixels that neighbouring tiles share at least, and over which they are blended.
            Default: 128.
        batch (int): Tiles that are fused at a time. Default: 1.
        max_memory (float): GiB that 'auto' may use for feature maps; less is used when less is free.
            Default: 3.

    Raises:
        ValueError: If a value is out of range.
    """

    mode: str = "auto"
    tile: int = 512
    overlap: int = 128
    batch: int = 1
    max_memory: float = 3.0

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"test_cfg: mode '{self.mode}' is none of {', '.join(MODES)}")
        if self.tile < SMALLEST_TILE:
            raise ValueError(f"test_cfg: tile={self.tile} must be at least {SMALLEST_TILE} pixels")
        if not 0 <= self.overlap < self.tile:
            raise ValueError(f"test_cfg: overlap={self.overlap} must be from 0 to below tile={self.tile}")
        if self.batch < 1:
            raise ValueError(f"test_cfg: batch={self.batch} must be at least 1")
        if self.max_memory <= 0:
            raise ValueError(f"test_cfg: max_memory={self.max_memory} GiB must be above 0")


def fuse_image(
    fuse: Fuse, img_a: Tensor, img_b: Tensor, config: TilingConfig, multiple: int, pixel_bytes: int
) -> Tensor:
    """Fuse images whole or in tiles, and in smaller tiles where memory runs out.

    Args:
        fuse (Callable): Fuses (k * N, C_a, h, w) and (k * N, C_b, h, w), k tiles of N samples, the samples of a
            tile together, to (k * N, C, h, w).
        img_a (Tensor): Source A, (N, C_a, H, W).
        img_b (Tensor): Source B, (N, C_b, H, W).
        config (TilingConfig): Mode and sizes.
        multiple (int): What the network pads heights and widths to; tiles start at its multiples.
        pixel_bytes (int): Memory that the network takes per pixel.

    Returns:
        Tensor: (N, C, H, W).
    """
    samples, _, height, width = img_a.shape
    tile = config.tile
    if config.mode == "whole":
        return fuse(img_a, img_b)
    if config.mode == "auto":
        memory = min(config.max_memory * GIBIBYTE, 0.8 * free_memory(img_a.device))
        padded = [-(-length // multiple) * multiple for length in (height, width)]
        if samples * padded[0] * padded[1] * pixel_bytes <= memory:
            tile = max(height, width)
        else:
            while tile // 2 >= SMALLEST_TILE and config.batch * samples * tile**2 * pixel_bytes > memory:
                tile //= 2
    while True:
        overlap = min(config.overlap, tile // 2)
        try:
            return fuse_tiled(fuse, img_a, img_b, tile, overlap, config.batch, multiple)
        except RuntimeError as error:
            if not is_out_of_memory(error) or tile <= SMALLEST_TILE:
                raise
        # Outside of the handler: the traceback holds on to the maps that filled the memory.
        if img_a.device.type == "cuda":
            torch.cuda.empty_cache()
        tile = max(min(tile // 2, config.tile), SMALLEST_TILE)
        print_log(f"out of memory on {width}x{height}; going on in tiles of {tile}", "current")


def fuse_tiled(
    fuse: Fuse, img_a: Tensor, img_b: Tensor, tile: int, overlap: int, batch: int = 1, multiple: int = 64
) -> Tensor:
    """Fuse images in overlapping tiles that are blended linearly.

    Tiles start at multiples of what the network pads to, so that the windows of the attention lie as they do in
    the whole image. Channel attention sees its tile only.

    Args:
        fuse (Callable): As for :func:`fuse_image`.
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
    """Bytes that can still be had on a device; on the CPU also as limits of process and container allow."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    free = [_meminfo().get("MemAvailable", 4 * GIBIBYTE)]
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        free.append(limit - pages * resource.getpagesize())
    container = Path("/sys/fs/cgroup")
    try:
        most = (container / "memory.max").read_text().strip()
        if most != "max":
            free.append(int(most) - int((container / "memory.current").read_text()))
    except OSError:
        pass  # no control group: nothing more to respect
    return max(min(free), 0)


def _meminfo() -> dict[str, int]:
    """/proc/meminfo in bytes; empty where there is none."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return {}
    return {line.split(":")[0]: 1024 * int(line.split()[1]) for line in lines}
