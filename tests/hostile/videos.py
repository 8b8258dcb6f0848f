"""Files instead of a video: what makes them, and what is said."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np


class VideoCase(NamedTuple):
    """A file that is put instead of `hostile.EXTENSION`."""

    name: str
    extension: str
    make: Callable[[Path], None]
    says: str


def write_video(path: Path, frames: int = 10, encoding: str = "MJPG") -> Path:
    """A small good video."""
    rng = np.random.default_rng(0)
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*encoding), 25, (64, 48))
    for _ in range(frames):
        writer.write(rng.integers(0, 256, (48, 64, 3)).astype(np.uint8))
    writer.release()
    return path


def raw(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data)


def cut_before_its_index(path: Path) -> None:
    data = write_video(path, encoding="mp4v").read_bytes()
    path.write_bytes(data[: len(data) // 2])


def header_only(path: Path) -> None:
    path.write_bytes(write_video(path).read_bytes()[:300])


NO_VIDEO = "cannot be read as a video|holds no frame"
CASES = (
    VideoCase("nothing", ".avi", lambda path: None, "No such file"),
    VideoCase("folder", ".avi", lambda path: path.mkdir(), "is a folder, no video: fuse images by"),
    VideoCase("named pipe", ".avi", lambda path: os.mkfifo(path), "is a named pipe"),
    VideoCase("device without end", ".avi", lambda path: path.symlink_to("/dev/zero"), "is a device"),
    VideoCase("link to itself", ".avi", lambda path: path.symlink_to(path.name), "Too many levels"),
    VideoCase("empty", ".mp4", raw(b""), "is empty"),
    VideoCase("zeros", ".mp4", raw(bytes(9999)), NO_VIDEO),
    VideoCase("noise", ".avi", raw(np.random.default_rng(0).bytes(9999)), NO_VIDEO),
    VideoCase("text, which FFmpeg would draw", ".txt", raw(b"hello\n" * 100), "is a text, no video"),
    VideoCase("list of other files", ".m3u8", raw(b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"), "is a text"),
    VideoCase("script for FFmpeg", ".avi", raw(b"ffconcat version 1.0\nfile /etc/passwd\n"), "is a text"),
    VideoCase("web page", ".mp4", raw(b"<!DOCTYPE html><html>404</html>"), "is a text"),
    VideoCase("mp4 that lacks its end", ".mp4", cut_before_its_index, NO_VIDEO),
    VideoCase("header of an avi", ".avi", header_only, NO_VIDEO),
)
