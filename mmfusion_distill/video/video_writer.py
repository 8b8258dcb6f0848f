"""Writing videos so that nothing is lost."""

import os
import shutil
from pathlib import Path

import cv2
import numpy as np

from ..system.regular_file import check_writable
from ..user_errors import UserError, UserFileError

#: Encodings that OpenCV's wheels have, by extension.
_ENCODINGS = {".avi": "MJPG", ".mkv": "mp4v", ".mp4": "mp4v", ".webm": "VP80"}
_LEAST_SPACE = 16 * 2**20
_CHECKED_EVERY = 25


class VideoWriter:
    """Writes frames to `NAME.unfinished.avi` beside the target, and renames it when it is finished.

    After a kill that file stays. Of .avi, .mkv and .webm it plays as far as it was written; .mp4 notes at the end
    where its frames are, and cannot be played without.

    Args:
        path (str | Path): Target: .avi (MJPG), .mkv or .mp4 (MPEG-4), .webm (VP8).
        overwrite (bool): Replace files that are there. Default: False.

    Raises:
        UserError: If the extension is another, or there is such a file.
        UserFileError: If nothing can be written there.
    """

    def __init__(self, path: str | Path, overwrite: bool = False) -> None:
        self.path = Path(path)
        self.unfinished = self.path.with_name(f"{self.path.stem}.unfinished{self.path.suffix}")
        self.frames = 0
        self._writer: cv2.VideoWriter | None = None
        if self.path.suffix.lower() not in _ENCODINGS:
            raise UserError(f"cannot write {path}: take {', '.join(_ENCODINGS)}")
        if self.path.is_dir():
            raise UserError(f"{path} is a folder: name a file")
        check_writable(self.path.parent)
        if overwrite:
            return
        if os.path.lexists(self.path):
            raise UserError(f"{path} exists: choose another target, or --overwrite it")
        if os.path.lexists(self.unfinished):
            raise UserError(
                f"{self.unfinished} is what a run that was ended has left: rename it to keep it, or --overwrite it"
            )

    def write(self, picture: np.ndarray, fps: float) -> None:
        """Append a frame.

        Args:
            picture (np.ndarray): (H, W, 3) or (H, W) uint8 RGB, all of one size; of an odd length the last row or
                column is doubled, as the encodings want even ones.
            fps (float): Frames per second, of the first frame.

        Raises:
            UserError: If the size changes.
            UserFileError: If it cannot be written.
        """
        picture = np.ascontiguousarray(picture)
        pixels = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR if picture.ndim == 2 else cv2.COLOR_RGB2BGR)
        height, width = pixels.shape[:2]
        pixels = cv2.copyMakeBorder(pixels, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
        if self._writer is None:
            self._open(pixels.shape[1::-1], fps)
        if pixels.shape[1::-1] != self._size:
            raise UserError(f"{self.path}: frames change in size from {self._size} to {pixels.shape[1::-1]}")
        if self.frames % _CHECKED_EVERY == 0 and shutil.disk_usage(self.path.parent).free < _LEAST_SPACE:
            self.close()
            raise UserFileError(
                f"cannot write {self.path} (the disk is full): the first frames are in {self.unfinished}"
            )
        self._writer.write(pixels)
        self.frames += 1

    def finish(self) -> None:
        """Give the video its name.

        Raises:
            UserFileError: If it was not written whole.
        """
        self.close()
        if not self.frames:
            return
        check = cv2.VideoCapture(os.path.abspath(self.unfinished), cv2.CAP_FFMPEG)
        whole = check.isOpened() and check.get(cv2.CAP_PROP_FRAME_COUNT) > 0
        check.release()
        if not whole:
            raise UserFileError(
                f"cannot write {self.path} (the video is not whole): make room, or choose another target"
            )
        try:
            os.replace(self.unfinished, self.path)
        except OSError as error:
            raise UserFileError(
                f"cannot write {self.path} ({error.strerror}): it is in {self.unfinished}"
            ) from error

    def close(self) -> None:
        """End the file without giving it its name."""
        if self._writer is not None:
            self._writer.release()

    def _open(self, size: tuple[int, int], fps: float) -> None:
        self._size = size
        self.path.parent.mkdir(parents=True, exist_ok=True)
        encoding = cv2.VideoWriter_fourcc(*_ENCODINGS[self.path.suffix.lower()])
        # FFmpeg takes what stands before a colon for a protocol, but not behind a slash.
        name = os.path.abspath(self.unfinished)
        self._writer = cv2.VideoWriter(name, cv2.CAP_FFMPEG, encoding, fps, size)
        if not self._writer.isOpened():
            raise UserFileError(
                f"cannot write {self.path} (OpenCV cannot open it): choose another target or extension"
            )


class FilmWriter:
    """Writes frames at their places of a video of constant rate; between them the last one stays."""

    def __init__(self, writer: VideoWriter, fps: float) -> None:
        self.writer, self.fps = writer, fps
        self._last: np.ndarray | None = None

    def show(self, place: int, picture: np.ndarray) -> None:
        """Show a frame from a place on; a place that was written already is not written again.

        Args:
            place (int): Number of the frame in the result.
            picture (np.ndarray): (H, W, 3) or (H, W) uint8 RGB.

        Raises:
            UserError: As :meth:`VideoWriter.write`.
        """
        self.hold(place)
        self._last = picture
        self.hold(place + 1)

    def hold(self, place: int) -> None:
        """Show the last frame up to a place."""
        while self._last is not None and self.writer.frames < place:
            self.writer.write(self._last, self.fps)
