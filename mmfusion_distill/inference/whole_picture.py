"""What exported networks must know of a whole image that they fuse in tiles."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ..images.luminance import LUMINANCE_WEIGHTS

#: Written by `tools/deployment/export_shipped.py`: (1, 1, H, W) of both sources to statistics (1, length).
STATISTICS_FILE = Path(__file__).resolve().parent.parent / "weights" / "pair_statistics.onnx"

#: Rows that are converted at a time.
_ROWS = 512


#: Rows and columns of an image.
Part = tuple[slice, slice]
#: Both sources of a part of an image, (N, 1 or 3, h, w) and (N, 1, h, w), float32 in [0, 1].
ReadPart = Callable[[Part], tuple[np.ndarray, np.ndarray]]


def cut(image: np.ndarray, part: Part) -> np.ndarray:
    """A part of images (..., H, W), as a view."""
    return image[..., part[0], part[1]]


def measure_statistics(read: ReadPart, size: tuple[int, int]) -> np.ndarray:
    """Statistics of noise and tones of a pair that is there in parts, as networks measure them.

    Args:
        read (Callable): Gives the sources of a part.
        size (tuple[int, int]): Height and width of the image.

    Returns:
        np.ndarray: (N, length), float32.
    """
    grays: list[np.ndarray] = []
    for top in range(0, size[0], _ROWS):
        part = slice(top, min(top + _ROWS, size[0]))
        for index, image in enumerate(read((part, slice(0, size[1])))):
            if len(grays) < 2:
                grays.append(np.empty((len(image), 1, *size), np.float32))
            grays[index][:, :, part] = _gray(image)
    return np.concatenate([_session().run(None, dict(a=a[None], b=b[None]))[0] for a, b in zip(*grays)])


class MeasuredTiles:
    """What a network measures in its maps of a whole image, put together of those of tiles."""

    def __init__(self) -> None:
        self._totals: list[np.ndarray] = []
        self._largest: list[np.ndarray] = []
        self._attentions: list[np.ndarray] = []
        self._pixels: list[int] = []

    def add(self, deepest: np.ndarray, attention: np.ndarray | None) -> None:
        """Add a tile.

        Args:
            deepest (np.ndarray): The part of its deepest map that no other tile has, (N, C, h, w).
            attention (np.ndarray, optional): What its layers look at their whole map for, (N, length).
        """
        self._totals.append(deepest.sum(axis=(2, 3), dtype=np.float64))
        self._largest.append(deepest.max(axis=(2, 3)))
        self._pixels.append(deepest.shape[2] * deepest.shape[3])
        if attention is not None:
            self._attentions.append(attention)

    def of_whole(self) -> dict[str, np.ndarray]:
        """The optional inputs of the network that say it, (N, length) each."""
        means = np.sum(self._totals, axis=0) / sum(self._pixels)
        found = dict(pooled=np.concatenate([means, np.max(self._largest, axis=0)], axis=1, dtype=np.float32))
        if self._attentions:
            mean = np.average(self._attentions, axis=0, weights=self._pixels)
            found["attention"] = mean.astype(np.float32)
        return found


def _gray(image: np.ndarray) -> np.ndarray:
    if image.shape[1] == 1:
        return image
    return sum(weight * image[:, index] for index, weight in enumerate(LUMINANCE_WEIGHTS))[:, None]


@lru_cache(maxsize=1)
def _session() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Without threads it may be used in processes that come of this one by a fork.
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(STATISTICS_FILE, options, providers=["CPUExecutionProvider"])
