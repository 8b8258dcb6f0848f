"""Uploaded videos: in memory, but files for as long as they are fused, as OpenCV reads and writes nothing else."""

import os
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..inference.pair_fuser import PairFuser
from ..user_errors import UserError
from ..video import VideoOptions, VideoReport, fuse_video
from ..video.video_reader import VideoReader, VideoReadError
from .limits import Limits
from .uploads import taken

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


@dataclass(frozen=True)
class FusedFilm:
    """A fused video.

    Args:
        data (bytes): WebM, which browsers play.
        report (VideoReport): What became of it.
    """

    data: bytes
    report: VideoReport


def take_film(path: str | Path, limits: Limits) -> Film:
    """Read an uploaded video; see :func:`taken`.

    Args:
        path (str | Path): The temporary file.
        limits (Limits): What is refused.

    Returns:
        Film: The video.
    """
    with taken(path, limits) as (name, data):
        kind = next((kind for start, mark, kind in _KINDS if data[start : start + len(mark)] == mark), None)
        if kind is None:
            raise VideoReadError(f"{name} is no video: upload an AVI, MP4, MOV, MKV or WebM file")
        with closing(VideoReader(path)) as reader:
            width, height = reader.size
            limits.check_pixels(width, height, name)
            limits.check_frames(reader.total, reader.fps, name)
    return Film(name, kind, data, f"{width}x{height}")


def fuse_films(
    network: PairFuser, film_a: Film | None, film_b: Film | None, options: VideoOptions
) -> FusedFilm:
    """Fuse two uploaded videos, or one that shows both sources.

    Args:
        network (PairFuser): What fuses.
        film_a (Film | None): Source A; with a layout the one that shows both.
        film_b (Film | None): Source B; not looked at with a layout.
        options (VideoOptions): How.

    Returns:
        FusedFilm: The result; no file is left.

    Raises:
        UserError: If a source is missing or they cannot be fused; the message has the user's names of the files.
    """
    films = [film_a] if options.layout else [film_a, film_b]
    if None in films:
        missing = " and ".join(label for label, film in zip("AB", films) if film is None)
        raise UserError(f"video {missing} is missing: upload it")
    # Inside the folder that goes with the page, should it be ended meanwhile.
    with tempfile.TemporaryDirectory(prefix="film-", dir=os.environ.get("GRADIO_TEMP_DIR")) as folder:
        paths = [Path(folder) / f"{label}{film.kind}" for label, film in zip("ab", films)]
        target = Path(folder) / "fused.webm"

        def shown(text: str) -> str:
            for path, film in zip(paths, films):
                text = text.replace(str(path), film.name)
            return text.replace(str(target), "the result")

        for path, film in zip(paths, films):
            path.write_bytes(film.data)
        try:
            report = fuse_video(network, paths[0], None if options.layout else paths[1], target, options)
        except UserError as error:
            raise UserError(shown(str(error))) from None
        report.notes[:] = map(shown, report.notes)
        return FusedFilm(target.read_bytes(), report)
