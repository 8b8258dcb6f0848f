"""When each frame is shown."""

import math
from collections.abc import Iterable, Iterator
from typing import TypeVar

from .video_reader import Frame

Rest = TypeVar("Rest")


class FrameClock:
    """Gives each frame its place in a video of constant rate, so that it is shown at its own time.

    The first frame of a place is taken, those that follow it there are dropped. Places that no frame has fallen on
    show the frame before. A frame is at most half an interval of the result from its own time.

    Args:
        fps (float): Frames per second of the result.
        most (int, optional): Number of places; what lies behind them is dropped. Default: None, any number.
    """

    def __init__(self, fps: float, most: int | None = None) -> None:
        #: Frames per second; containers hold thousandths of it.
        self.fps = round(fps, 3)
        #: Time of the first frame; None before it.
        self.start: float | None = None
        #: How many places there are up to the end of the last frame.
        self.end = 0
        self._most = most

    def place(self, seconds: float) -> int:
        """Place in the result of a time."""
        return math.floor((seconds - (self.start or 0.0)) * self.fps + 0.5)

    def __call__(self, pairs: Iterable[tuple[Frame, Frame]]) -> Iterator[tuple[int, tuple[Frame, Frame]]]:
        """Pairs that are shown, each with its place; the time of a pair is that of A."""
        last, place, interval = 0.0, -1, 1 / self.fps
        for pair in pairs:
            seconds = pair[0].seconds
            if self.start is None:
                self.start = last = seconds
            elif seconds > last:
                interval, last = seconds - last, seconds
            this = self.place(seconds)
            if self._most is not None and this >= self._most:
                self.end = self._most
                return
            # The last frame lasts as long as the one before, but no longer than a second.
            end = max(self.place(seconds + min(interval, 1.0)), this + 1)
            self.end = end if self._most is None else min(end, self._most)
            if this > place:
                place = this
                yield place, pair
            if self.end == self._most:
                return
