"""Reading videos: files, cameras, streams."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from ..images.image_source import check_pixels
from .live_frames import Frame, LiveFrames
from .video_capture import VideoCapture, VideoReadError

__all__ = ["Frame", "VideoReadError", "VideoReader"]

#: Frames that tell the rate; how much shorter than the mean their intervals are in a file of variable rate.
_LOOKED_AT, _DENSER = 16, 0.75
_SLOWEST, _FASTEST = 0.1, 240.0
#: What stands for a rate in files of browsers is the unit of their time stamps, a thousandth of a second.
_UNIT = 500.0
#: Seconds, and share of the duration, that a file may lack whose duration is that of its sound too.
_SLACK, _SLACK_SHARE = 1.0, 0.05


class VideoReader:
    """Frames of a file, a camera or a stream; of a live source the newest, as fast as they are asked for.

    Args:
        source (str | Path): A file, a URL, or the index of a camera.
        reconnect (float): Seconds for which a lost live source is opened again and again. Default: 0, not at all.

    Raises:
        VideoReadError: If it cannot be opened.
    """

    def __init__(self, source: str | Path, reconnect: float = 0.0) -> None:
        self.name = str(source)
        self.frames_read = 0
        self._capture = VideoCapture(source)
        self._is_estimated = self._capture.is_count_estimated
        #: Width and height.
        self.size = self._capture.size
        check_pixels(self.name, self.size[1], self.size[0], VideoReadError)
        fps, count = (self._capture.get(name) for name in (cv2.CAP_PROP_FPS, cv2.CAP_PROP_FRAME_COUNT))
        self._stated_fps = fps
        self._has_rate = _SLOWEST < fps < _UNIT
        #: Frames per second; 25 if it does not say.
        self.fps = fps if self._has_rate else 25.0
        has_count = 0 < count < 1e8 and fps > 0 and not self._capture.is_camera
        self._promised = count / fps if has_count else None
        #: How many frames it says it has, an estimate for MKV and WebM; None if it does not say.
        self.total = (
            (round(self._promised * self.fps) if self._is_estimated else int(count)) if has_count else None
        )
        #: Whether frames come whether or not they are asked for.
        self.is_live = self._capture.is_camera or (self._capture.is_stream and self.total is None)
        #: The frames of a live source.
        self.live = LiveFrames(self._capture, self.fps, reconnect) if self.is_live else None
        self._is_at_end = False
        #: Most seconds between two frames that were read.
        self.longest_interval = 1 / self.fps
        self._start, self._end = 0.0, 0.0

    def __iter__(self) -> Iterator[Frame]:
        return self._newest(self.live) if self.live is not None else self._all()

    def close(self) -> None:
        """Let go of the file or the camera, once a frame that another thread reads is there; none is read after."""
        (self.live or self._capture).close()

    def rate(self) -> float:
        """Frames per second that show every frame of a file of variable rate, judged by its first frames.

        What such a file says of itself is a mean, in which its pauses count too.
        """
        if self.live is not None:
            return self.fps
        capture = VideoCapture(self.name)
        try:
            intervals = np.diff(capture.times(_LOOKED_AT))
        finally:
            capture.close()
        # Stamps are rounded to milliseconds, so the mean of the usual intervals is better than their median.
        usual = intervals[intervals <= 1.5 * np.median(intervals)] if len(intervals) else intervals
        interval = float(usual.mean()) if len(usual) else 0.0
        if interval <= 0 or (self._has_rate and interval >= _DENSER / self.fps):
            return self.fps
        return float(np.clip(1 / interval, _SLOWEST, _FASTEST))

    @property
    def duration(self) -> float | None:
        """Seconds from the first frame to the end of the last: what was read, or else what the file says."""
        if self._is_at_end:
            return self._end
        return None if self._promised is None else self._promised - self._start

    @property
    def doubt(self) -> float:
        """Seconds by which the end that a file promises may be wrong: in MKV and WebM it is that of the sound too."""
        if not self._is_estimated or self._promised is None:
            return 0.0
        return max(_SLACK, _SLACK_SHARE * self._promised)

    def problem(self) -> str | None:
        """A sentence about a file whose end was reached before it should have been."""
        if not self._is_at_end or self._promised is None:
            return None
        if self._capture.error is not None:
            return (
                f"{self.name} cannot be decoded after {self._end:.1f} s ({self._capture.error}): convert it"
            )
        if self._capture.is_whole:
            # What it promises is the length of its sound.
            return None
        promised = self._promised - self._start
        missing = promised - self._end
        if self.frames_read >= self.total - 1 or missing <= self.doubt + 2 * self.longest_interval:
            return None
        read = f"{self.frames_read} of {self.total} frames"
        if self._is_estimated:
            read = f"{self._end:.1f} of {promised:.1f} s"
        return f"{self.name} breaks off after {read}: it is cut off or damaged"

    def _all(self) -> Iterator[Frame]:
        last = first = None
        while (pixels := self._capture.read()) is not None:
            seconds = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if first is None:
                first, self._start = seconds, self._late_start()
            # Some containers know no times.
            seconds -= first
            if last is not None and seconds <= last:
                seconds = last + 1 / self.fps
            interval = 1 / self.fps if last is None else seconds - last
            self.longest_interval = max(self.longest_interval, interval)
            self._end = seconds + 1 / self.fps
            last = seconds
            self.frames_read += 1
            yield Frame(pixels, seconds)
        self._is_at_end = True
        if not self.frames_read:
            raise VideoReadError(f"{self.name} holds no frame that can be read: replace the file")

    def _late_start(self) -> float:
        """Time stamp of the first frame, which the duration of MKV and WebM includes."""
        # OpenCV 4.8 does not tell it.
        name = getattr(cv2, "CAP_PROP_PTS", None)
        if name is None or not self._is_estimated:
            return 0.0
        return max(self._capture.get(name), 0.0) / self._stated_fps if self._stated_fps > 0 else 0.0

    def _newest(self, live: LiveFrames) -> Iterator[Frame]:
        seconds = float("-inf")
        while (frame := live.after(seconds)) is not None:
            seconds = frame.seconds
            self.frames_read += 1
            yield frame
