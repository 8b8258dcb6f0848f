"""Opening files, cameras and streams with OpenCV."""

import os
import re
import threading
from pathlib import Path

import cv2
import numpy as np

from ..images.image_files import DATA_EXTENSIONS, IMAGE_EXTENSIONS
from ..system.regular_file import check_regular_file
from ..user_errors import UserError
from .container_structure import is_whole

#: Seconds that a camera or a stream may send nothing.
PATIENCE = 10.0
#: OpenCV's name of 16 bits of gray: b"Y1\0\x10".
_Y16 = 0x10003159
#: What FFmpeg may open by itself; it would else draw a text instead of a video, letter by letter.
_PROTOCOLS = ("http://", "https://", "rtsp://", "rtmp://", "udp://", "rtp://")
#: Names that stand for many files: frame_%04d.png, *.png.
_NUMBERED = re.compile(r"%0?\d*d|\*")
#: Extensions of images; others may hold moving ones.
_STILL = tuple(sorted(set(IMAGE_EXTENSIONS + DATA_EXTENSIONS) - {".gif", ".webp", ".avif", ".heic", ".heif"}))
#: First bytes of Matroska and WebM.
_MATROSKA = b"\x1aE\xdf\xa3"


class VideoReadError(UserError):
    """A video that cannot be used; the message names it and says what to do."""


class VideoCapture:
    """OpenCV's capture of a file, a camera or a stream, which several threads may use.

    Args:
        source (str | Path): A file, a URL, or the index of a camera.

    Raises:
        VideoReadError: If it cannot be opened.
    """

    def __init__(self, source: str | Path) -> None:
        self.name = str(source)
        #: What an error of OpenCV said that ended the video.
        self.error: str | None = None
        self.is_camera = self.name.isdecimal()
        self.is_stream = self.name.startswith(_PROTOCOLS)
        #: Whether the number of frames is computed from the duration, as these files do not hold it.
        self.is_count_estimated = self.is_stream
        #: Whether the structure of a file says that it is whole; None if it does not tell.
        self.is_whole: bool | None = None
        self._in_use = threading.Lock()
        _silence()
        if self.is_camera:
            self._capture = cv2.VideoCapture(int(self.name))
        elif self.is_stream:
            patience = int(1000 * PATIENCE)
            limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, patience, cv2.CAP_PROP_READ_TIMEOUT_MSEC, patience]
            self._capture = cv2.VideoCapture(self.name, cv2.CAP_FFMPEG, limits)
        else:
            self.is_count_estimated = _first_bytes(Path(source)).startswith(_MATROSKA)
            self.is_whole = is_whole(source)
            # FFmpeg takes what stands before a colon for a protocol, but not behind a slash.
            self._capture = cv2.VideoCapture(os.path.abspath(self.name), cv2.CAP_FFMPEG)
            # Not every build of OpenCV turns the films of phones by itself.
            self._capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        if not self._capture.isOpened():
            raise VideoReadError(f"{self.name} cannot be read as a video: {self._remedy()}")
        if _Y16 in (int(self.get(cv2.CAP_PROP_CODEC_PIXEL_FORMAT)), int(self.get(cv2.CAP_PROP_FOURCC))):
            self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return int(self.get(cv2.CAP_PROP_FRAME_WIDTH)), int(self.get(cv2.CAP_PROP_FRAME_HEIGHT))

    def get(self, name: int) -> float:
        """A property of OpenCV; 0 where it is not known."""
        with self._in_use:
            return self._capture.get(name)

    def read(self) -> np.ndarray | None:
        """The next frame, (H, W, 3) uint8 RGB or (H, W) uint16; None at the end."""
        try:
            with self._in_use:
                done, pixels = self._capture.read()
        except cv2.error as error:
            self.error = error.err or str(error)
            return None
        if not done or pixels is None:
            return None
        return pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)

    def times(self, count: int) -> list[float]:
        """Time stamps in seconds of the next frames of a file, at most so many; 0 where it knows none."""
        stamps: list[float] = []
        with self._in_use:
            while len(stamps) < count and self._capture.grab():
                stamps.append(self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
        return stamps

    def close(self) -> None:
        """Let go of it, once a frame that another thread reads is there."""
        # FFmpeg crashes if its file is taken away under it. A camera that hangs is left to the end of the process.
        if self._in_use.acquire(timeout=PATIENCE):
            try:
                self._capture.release()
            finally:
                self._in_use.release()

    def _remedy(self) -> str:
        if self.is_camera:
            return "check its index and permissions"
        return "check the address and the camera" if self.is_stream else "replace the file, or convert it"


def _first_bytes(path: Path) -> bytes:
    """The first bytes of a file, which has to look like a video."""
    what = "is a folder" if path.is_dir() else ""
    if _NUMBERED.search(path.name) and not path.exists():
        what = "stands for many files"
    elif path.suffix.lower() in _STILL and path.is_file():
        # FFmpeg would show it for one frame, and a thermal camera's file without its temperatures.
        what = "is an image"
    if what:
        folder = path if path.is_dir() else path.parent
        raise VideoReadError(
            f"{path} {what}, no video: fuse images by `mmfusion fuse`, or make a video of them first, which keeps 16 "
            f"bits by ffmpeg -framerate 25 -pattern_type glob -i '{folder}/*.png' -c:v ffv1 {folder.name}.mkv"
        )
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
    return start


def _silence() -> None:
    # What is wrong is said in one sentence of ours.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    # OpenCV 4 has the first one only, OpenCV 5 the second one.
    set_level = getattr(cv2, "setLogLevel", None) or cv2.utils.logging.setLogLevel
    set_level(0)
