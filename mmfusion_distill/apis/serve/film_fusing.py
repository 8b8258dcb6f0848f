"""Fusing uploaded videos: files are written for as long as it takes, as OpenCV reads and writes nothing else."""

import os
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...io.pair_fuser import PairFuser
from ...io.picture_source import PictureSource
from ...user_errors import UserError
from ..video import VideoOptions, VideoReport, fuse_video
from .films import Film


@dataclass(frozen=True)
class FusedFilm:
    """A fused video.

    Args:
        data (bytes): WebM, which browsers play.
        report (VideoReport): What became of it.
    """

    data: bytes
    report: VideoReport


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


class OneAtATime:
    """A network that others use in between, one frame each.

    Args:
        network (PairFuser): The network.
        lock (threading.Lock): Whoever uses it holds this.
        ended (threading.Event): Once it is set nothing more is fused.
    """

    def __init__(self, network: PairFuser, lock: threading.Lock, ended: threading.Event) -> None:
        self._network, self._lock, self._ended = network, lock, ended

    @property
    def guided(self) -> bool:
        """Whether the network reads text."""
        return self._network.guided

    def fuse(self, img_a: PictureSource, img_b: PictureSource) -> np.ndarray:
        """Fuse one pair."""
        return self.fuse_loaded([self.load(dict(img_a=img_a, img_b=img_b))])[0]

    def load(self, pair: dict, text: str | None = None) -> Any:
        """Read a pair."""
        return self._network.load(pair, text)

    def size_of(self, loaded: Any) -> tuple:
        """What is equal for pairs that may be fused in one batch."""
        return self._network.size_of(loaded)

    def fuse_loaded(self, batch: Sequence[Any]) -> list[np.ndarray]:
        """Fuse pairs of equal size.

        Raises:
            UserError: If the page has ended.
        """
        with self._lock:
            if self._ended.is_set():
                raise UserError("the page has ended")
            return self._network.fuse_loaded(batch)
