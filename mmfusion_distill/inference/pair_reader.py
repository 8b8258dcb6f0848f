"""Reading pairs as the options say: range, polarity, slices, registration."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from ..images.image_header import read_header
from ..images.image_io import arrange_channels, read_pixels
from ..images.image_source import PictureSource, describe, is_path
from ..images.pairing import shorten
from ..images.radiometric_jpeg import can_read_radiometric, is_radiometric
from ..images.source_options import SourceOptions
from ..images.thermal import read_thermal
from ..images.value_range import to_full_range
from ..registration.pair_aligner import PairAligner
from ..system.regular_file import read_regular_file

_MISALIGNED = (
    "{count} pairs are not registered: {names}, seen from source A; --register them, or calibrate the cameras and "
    "give --calibration"
)
_COLOURS = (
    "{count} pictures of source B hold temperatures but were read as they are shown, colours and all: {names}; "
    "pip install 'mmfusion_distill[thermal]' reads them"
)
_DEGREES = (
    "{count} radiometric JPEGs were read as temperatures, stretched between the percentiles 0.1 and 99.9 of each: "
    "{names}"
)
#: The sentence about pictures of 16 bits.
STRETCHED = (
    "{count} pictures of source B have 16 bits and were stretched between the percentiles 0.1 and 99.9 of each: "
    "{names}"
)
#: What was noted of pairs: names, by the sentence about them.
Noted = Mapping[str, Sequence[str]]


class PairReader:
    """Reads pairs as the options say, and notes what a user should know about them. Works in several threads.

    Args:
        options (SourceOptions): Default: as they are stored, of equal size.

    Raises:
        UserError: If the calibration cannot be read.
    """

    def __init__(self, options: SourceOptions | None = None) -> None:
        self.options = options or SourceOptions()
        self.aligner = PairAligner(self.options)
        self._noted: dict[str, list[str]] = defaultdict(list)
        self._lock = Lock()

    def __call__(self, img_a: PictureSource, img_b: PictureSource) -> tuple[np.ndarray, np.ndarray]:
        """Read a pair.

        Args:
            img_a (PictureSource): Source A.
            img_b (PictureSource): Source B.

        Returns:
            tuple[np.ndarray, np.ndarray]: (H, W, 1 or 3) and (H, W, 1), RGB: uint8 where that loses nothing, else
            float32 in [0, 1].

        Raises:
            ImageReadError: If a source cannot be used, sizes differ, or they cannot be registered.
        """
        pixels = read_pixels(img_a, self.options.slice_index)
        pair = (
            arrange_channels(to_full_range(pixels, describe(img_a)), None),
            read_thermal(img_b, self.options),
        )
        name = f"{describe(img_a)} and {describe(img_b)}"
        pair = self.aligner.apply(pair, self.aligner.find([pair], name), name)
        self._look_at(pair, img_b)
        return tuple(as_picture(image) for image in pair)

    @property
    def noted(self) -> Noted:
        """What a user should know about the pairs that were read, for :func:`write_notes`."""
        return dict(self._noted)

    def notes(self) -> list[str]:
        """A sentence for each kind of thing that a user should know about the pairs that were read."""
        return write_notes([self._noted])

    def _look_at(self, pair: tuple[np.ndarray, np.ndarray], img_b: PictureSource) -> None:
        shift = self.aligner.misalignment(pair)
        name = Path(img_b).name if is_path(img_b) else describe(img_b)
        with self._lock:
            if shift is not None:
                self._noted[_MISALIGNED].append(f"{name} lies {shift}")
            if is_path(img_b) and self.options.ir_range is None:
                self._look_at_file(Path(img_b), name)

    def _look_at_file(self, path: Path, name: str) -> None:
        if path.suffix.lower() in (".jpg", ".jpeg"):
            if is_radiometric(read_regular_file(path)):
                self._noted[_DEGREES if can_read_radiometric() else _COLOURS].append(name)
        elif has_16_bits(path):
            self._noted[STRETCHED].append(name)


def write_notes(noted: Iterable[Noted]) -> list[str]:
    """Sentences about what was noted by one reader or several.

    Args:
        noted (Iterable[Noted]): Of each reader.

    Returns:
        list[str]: In an order that does not depend on which pair was read first.
    """
    names: dict[str, list[str]] = defaultdict(list)
    for one in noted:
        for sentence, found in one.items():
            names[sentence] += found
    return [
        sentence.format(count=len(names[sentence]), names=shorten(sorted(names[sentence]), 3))
        for sentence in (_MISALIGNED, _COLOURS, _DEGREES, STRETCHED)
        if names[sentence]
    ]


def has_16_bits(path: Path) -> bool:
    """Whether a file is a picture of 16 bits; one that is gone is none."""
    if path.suffix.lower() not in (".png", ".tif", ".tiff"):
        return False
    try:
        header = read_header(read_regular_file(path))
    except OSError:
        return False
    return header is not None and header.bits == 16


def as_picture(image: np.ndarray) -> np.ndarray:
    """A picture in [0, 255] as inferencers take it: uint8 where that loses nothing, else float32 in [0, 1]."""
    whole = image.astype(np.uint8)
    return whole if (whole == image).all() else (image / np.float32(255)).clip(0, 1)
