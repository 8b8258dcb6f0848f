"""Real pairs for the ranges of an int8 network and for the quality of an exported one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..images.image_files import PairingError
from ..images.pairing import find_pairs
from ..images.pixels import reflected_index
from ..inference.pair_fuser import PairFuser
from ..registration.pair_reader import PairReader
from ..system.number_range import counted
from .precision import SourcePair

#: Sides of the crops that ranges are taken from: all maps of the network are kept for each.
CROP = 192


def calibration_pairs(
    folder_a: str | Path, folder_b: str | Path, count: int, multiple: int, reader: PairReader | None = None
) -> Iterator[SourcePair]:
    """Crops from the middle of the first pairs of two folders, as an exported network takes them.

    Yields:
        SourcePair: (1, 3, H, W) and (1, 1, H, W), float32 in [0, 1].

    Raises:
        ImageReadError: If an image cannot be used.
        PairingError: If there are fewer pairs than wanted.
    """
    pairs, _ = find_pairs(folder_a, folder_b)
    if len(pairs) < count:
        raise PairingError(
            f"{folder_a} and {folder_b} have {counted(len(pairs), 'pair')}, {count} are wanted"
        )
    reader = reader or PairReader(in_python=True)
    for pair in pairs[:count]:
        images = reader.read(pair.path_a, pair.path_b, channels_a=3)[:2]
        yield tuple(_crop(image, multiple).transpose(2, 0, 1)[None] / np.float32(255) for image in images)


def _crop(image: np.ndarray, multiple: int) -> np.ndarray:
    for axis in (0, 1):
        length = image.shape[axis]
        first = max(length - CROP, 0) // 2
        index = first + reflected_index(min(length, CROP), multiple)
        image = image.take(index, axis=axis)
    return image


@dataclass(frozen=True)
class ExportedQuality:
    """How an exported network does on real pairs, means over them.

    Args:
        psnr (float): Of its 8-bit images to PyTorch's, in dB; equal images count as 99.
        pytorch (float): `balanced_quality` of PyTorch's images.
        exported (float): `balanced_quality` of its own.
    """

    psnr: float
    pytorch: float
    exported: float


def measure_quality(
    pytorch: PairFuser, exported: PairFuser, pairs: list[tuple[np.ndarray, np.ndarray]]
) -> ExportedQuality:
    """Fuse pairs with both and compare.

    Args:
        pytorch (PairFuser): The network that was exported.
        exported (PairFuser): The exported file.
        pairs (list[tuple[np.ndarray, np.ndarray]]): Sources (H, W, 3) and (H, W), uint8.

    Returns:
        ExportedQuality: Means.
    """
    from ..evaluation import compute_metrics

    rows = []
    for img_a, img_b in pairs:
        expected, actual = (fuser.fuse(img_a, img_b) for fuser in (pytorch, exported))
        error = np.mean((expected.astype(np.float64) - actual) ** 2)
        psnr = min(10 * np.log10(255**2 / error), 99.0) if error else 99.0
        scores = [
            compute_metrics(img_a, img_b, fused, ["balanced_quality"])["balanced_quality"]
            for fused in (expected, actual)
        ]
        rows.append((psnr, *scores))
    return ExportedQuality(*(float(mean) for mean in np.mean(rows, axis=0)))
