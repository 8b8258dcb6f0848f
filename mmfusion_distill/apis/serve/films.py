"""Uploaded videos, in memory only."""

import os
from dataclasses import dataclass
from pathlib import Path

from ...io.picture_source import ImageReadError
from ...io.regular_file import read_regular_file
from ...io.video_reader import VideoReader, VideoReadError
from .limits import Limits

#: Where which bytes begin a video of which kind. Others, playlists above all, could name further files to FFmpeg.
_KINDS = ((8, b"AVI ", ".avi"), (4, b"ftyp", ".mp4"), (0, b"\x1aE\xdf\xa3", ".mkv"))


@dataclass(frozen=True)
class Film:
    """One uploaded video.

    Args:
        name (str): What the user calls it.
        kind (str): Its extension, by its content.
        data (bytes): The file.
        size (str): Width and height, as 640x480.
    """

    name: str
    kind: str
    data: bytes
    size: str


def take_film(path: str | Path, limits: Limits) -> Film:
    """Read an uploaded video and delete its file, whether it is of use or not.

    Args:
        path (str | Path): The temporary file.
        limits (Limits): What is refused.

    Returns:
        Film: The video.

    Raises:
        UserError: If it cannot be used; the message has the user's name of the file, not the server's path.
    """
    name = os.path.basename(path)
    try:
        limits.check_bytes(path, name)
        data = read_regular_file(path, limits.bytes)
        kind = next((kind for start, mark, kind in _KINDS if data[start : start + len(mark)] == mark), None)
        if kind is None:
            raise VideoReadError(f"{name} is no video: upload an AVI, MP4, MOV, MKV or WebM file")
        reader = VideoReader(path)
        try:
            limits.check_frames(reader.size, reader.total, reader.fps, name)
            width, height = reader.size
        finally:
            reader.close()
    except OSError as error:
        raise ImageReadError(f"{name} is gone or cannot be read: upload it again") from error
    except VideoReadError as error:
        raise VideoReadError(str(error).replace(str(path), name)) from None
    finally:
        Path(path).unlink(missing_ok=True)
    return Film(name, kind, data, f"{width}x{height}")
