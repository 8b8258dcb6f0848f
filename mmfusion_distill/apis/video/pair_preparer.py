"""Frames of two cameras made pairs of pictures."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

import numpy as np

from ...io.pair_aligner import PairAligner
from ...io.pair_reader import as_picture
from ...io.source_reading import source_a, source_b
from ...io.stored_image import StoredImage
from ...io.value_range import is_raw, percentile_range
from ...io.video_reader import Frame
from .steady_brightness import SteadyRange
from .video_options import VideoOptions

#: Frames from which registration is found.
_FIRST_FRAMES = 6

Pair = tuple[np.ndarray, np.ndarray]


class PairPreparer:
    """Makes matched frames pairs of equal size, as the options say.

    Args:
        options (VideoOptions): Range, polarity, registration.
        name (str): Of both videos, for messages.
        fps (float): Frames per second.

    Raises:
        UserError: If the calibration cannot be read.
    """

    def __init__(self, options: VideoOptions, name: str, fps: float) -> None:
        self.options, self.name = options.sources, name
        self.notes: list[str] = []
        self._aligner = PairAligner(options.sources)
        self._range = SteadyRange(options.steady * fps) if options.steady else None

    def __call__(self, frames: Iterable[tuple[Frame, Frame]]) -> Iterator[Pair]:
        """Pairs (H, W, 3) and (H, W, 1), as an inferencer takes them.

        Raises:
            ImageReadError: If sizes differ, or registration finds nothing.
        """
        pairs = (self._values(*pair) for pair in frames)
        first = list(islice(pairs, _FIRST_FRAMES)) if self._aligner.is_registering else []
        matrix = self._aligner.find(first, self.name) if first else None
        for index, pair in enumerate(chain(first, pairs)):
            pair = self._aligner.apply(pair, matrix, self.name)
            if index == 0:
                self._look_at(pair)
            yield tuple(as_picture(image) for image in pair)

    def _values(self, frame_a: Frame, frame_b: Frame) -> Pair:
        pixels, limits = frame_b.pixels, None
        if is_raw(pixels) and self._range is not None:
            limits = self._range(*percentile_range(pixels))
        img_a = source_a(StoredImage(self.name, frame_a.pixels), self.options, 3).pixels
        return img_a, source_b(StoredImage(self.name, pixels), self.options, limits).pixels

    def _look_at(self, pair: Pair) -> None:
        shift = self._aligner.misalignment(pair)
        if shift is not None:
            self.notes.append(
                f"the first frame of source B lies {shift}, seen from source A: --register it, or calibrate the "
                "cameras and give --calibration"
            )
