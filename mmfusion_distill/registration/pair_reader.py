"""The one way in for pairs: every command and class reads them with this, by the same options."""

import math
import os
from collections import defaultdict
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

import numpy as np

from ..images import source_notes as notes
from ..images.image_io import check_equal_sizes
from ..images.image_source import PictureSource
from ..images.pair_signs import signs_of_pair
from ..images.pixels import in_few_bytes
from ..images.slice_grid import SliceGrid
from ..images.source_notes import Noted, write_notes
from ..images.source_options import SourceOptions
from ..images.source_reading import SourceImage, read_stored_b, source_a, source_b
from ..images.stored_image import StoredImage, check_equal_grids, is_half_placed, read_stored
from .pair_aligner import PairAligner


class SourcePair(NamedTuple):
    """A pair as it is fused.

    Args:
        img_a (np.ndarray): (H, W, 1 or 3) float32 in [0, 255], RGB.
        img_b (np.ndarray): (H, W, 1) float32 in [0, 255], warm things bright, in the view of A.
        missing (np.ndarray, optional): (H, W) bool, where B shows nothing. Default: None, nowhere.
    """

    img_a: np.ndarray
    img_b: np.ndarray
    missing: np.ndarray | None = None


class ReadSource(NamedTuple):
    """A source as it is stored, and as brightness."""

    stored: StoredImage
    image: SourceImage


class PairReader:
    """Reads pairs as the options say, and notes what a user should know about them. Works in several threads.

    Args:
        options (SourceOptions, optional): Default: None, as they are stored, of equal size.
        announce (Callable[[str], None], optional): Called with the first sentence of each kind of note, for those
            who have no report at the end. Default: None.
        looked_at (int, optional): How many pairs are looked at closely, for what is wrong with both together, which
            takes longer than reading. Default: None, all.
        in_python (bool): Speak of options as Python has them, not as arguments of commands. Default: False.

    Raises:
        UserError: If the calibration cannot be read.
    """

    def __init__(
        self,
        options: SourceOptions | None = None,
        announce: Callable[[str], None] | None = None,
        looked_at: int | None = None,
        in_python: bool = False,
    ) -> None:
        self.options = options or SourceOptions()
        self.aligner = PairAligner(self.options)
        self.announce = announce
        self._in_python = in_python
        self._left_to_look_at = math.inf if looked_at is None else looked_at
        self._noted: dict[str, list[str]] = defaultdict(list)
        self._lock = Lock()

    def read(self, img_a: PictureSource, img_b: PictureSource, channels_a: int | None = None) -> SourcePair:
        """Read a pair.

        Args:
            img_a (PictureSource): Source A.
            img_b (PictureSource): Source B.
            channels_a (int, optional): Channels of source A. Default: None, what is stored.

        Raises:
            ImageReadError: If a source cannot be used, sizes differ, or they cannot be registered.
        """
        read_a = self.read_a(img_a, channels_a)
        return self.join(read_a, self.read_b(img_b, read_a.stored.grid))

    def read_a(self, image: PictureSource, channels: int | None = None) -> ReadSource:
        """Read source A alone; see :meth:`read`."""
        stored = read_stored(image, self.options.slice_index)
        return ReadSource(stored, source_a(stored, self.options, channels))

    def read_b(self, image: PictureSource, like: SliceGrid | None = None) -> ReadSource:
        """Read source B, of scans the slice instead of source A (`like`); see :meth:`read`."""
        stored = read_stored_b(image, self.options, like)
        return ReadSource(stored, source_b(stored, self.options))

    def join(self, read_a: ReadSource, read_b: ReadSource) -> SourcePair:
        """Bring both sources of a pair together, and note what is odd about them; see :meth:`read`."""
        name = f"{read_a.stored.name} and {read_b.stored.name}"
        pair = read_a.image.pixels, read_b.image.pixels
        if not self.aligner.is_fitting:
            check_equal_grids(read_a.stored, read_b.stored, with_options=not self._in_python)
        if self._in_python and not self.aligner.is_fitting:
            check_equal_sizes(*pair, read_a.stored.name, read_b.stored.name)
        matrix = self.aligner.find([pair], name)
        sizes = [image.shape[:2] for image in pair]
        pair = self.aligner.apply(pair, matrix, name)
        missing = self.aligner.missing_in_a(read_b.image.missing, matrix, *sizes)
        self._note(read_a, read_b, pair)
        return SourcePair(*pair, missing)

    def __getstate__(self) -> dict:
        # Processes of a data loader have a lock each.
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict) -> None:
        vars(self).update(state)
        self._lock = Lock()

    @property
    def noted(self) -> Noted:
        """Notes for the user about the pairs that were read, for :func:`write_notes`."""
        return dict(self._noted)

    def notes(self) -> list[str]:
        """A sentence for each kind of thing that a user should know about the pairs that were read."""
        return write_notes([self._noted])

    def note_sources(self, read_a: ReadSource, read_b: ReadSource) -> None:
        """Note what is odd about each source of a pair that is not joined."""
        self._keep(
            [
                (sentence, _short(read.stored.name) + more)
                for read in (read_a, read_b)
                for sentence, more in read.image.notes
            ]
        )

    def _note(self, read_a: ReadSource, read_b: ReadSource, pair: tuple[np.ndarray, np.ndarray]) -> None:
        self.note_sources(read_a, read_b)
        name_b, found = _short(read_b.stored.name), []
        if self._left_to_look_at > 0:
            self._left_to_look_at -= 1
            if is_half_placed(read_a.stored, read_b.stored):
                found.append((notes.HALF_PLACED, name_b))
            signs = signs_of_pair(read_a.stored, read_b.stored, *pair)
            found += [(sentence, name_b + more) for sentence, more in signs]
            shift = self.aligner.misalignment(pair)
            if shift is not None:
                found.append((notes.MISALIGNED, f"{name_b} lies {shift}"))
        self._keep(found)

    def _keep(self, found: list[tuple[str, str]]) -> None:
        for sentence, text in found:
            with self._lock:
                is_first = not self._noted[sentence]
                self._noted[sentence].append(text)
            if is_first and self.announce is not None:
                self.announce(write_notes([{sentence: [text]}])[0])


def _short(name: str) -> str:
    """The file of a path."""
    return os.path.basename(name) or name


def as_picture(image: np.ndarray) -> np.ndarray:
    """An image in [0, 255] as inferencers take it: uint8 where that loses nothing, else float32 in [0, 1]."""
    short = in_few_bytes(image)
    return short if short.dtype == np.uint8 else (image / np.float32(255)).clip(0, 1)
