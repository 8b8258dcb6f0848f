"""Frames of two cameras made pairs of pictures."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

import cv2
import numpy as np

from ..images.image_io import arrange_channels
from ..images.thermal import is_raw, scale_thermal
from ..images.value_range import percentile_range, to_full_range
from ..inference.pair_reader import as_picture
from ..registration.pair_aligner import PairAligner
from .steady_brightness import Glimpse, SteadyRange, glimpse
from .video_options import VideoOptions
from .video_reader import Frame

#: Frames from which registration is found.
_FIRST_FRAMES = 6

Pair = tuple[np.ndarray, np.ndarray]


class PreparedPair(NamedTuple):
    """A pair as an inferencer takes it.

    Args:
        place (int): Number of the frame in the result.
        seconds (float): Its time.
        img_a (np.ndarray): (H, W, 3) uint8 RGB, or float32 in [0, 1].
        img_b (np.ndarray): (H, W, 1), likewise.
        seen (Glimpse, optional): What the sources show from afar; None if brightness is not smoothed.
    """

    place: int
    seconds: float
    img_a: np.ndarray
    img_b: np.ndarray
    seen: Glimpse | None


class PairPreparer:
    """Makes matched frames pairs of equal size, as the options say.

    Args:
        options (VideoOptions): Range, polarity, registration.
        name (str): Of both videos, for messages.

    Raises:
        UserError: If the calibration cannot be read.
    """

    def __init__(self, options: VideoOptions, name: str) -> None:
        self.options, self.name = options.sources, name
        self.notes: list[str] = []
        self._is_steady = options.steady > 0
        self._aligner = PairAligner(options.sources)
        self._range = SteadyRange(options.steady) if self._is_steady else None

    def __call__(self, frames: Iterable[tuple[int, tuple[Frame, Frame]]]) -> Iterator[PreparedPair]:
        """Prepare pairs.

        Args:
            frames (Iterable): Place in the result, and the frames of A and B.

        Raises:
            ImageReadError: If sizes differ, or registration finds nothing.
        """
        pairs = (
            (place, frame_a.seconds, self._values(frame_a, frame_b)) for place, (frame_a, frame_b) in frames
        )
        first = list(islice(pairs, _FIRST_FRAMES)) if self._aligner.is_registering else []
        matrix = self._aligner.find([_levels(pair) for _, _, pair in first], self.name) if first else None
        for index, (place, seconds, values) in enumerate(chain(first, pairs)):
            pair = self._aligner.apply(values, matrix, self.name)
            if index == 0:
                self._look_at(_levels(pair))
            img_a, img_b = (image if image.dtype == np.uint8 else as_picture(image) for image in pair)
            seen = glimpse(img_a, img_b) if self._is_steady else None
            yield PreparedPair(place, seconds, img_a, img_b, seen)

    def _values(self, frame_a: Frame, frame_b: Frame) -> Pair:
        """(H, W, 3) and (H, W, 1) in [0, 255]; 8 bits stay 8 bits, as most frames have them."""
        img_a, img_b, limits = frame_a.pixels, frame_b.pixels, None
        if img_a.dtype != np.uint8:
            img_a = to_full_range(img_a, self.name)
        img_a = arrange_channels(img_a, 3)
        if img_b.dtype == np.uint8 and self.options.ir_range is None:
            gray = img_b if img_b.ndim == 2 else cv2.cvtColor(img_b, cv2.COLOR_RGB2GRAY)
            return img_a, (255 - gray if self.options.is_black_hot else gray)[:, :, None]
        if is_raw(img_b) and self._range is not None:
            limits = self._range(*percentile_range(img_b), frame_b.seconds)
        return img_a, scale_thermal(img_b, self.options, self.name, limits)

    def _look_at(self, pair: Pair) -> None:
        shift = self._aligner.misalignment(pair)
        if shift is not None:
            self.notes.append(
                f"the first frame of source B lies {shift}, seen from source A: --register it, or calibrate the "
                "cameras and give --calibration"
            )


def _levels(pair: tuple) -> tuple:
    return tuple(image.astype(np.float32) for image in pair)
