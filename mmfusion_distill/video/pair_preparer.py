"""Frames of two cameras made pairs of images."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

import cv2
import numpy as np

from ..images.no_data import fill_smoothly, find_no_data
from ..images.pair_signs import signs_of_pair
from ..images.pixels import arrange_channels
from ..images.source_notes import write_notes
from ..images.source_reading import SourceImage, source_a, source_b
from ..images.stored_image import StoredImage
from ..images.value_range import is_raw, percentile_range
from ..registration.pair_aligner import PairAligner
from ..registration.pair_reader import SourcePair, as_picture
from .steady_brightness import Glimpse, SteadyRange, glimpse
from .video_options import VideoOptions
from .video_reader import Frame

#: Frames from which registration is found.
_FIRST_FRAMES = 6


class PreparedPair(NamedTuple):
    """A pair as an inferencer takes it.

    Args:
        place (int): Number of the frame in the result.
        seconds (float): Its time.
        img_a (np.ndarray): (H, W, 3) uint8 RGB, or float32 in [0, 1].
        img_b (np.ndarray): (H, W, 1), likewise.
        seen (Glimpse, optional): What the sources show from afar; None if brightness is not smoothed.
        read (SourcePair): Both in gray levels, and where B shows nothing.
    """

    place: int
    seconds: float
    img_a: np.ndarray
    img_b: np.ndarray
    seen: Glimpse | None
    read: SourcePair

    @property
    def inputs(self) -> dict:
        """The pair for :meth:`PairFuser.load`."""
        return dict(img_a=self.img_a, img_b=self.img_b, read=self.read)


class PairPreparer:
    """Makes matched frames pairs of equal size, as the options say.

    Raises:
        UserError: If the calibration cannot be read.
    """

    def __init__(self, options: VideoOptions, name: str) -> None:
        self.options, self.name = options.sources, name
        self.notes: list[str] = []
        self._is_steady = options.steady > 0
        self._aligner = PairAligner(options.sources)
        self._range = SteadyRange(options.steady) if self._is_steady else None
        # Of frames of 8 bits: what their first one lacks, the border that a rectification leaves.
        self._border: np.ndarray | None = None

    def __call__(self, frames: Iterable[tuple[int, tuple[Frame, Frame]]]) -> Iterator[PreparedPair]:
        """Prepare pairs.

        Args:
            frames (Iterable): Place in the result, and the frames of A and B.

        Raises:
            ImageReadError: If sizes differ, or registration finds nothing.
        """
        pairs = (
            (place, frame_a.seconds, self._values(index, frame_a, frame_b))
            for index, (place, (frame_a, frame_b)) in enumerate(frames)
        )
        first = list(islice(pairs, _FIRST_FRAMES)) if self._aligner.is_registering else []
        matrix = self._aligner.find([_levels(read) for _, _, read in first], self.name) if first else None
        for index, (place, seconds, read) in enumerate(chain(first, pairs)):
            sizes = [image.shape[:2] for image in read[:2]]
            pair = self._aligner.apply(read[:2], matrix, self.name)
            read = SourcePair(*pair, self._aligner.missing_in_a(read.missing, matrix, *sizes))
            if index == 0:
                self._look_at(_levels(read))
            img_a, img_b = (image if image.dtype == np.uint8 else as_picture(image) for image in pair)
            seen = glimpse(img_a, img_b) if self._is_steady else None
            yield PreparedPair(place, seconds, img_a, img_b, seen, read)

    def _values(self, index: int, frame_a: Frame, frame_b: Frame) -> SourcePair:
        """(H, W, 3) and (H, W, 1) in [0, 255]; 8 bits stay 8 bits, as most frames have them."""
        stored_a, stored_b = (StoredImage(self.name, frame.pixels) for frame in (frame_a, frame_b))
        if index == 0:
            self._look_at_stored(stored_a, stored_b)
        if stored_a.pixels.dtype == np.uint8 and self.options.a_range is None:
            img_a = arrange_channels(stored_a.pixels, 3)
        else:
            img_a = source_a(stored_a, self.options, 3).pixels
        if stored_b.pixels.dtype == np.uint8 and self.options.ir_range is None:
            return SourcePair(img_a, self._of_8_bits(stored_b.pixels), self._border)
        limits = None
        if self._range is not None and self.options.ir_range is None and is_raw(stored_b.pixels):
            missing = find_no_data(stored_b.pixels)
            shown = stored_b.pixels if missing is None else stored_b.pixels[~missing]
            limits = self._range(*percentile_range(shown), frame_b.seconds)
        image = source_b(stored_b, self.options, limits)
        return SourcePair(img_a, image.pixels, image.missing)

    def _of_8_bits(self, frame: np.ndarray) -> np.ndarray:
        gray = frame if frame.ndim == 2 else cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
        if self._border is not None:
            gray = fill_smoothly(gray.astype(np.float32), self._border).astype(np.uint8)
        return (255 - gray if self.options.is_black_hot else gray)[:, :, None]

    def _look_at_stored(self, stored_a: StoredImage, stored_b: StoredImage) -> None:
        """Say of the first frames what is said of images."""
        read: tuple[SourceImage, SourceImage] = (
            source_a(stored_a, self.options),
            source_b(stored_b, self.options),
        )
        if stored_b.pixels.dtype == np.uint8:
            self._border = read[1].missing
        signs = signs_of_pair(stored_a, stored_b, read[0].pixels, read[1].pixels)
        said = {
            sentence: [f"{self.name}{more}"] for sentence, more in (*read[0].notes, *read[1].notes, *signs)
        }
        self.notes += [f"the first frame: {note}" for note in write_notes([said])]

    def _look_at(self, pair: tuple[np.ndarray, np.ndarray]) -> None:
        shift = self._aligner.misalignment(pair)
        if shift is not None:
            self.notes.append(
                f"the first frame of source B lies {shift}, seen from source A: --register it, or calibrate the "
                "cameras and give --calibration"
            )


def _levels(read: SourcePair) -> tuple[np.ndarray, np.ndarray]:
    return read.img_a.astype(np.float32), read.img_b.astype(np.float32)
