"""Reading videos: files, cameras, streams."""

import contextlib
import os
import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from ..images.image_source import check_pixels
from ..system.regular_file import check_regular_file
from ..user_errors import UserError

#: How long a camera may say nothing.
_PATIENCE = 10.0
#: OpenCV's name of 16 bits of gray: b"Y1\0\x10".
_Y16 = 0x10003159
#: What FFmpeg may open by itself; a text in the place of a video would else be drawn, letter by letter.
_PROTOCOLS = ("http://", "https://", "rtsp://", "rtmp://", "udp://", "rtp://")


class VideoReadError(UserError):
    """A video that cannot be used; the message names it and says what to do."""


class Frame(NamedTuple):
    """A picture of a video.

    Args:
        pixels (np.ndarray): (H, W, 3) uint8 RGB, or (H, W) uint16 of a thermal camera.
        seconds (float): Since the beginning of a file, or of the computer's clock for a live source.
    """

    pixels: np.ndarray
    seconds: float


class VideoReader:
    """Frames of a file, a camera or a stream; of a live source the newest, as fast as they are asked for.

    Args:
        source (str | Path): A file, a URL, or the index of a camera.

    Raises:
        VideoReadError: If it cannot be opened.
    """

    def __init__(self, source: str | Path) -> None:
        self.name = str(source)
        self.frames_read = 0
        self._is_at_end = False
        _silence()
        is_camera = self.name.isdecimal()
        if is_camera:
            self._capture = cv2.VideoCapture(int(self.name))
        else:
            if not self.name.startswith(_PROTOCOLS):
                _check_file(Path(source))
            self._capture = cv2.VideoCapture(self.name, cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            remedy = "check its index and permissions" if is_camera else "replace the file, or convert it"
            raise VideoReadError(f"{self.name} cannot be read as a video: {remedy}")
        self._in_use = threading.Lock()
        width, height = (
            int(self._get(name)) for name in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
        )
        #: Width and height.
        self.size = (width, height)
        check_pixels(self.name, height, width, VideoReadError)
        if _Y16 in (int(self._get(cv2.CAP_PROP_CODEC_PIXEL_FORMAT)), int(self._get(cv2.CAP_PROP_FOURCC))):
            self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
        fps, count = self._get(cv2.CAP_PROP_FPS), self._get(cv2.CAP_PROP_FRAME_COUNT)
        #: Frames per second; 25 if it does not say.
        self.fps = fps if 0.1 < fps < 1000 else 25.0
        #: How many frames it says it has; None if it does not.
        self.total = int(count) if 0 < count < 1e8 and not is_camera else None
        #: Whether frames come whether or not they are asked for.
        self.is_live = is_camera or (self.name.startswith(_PROTOCOLS) and self.total is None)

    def __iter__(self) -> Iterator[Frame]:
        return self._newest() if self.is_live else self._all()

    def close(self) -> None:
        """Let go of the file or the camera, once a frame that another thread reads is there; none is read after."""
        # FFmpeg crashes if its file is taken away under it. A camera that hangs is left to the end of the process.
        if self._in_use.acquire(timeout=_PATIENCE):
            try:
                self._capture.release()
            finally:
                self._in_use.release()

    def problem(self) -> str | None:
        """A sentence about a file whose end was reached before it should have been."""
        if not self._is_at_end or self.total is None or self.frames_read >= self.total - 1:
            return None
        return f"{self.name} breaks off after {self.frames_read} of {self.total} frames: it is cut off or damaged"

    def _get(self, name: int) -> float:
        with self._in_use:
            return self._capture.get(name)

    def _read(self) -> np.ndarray | None:
        try:
            with self._in_use:
                done, pixels = self._capture.read()
        except cv2.error as error:
            raise VideoReadError(f"{self.name} cannot be decoded ({error.err}): convert it") from error
        if not done or pixels is None:
            return None
        return pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)

    def _all(self) -> Iterator[Frame]:
        last = -1.0
        while (pixels := self._read()) is not None:
            seconds = self._get(cv2.CAP_PROP_POS_MSEC) / 1000
            # Some containers know no times.
            last = seconds if seconds > last else last + 1 / self.fps
            self.frames_read += 1
            yield Frame(pixels, max(last, 0.0))
        self._is_at_end = True
        if not self.frames_read:
            raise VideoReadError(f"{self.name} holds no frame that can be read: replace the file")

    def _newest(self) -> Iterator[Frame]:
        frames: queue.Queue[Frame | None] = queue.Queue(maxsize=2)
        ended = threading.Event()

        def fetch() -> None:
            while not ended.is_set():
                pixels = self._read()
                frame = None if pixels is None else Frame(pixels, time.monotonic())
                if frames.full():
                    # Whoever is late gets the new one.
                    with contextlib.suppress(queue.Empty):
                        frames.get_nowait()
                frames.put(frame)
                if frame is None:
                    return

        threading.Thread(target=fetch, daemon=True).start()
        try:
            while True:
                try:
                    frame = frames.get(timeout=_PATIENCE)
                except queue.Empty:
                    raise VideoReadError(
                        f"{self.name} sent no picture for {_PATIENCE:.0f} s: check the camera"
                    ) from None
                if frame is None:
                    return
                self.frames_read += 1
                yield frame
        finally:
            ended.set()


def _check_file(path: Path) -> None:
    try:
        check_regular_file(path)
        with open(path, "rb") as file:
            start = file.read(4096)
    except (OSError, ValueError) as error:  # a name with a null byte is no OSError
        reason = getattr(error, "strerror", error)
        raise VideoReadError(f"cannot read {path} ({reason}): check the path and its permissions") from error
    if not start:
        raise VideoReadError(f"{path} is empty: replace the file")
    if not set(start) & {*range(9), *range(14, 27)}:
        raise VideoReadError(f"{path} is a text, no video: give a video file")


def _silence() -> None:
    # What is wrong is said in one sentence of ours.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.setLogLevel(0)
