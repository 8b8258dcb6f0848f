"""Overlapping tiles of large images and the weights they are blended with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class AxisTile:
    """A tile along one axis.

    Args:
        slice (slice): Its pixels.
        weight (np.ndarray): Their weights (length,), float32; over all tiles those of a pixel sum to 1.
    """

    slice: slice
    weight: np.ndarray

    @property
    def length(self) -> int:
        """Pixels."""
        return len(self.weight)


def axis_tiles(length: int, tile: int, overlap: int, multiple: int, unused: int = 0) -> Iterator[AxisTile]:
    """Cut an axis into overlapping tiles; the last may be shorter.

    Args:
        length (int): Pixels of the axis.
        tile (int): Pixels of a tile.
        overlap (int): Pixels that neighbours share at least.
        multiple (int): What tiles start at multiples of.
        unused (int): Pixels at the ends of a tile that its neighbours know better, less than half of `overlap`: their
            weight is 0. Default: 0.

    Yields:
        AxisTile: The tiles from the beginning to the end.
    """
    step = max((tile - overlap) // multiple, 1) * multiple
    if length > tile and step > tile:
        raise ValueError(f"tile={tile} must be at least {multiple}, where the next tile can start")
    count = max(-(-(length - tile) // step), 0) + 1
    slices = [slice(index * step, min(index * step + tile, length)) for index in range(count)]
    ramps = np.zeros((count, length), np.float32)
    for index, part in enumerate(slices):
        ramp = np.ones(part.stop - part.start, np.float32)
        if index:
            shared = slices[index - 1].stop - part.start
            ramp[:shared] = _rise(shared, unused)
        if index + 1 < count:
            shared = part.stop - slices[index + 1].start
            if shared:
                ramp[-shared:] = np.minimum(ramp[-shared:], _rise(shared, unused)[::-1])
        ramps[index, part] = ramp
    ramps /= ramps.sum(axis=0)
    for part, ramp in zip(slices, ramps):
        yield AxisTile(part, ramp[part])


def _rise(length: int, unused: int) -> np.ndarray:
    """Weights that rise linearly, the first and the last of them at 0 and 1."""
    return np.clip((np.arange(length) + 1 - unused) / (length - 2 * unused + 1), 0, 1)


@dataclass(frozen=True)
class InnerPart:
    """The part of a tile along one axis that no other tile has."""

    inner: slice
    outer: slice


def inner_parts(tiles: list[AxisTile]) -> Iterator[InnerPart]:
    """Cut overlapping tiles of an axis in the middle of what neighbours share, at multiples of 64."""
    start = 0
    for tile, following in zip(tiles, [*tiles[1:], None]):
        stop = tile.slice.stop
        if following is not None:
            stop = following.slice.start + (tile.slice.stop - following.slice.start) // 2 // 64 * 64
        yield InnerPart(slice(start, stop), tile.slice)
        start = stop


def blended(
    fuse: Callable[[tuple[slice, slice]], np.ndarray],
    samples: int,
    rows: list[AxisTile],
    columns: list[AxisTile],
) -> Iterator[tuple[tuple[slice, slice], np.ndarray]]:
    """Blend overlapping tiles linearly.

    Args:
        fuse (Callable): Makes a tile, (N, 3, h, w), of its rows and columns.
        samples (int): N.
        rows (list[AxisTile]): Of the image.
        columns (list[AxisTile]): Of the image.

    Yields:
        tuple: Rows and columns of a part that is done, and its result.
    """
    width = columns[-1].slice.stop
    waiting = np.zeros((samples, 3, 0, width), np.float32)
    for index, row in enumerate(rows):
        band = np.zeros((samples, 3, row.length, width), np.float32)
        band[:, :, : waiting.shape[2]] = waiting
        for column in columns:
            fused = fuse((row.slice, column.slice))
            band[..., column.slice] += fused * np.outer(row.weight, column.weight)
        start = row.slice.start
        done = rows[index + 1].slice.start if index + 1 < len(rows) else row.slice.stop
        yield (slice(start, done), slice(0, width)), band[:, :, : done - start]
        waiting = band[:, :, done - start :]


def groups_of_equal_size(
    tiles: list[tuple[AxisTile, AxisTile]], batch: int
) -> Iterator[list[tuple[AxisTile, AxisTile]]]:
    """Batches of tiles: those at the right and the bottom edge may be smaller than the others."""
    by_size: dict[tuple[int, int], list] = {}
    for row, column in tiles:
        by_size.setdefault((row.length, column.length), []).append((row, column))
    for group in by_size.values():
        for first in range(0, len(group), batch):
            yield group[first : first + batch]
