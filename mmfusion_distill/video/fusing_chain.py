"""Fusing pairs that come one after the other, and showing what comes of them."""

import time
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import cv2
import numpy as np

from ..inference.pair_fuser import PairFuser, for_many
from ..system.memory import keep_host_memory
from ..system.progress import progress_bar
from ..system.work_ahead import map_ahead, read_ahead, read_ahead_or_none
from ..user_errors import UserFileError
from .matching import FrameClock
from .pair_preparer import PreparedPair
from .steady_brightness import SteadyBrightness
from .video_options import VideoOptions
from .video_writer import FilmWriter

_NAME = "fused (q ends)"


class Window:
    """A window that shows frames until somebody presses q or Esc in it."""

    def __init__(self) -> None:
        self.is_ended = False

    def show(self, picture: np.ndarray | None) -> None:
        """Show a frame and look for a pressed key.

        Args:
            picture (np.ndarray, optional): (H, W, 3) or (H, W) uint8 RGB; None leaves the one that is shown.

        Raises:
            UserFileError: If there is no display.
        """
        try:
            if picture is not None:
                bgr = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
                cv2.imshow(_NAME, bgr)
            self.is_ended = cv2.waitKey(1) & 0xFF in (ord("q"), 27)
        except cv2.error as error:
            raise UserFileError(
                "no window can be shown here (OpenCV without one, or no display): name a target instead of --show"
            ) from error


#: Seconds after which the last frame of live sources is shown on, and seconds that a frame may take to be fused.
_BEAT, _DELAY = 0.5, 5.0


class FusedPair(NamedTuple):
    """A pair and its result, (H, W, 3) or (H, W) uint8 RGB."""

    pair: PreparedPair
    picture: np.ndarray


class FusingChain:
    """Reading, preparing, the network and writing as steps that work at the same time."""

    def __init__(self, inferencer: PairFuser, options: VideoOptions, is_live: bool) -> None:
        # Frames are allocated and freed all the time.
        keep_host_memory()
        self.fused = 0
        self.is_interrupted = False
        self._inferencer, self._text, self._is_live = inferencer, options.text, is_live
        self._steady = SteadyBrightness(options.steady) if options.steady else None
        self._window = Window() if options.show else None

    def run(
        self, pairs: Iterable[PreparedPair], clock: FrameClock, film: FilmWriter | None, expected: int | None
    ) -> None:
        """Fuse pairs until there are no more, or Ctrl-C or the window's q ends it."""
        # What is made ahead of time of a camera is late when it is shown.
        count = 1 if self._is_live else 2
        steps = read_ahead_or_none(
            self._fuse(pairs, count, expected), count, _BEAT if self._is_live else None
        )
        try:
            with progress_bar(total=expected, desc="fusing", unit="frame") as bar:
                for item in steps:
                    self._show(item, clock, film)
                    bar.update((self.fused if film is None else film.writer.frames) - bar.n)
                    if self._window is not None and self._window.is_ended:
                        self.is_interrupted = True
                        return
            if film is not None:
                film.hold(clock.end)
        except KeyboardInterrupt:
            self.is_interrupted = True

    def _fuse(self, pairs: Iterable[PreparedPair], count: int, expected: int | None) -> Iterator[FusedPair]:
        loaded = ((pair, self._inferencer.load(pair.inputs, self._text)) for pair in pairs)
        ready = read_ahead(loaded, count)
        first = next(ready, None)
        if first is None:
            return
        fuser, at_once = self._inferencer, 1
        # Of a camera the next frame comes later: all threads for this one.
        if not self._is_live:
            fuser, at_once = for_many(fuser, first[1], expected)

        def fuse(item: tuple[PreparedPair, Any]) -> FusedPair:
            return FusedPair(item[0], fuser.fuse_loaded([item[1]])[0])

        yield from map_ahead(fuse, chain([first], ready), at_once)

    def _show(self, item: FusedPair | None, clock: FrameClock, film: FilmWriter | None) -> None:
        picture = None
        if item is not None:
            pair, picture = item
            self.fused += 1
            if self._steady is not None and pair.seen is not None:
                picture = self._steady(picture, pair.seen, pair.seconds)
            if film is not None:
                film.show(pair.place, picture)
        elif film is not None and clock.start is not None:
            # Nothing has come from a camera, and time goes on.
            film.hold(clock.place(time.monotonic() - _DELAY))
        if self._window is not None:
            self._window.show(picture)
