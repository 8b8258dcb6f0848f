"""The newest frames of cameras and streams."""

import threading
import time
from collections import deque
from typing import NamedTuple

import numpy as np

from . import video_capture
from .video_capture import VideoCapture, VideoReadError

#: How many of the last frames are kept, to find the one nearest in time.
_KEPT = 6
#: Seconds between two attempts to open a lost source again.
_PAUSE = 0.5
#: Share of the time between two frames in which one is read that waited in a buffer.
_BUFFERED = 0.1
#: Seconds of video that may wait in a buffer at the beginning.
_LONGEST_BUFFER = 5.0


class Frame(NamedTuple):
    """A frame of a video.

    Args:
        pixels (np.ndarray): (H, W, 3) uint8 RGB, or (H, W) uint16 of a thermal camera.
        seconds (float): Since the first frame of a file, or of the computer's clock for a live source.
    """

    pixels: np.ndarray
    seconds: float


class LiveFrames:
    """Reads a camera or a stream in a thread of its own, so that the newest frame is always at hand."""

    def __init__(self, capture: VideoCapture, fps: float, reconnect: float = 0.0) -> None:
        self.name = capture.name
        #: How often the source was lost and came back.
        self.reconnections = 0
        self._capture, self._size, self._reconnect = capture, capture.size, reconnect
        self._interval = 1 / fps
        self._frames: deque[Frame] = deque(maxlen=_KEPT)
        self._changed = threading.Condition()
        self._is_closed = threading.Event()
        self._reason: str | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._started = self._last_sign = time.monotonic()

    def start(self) -> None:
        """Begin to read; a second call does nothing."""
        if self._thread.ident is None:
            self._started = self._last_sign = time.monotonic()
            self._thread.start()

    @property
    def lost(self) -> str | None:
        """Why no frame will come any more; None while frames may come, and if the reader was closed."""
        return self._reason

    @property
    def silence(self) -> float:
        """Seconds since the last frame, or since the start."""
        with self._changed:
            return time.monotonic() - (self._frames[-1].seconds if self._frames else self._started)

    def after(self, seconds: float) -> Frame | None:
        """The newest frame that came after a time; waits for it.

        Returns:
            Frame | None: None if the source is lost or closed.
        """
        self.start()
        with self._changed:
            while not (self._frames and self._frames[-1].seconds > seconds):
                if self._reason is not None or self._is_closed.is_set():
                    return None
                self._changed.wait(0.2)
                self._give_up_on_a_hanging_source()
            return self._frames[-1]

    def nearest(self, seconds: float) -> Frame | None:
        """The frame nearest to a time among the newest; None if there is none within two intervals and a second."""
        with self._changed:
            frames = list(self._frames)
        if not frames:
            return None
        nearest = min(frames, key=lambda frame: abs(frame.seconds - seconds))
        interval = (frames[-1].seconds - frames[0].seconds) / max(len(frames) - 1, 1)
        return nearest if abs(nearest.seconds - seconds) <= 1 + 2 * interval else None

    def close(self) -> None:
        """Stop reading and let go of the source."""
        self._is_closed.set()
        with self._changed:
            self._changed.notify_all()
        self._capture.close()

    def _run(self) -> None:
        while True:
            reason = self._read_to_the_end()
            if self._is_closed.is_set():
                return
            if not self._open_again():
                break
        with self._changed:
            self._reason = self._reason or reason
            self._changed.notify_all()

    def _read_to_the_end(self) -> str:
        """Read until there is nothing more, and say why."""
        is_buffered, buffered = self._capture.is_stream, 0.0
        while not self._is_closed.is_set():
            asked = time.monotonic()
            pixels = self._capture.read()
            self._last_sign = now = time.monotonic()
            if pixels is None:
                if self._capture.error:
                    return f"it cannot be decoded ({self._capture.error})"
                stalled = now - asked > 0.9 * video_capture.PATIENCE
                return f"it sent no image for {now - asked:.0f} s" if stalled else "it ended"
            # While a stream was opened its first frames waited in a buffer: they are older than they seem.
            buffered += self._interval
            is_buffered &= now - asked < _BUFFERED * self._interval and buffered < _LONGEST_BUFFER
            if is_buffered:
                continue
            with self._changed:
                self._frames.append(Frame(pixels, now))
                self._changed.notify_all()
        return "it was closed"

    def _open_again(self) -> bool:
        deadline = time.monotonic() + self._reconnect
        while time.monotonic() < deadline and not self._is_closed.wait(_PAUSE):
            self._last_sign = time.monotonic()
            try:
                capture = VideoCapture(self.name)
            except VideoReadError:
                continue
            if capture.size == self._size:
                self._capture.close()
                self._capture = capture
                self.reconnections += 1
                return True
            capture.close()
        return False

    def _give_up_on_a_hanging_source(self) -> None:
        """Some drivers never return from a read."""
        silence = time.monotonic() - self._last_sign
        if silence > 2 * video_capture.PATIENCE:
            self._reason = f"it sent no image for {silence:.0f} s"
