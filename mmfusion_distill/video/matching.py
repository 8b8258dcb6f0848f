"""Which frames of two videos belong together, and when each pair is shown."""

import math
from collections.abc import Iterable, Iterator

import numpy as np

from .live_frames import LiveFrames
from .video_options import LAYOUTS
from .video_reader import Frame


def by_time(
    frames_a: Iterable[Frame], frames_b: Iterable[Frame], offset: float = 0.0
) -> Iterator[tuple[Frame, Frame]]:
    """Each frame of A with the one of B that is nearest in time, while B lasts.

    Args:
        frames_a (Iterable[Frame]): In the order of time.
        frames_b (Iterable[Frame]): Likewise.
        offset (float): Seconds B started earlier than A. Default: 0.

    Yields:
        tuple[Frame, Frame]: A and B; frames of B may come twice or never.
    """
    frames_b = iter(frames_b)
    current = next(frames_b, None)
    following = next(frames_b, None) if current is not None else None
    interval = following.seconds - current.seconds if following is not None else 0.0
    for frame_a in frames_a:
        if current is None:
            return
        wanted = frame_a.seconds + offset
        while following is not None and following.seconds - wanted <= wanted - current.seconds:
            interval = following.seconds - current.seconds
            current, following = following, next(frames_b, None)
        # The last frame of B is shown as long as the one before; before its first one there is nothing to fuse.
        if following is None and wanted > current.seconds + interval:
            return
        if wanted >= current.seconds - max(interval, 0.5):
            yield frame_a, current


def live_by_time(
    live_a: LiveFrames, live_b: LiveFrames, offset: float = 0.0
) -> Iterator[tuple[Frame, Frame]]:
    """The newest frame of A with the one of B that is nearest in time, until one of them is lost.

    Args:
        live_a (LiveFrames): Of two cameras or streams.
        live_b (LiveFrames): Likewise.
        offset (float): Seconds by which B shows the same later than A, below 0 earlier. Default: 0.

    Yields:
        tuple[Frame, Frame]: A and B; nothing while B has sent nothing for long.
    """
    live_b.start()
    seconds = float("-inf")
    while (frame_a := live_a.after(seconds)) is not None and live_b.lost is None:
        seconds = frame_a.seconds
        frame_b = live_b.nearest(seconds + offset)
        if frame_b is not None:
            yield frame_a, frame_b


def halves(frames: Iterable[Frame], layout: str) -> Iterator[tuple[Frame, Frame]]:
    """Both sources of a stream that shows them side by side."""
    axis, first = LAYOUTS[layout]
    for frame in frames:
        half = frame.pixels.shape[axis] // 2
        parts = np.split(frame.pixels, (half, 2 * half), axis=axis)[:2]
        yield Frame(parts[first], frame.seconds), Frame(parts[1 - first], frame.seconds)


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
