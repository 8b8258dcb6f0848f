"""Large images through an exported network in tiles that know the whole.

The finest levels of a network look only at a neighbourhood. A file has four graphs besides that of the whole
network: statistics of the whole image; down from the sources of a tile to what enters the deep levels; these,
once for the whole image; and up from these to the fused tile.
"""

from collections.abc import Callable, Mapping

import numpy as np

from ..images.pixels import LUMINANCE_WEIGHTS
from ..images.tile_grid import axis_tiles, inner_parts
from .network_file import RunStage

#: Rows and columns of an image.
Part = tuple[slice, slice]
#: Both sources of a part of an image, (N, 1 or 3, h, w) and (N, 1, h, w), float32 in [0, 1].
ReadPart = Callable[[Part], tuple[np.ndarray, np.ndarray]]

#: Keys of the metadata that the graphs are in.
STAGES = {name: f"tiles_{name}" for name in ("measure", "down", "deep", "up")}
#: What enters the deep levels of the encoders.
DEEP_A, DEEP_B = "deep_a", "deep_b"
#: The network's own prior of the whole image; files that were exported before there was a use for it lack it.
OWN_OF_WHOLE = "own_prior_of_whole"
#: Pixels at the ends of a tile that the way down, and the way up and the pyramid of bands, do not know well enough.
TILE_MARGIN, UP_MARGIN = 64, 160

#: Rows that are made gray at a time.
_ROWS = 512

Arrays = dict[str, np.ndarray]


def fuser_of_tiles(
    stages: Mapping[str, RunStage],
    arrays_of: Callable[[np.ndarray, np.ndarray], Arrays],
    read: ReadPart,
    size: tuple[int, int],
    tile: int,
    multiple: int,
    given: Arrays,
) -> Callable[[Part, np.ndarray, np.ndarray], np.ndarray]:
    """Look at a whole image, and give what fuses its tiles.

    Args:
        stages (Mapping[str, RunStage]): By the names of :data:`STAGES`.
        arrays_of (Callable): Makes of the sources of a part what graphs take.
        read (ReadPart): Gives the sources of a part.
        size (tuple[int, int]): Height and width of the image.
        tile (int): Side of the tiles in which it is looked at.
        multiple (int): What tiles start at multiples of, and graphs pad sources to.
        given (dict[str, np.ndarray]): `text_emb` of a guided network, and `prior` where there is one for it.

    Returns:
        Callable: Fuses a part that starts at multiples, given its sources, to (N, 3, h, w). Its :data:`UP_MARGIN`
        pixels at ends that are not those of the image differ a little.
    """
    statistics = _statistics(stages["measure"], read, size)
    entering = _entering(stages["down"], lambda part: arrays_of(*read(part)), size, tile, multiple)
    maps = stages["deep"](dict(entering, statistics=statistics, **given))
    known = dict(statistics=statistics, prior=maps.pop("prior_of_whole"))
    if OWN_OF_WHOLE in maps:
        known[OWN_OF_WHOLE] = maps.pop(OWN_OF_WHOLE)
    padded = _padded(size[0], multiple)

    def fuse(part: Part, img_a: np.ndarray, img_b: np.ndarray) -> np.ndarray:
        cut = {}
        for name, whole in maps.items():
            stride = padded // whole.shape[2]
            rows, columns = (
                slice(axis.start // stride, _padded(axis.stop, multiple) // stride) for axis in part
            )
            cut[name] = np.ascontiguousarray(whole[:, :, rows, columns])
        return stages["up"](dict(arrays_of(img_a, img_b), **known, **cut))["fused"]

    return fuse


def _statistics(measure: RunStage, read: ReadPart, size: tuple[int, int]) -> np.ndarray:
    """Statistics of noise and tones, (N, length), of an image of which few rows are there as floating point."""
    grays: list[np.ndarray] = []
    for top in range(0, size[0], _ROWS):
        rows = slice(top, min(top + _ROWS, size[0]))
        for index, image in enumerate(read((rows, slice(0, size[1])))):
            if len(grays) < 2:
                grays.append(np.empty((len(image), 1, *size), np.float32))
            grays[index][:, :, rows] = _gray(image)
    # One pair after the other, for the maps are as large as the image.
    return np.concatenate([measure(dict(a=a[None], b=b[None]))["statistics"] for a, b in zip(*grays)])


def _gray(image: np.ndarray) -> np.ndarray:
    if image.shape[1] == 1:
        return image
    return sum(weight * image[:, index] for index, weight in enumerate(LUMINANCE_WEIGHTS))[:, None]


def _entering(
    down: RunStage, read: Callable[[Part], Arrays], size: tuple[int, int], tile: int, multiple: int
) -> Arrays:
    """What enters the deep levels, of the whole image."""
    whole: Arrays = {}
    rows, columns = (
        list(inner_parts(list(axis_tiles(length, tile, 2 * TILE_MARGIN, multiple)))) for length in size
    )
    for row in rows:
        for column in columns:
            for name, found in down(read((row.outer, column.outer))).items():
                stride = _padded(row.outer.stop - row.outer.start, multiple) // found.shape[2]
                if name not in whole:
                    sides = (_padded(length, multiple) // stride for length in size)
                    whole[name] = np.empty((*found.shape[:2], *sides), np.float32)
                own = tuple(
                    slice((axis.inner.start - axis.outer.start) // stride, None) for axis in (row, column)
                )
                own_part = found[:, :, own[0], own[1]]
                starts = [axis.inner.start // stride for axis in (row, column)]
                # What the next tile knows better is written over.
                target = whole[name][:, :, starts[0] :, starts[1] :]
                target[:, :, : own_part.shape[2], : own_part.shape[3]] = own_part
    return whole


def _padded(length: int, multiple: int) -> int:
    return -(-length // multiple) * multiple
