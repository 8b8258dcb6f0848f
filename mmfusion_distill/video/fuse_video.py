"""Fusing two videos."""

import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..inference.pair_fuser import PairFuser
from ..system.progress import progress_bar
from ..user_errors import UserError, UserFileError
from .matching import by_time, halves
from .pair_preparer import PairPreparer
from .steady_brightness import SteadyBrightness
from .video_options import VideoOptions
from .video_reader import VideoReader
from .video_writer import VideoWriter

_WINDOW = "fused (q ends)"


@dataclass(frozen=True)
class VideoReport:
    """What became of a video.

    Args:
        frames (int): How many were fused.
        seconds (float): Time taken from the first read to the last write.
        is_interrupted (bool): Whether Ctrl-C ended it.
        notes (list[str]): What else a user should know.
    """

    frames: int
    seconds: float
    is_interrupted: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def fps(self) -> float:
        """Frames per second, end to end."""
        return self.frames / max(self.seconds, 1e-9)


def fuse_video(
    inferencer: PairFuser,
    source_a: str | Path,
    source_b: str | Path | None,
    out: str | Path | None,
    options: VideoOptions | None = None,
) -> VideoReport:
    """Fuse two videos, cameras or streams, or the halves of one.

    The next frames are read and prepared in a thread beside the network.

    Args:
        inferencer (PairFuser): The network.
        source_a (str | Path): File, URL or index of a camera; with a layout the stream that shows both sources.
        source_b (str | Path, optional): Source B; None with a layout.
        out (str | Path, optional): Target, .avi, .mkv, .mp4 or .webm. Default: None, with `show`.
        options (VideoOptions, optional): Default: None, two streams by time.

    Returns:
        VideoReport: What was fused; Ctrl-C ends it, and what is done is kept.

    Raises:
        VideoReadError: If a source cannot be read.
        ImageReadError: If the sources differ in size, or cannot be registered.
        UserError: If there is nothing to write to or nothing to fuse, or the target is a source or is there already.
        UserFileError: If the target cannot be written, or no window opened.
    """
    options = options or VideoOptions()
    if (source_b is None) != (options.layout is not None):
        raise UserError("give two sources, or one with a layout")
    if out is None and not options.show:
        raise UserError("give a target for the video, or show it in a window")
    writer = None if out is None else _target(Path(out), [source_a, source_b], options.overwrite)
    readers = [VideoReader(source) for source in (source_a, source_b) if source is not None]
    started, interrupted = time.monotonic(), False
    name, fps = " and ".join(reader.name for reader in readers), readers[0].fps
    try:
        preparer = PairPreparer(options, name, fps)
        pairs = islice(preparer(_matched(readers, options)), options.max_frames)
        steady = SteadyBrightness(options.steady * fps) if options.steady else None
        frames = 0
        try:
            loaded = (inferencer.load(dict(img_a=a, img_b=b), options.text) for a, b in pairs)
            total = _expected(readers, options)
            for inputs in progress_bar(read_ahead(loaded), "fusing", total, unit="frame"):
                (picture,) = inferencer.fuse_loaded([inputs])
                picture = picture if steady is None else steady(picture)
                if writer is not None:
                    writer.write(picture, fps)
                frames += 1
                if options.show and _is_ended(picture):
                    break
        except KeyboardInterrupt:
            interrupted = True
        if writer is not None:
            writer.finish()
    finally:
        for reader in readers:
            reader.close()
        if writer is not None:
            writer.close()
    if not frames and not interrupted:
        raise UserError(f"{name} have no frames at the same time: check --offset, or --match frame")
    whole = interrupted or frames == options.max_frames
    notes = preparer.notes + ([] if whole else _ending(readers))
    return VideoReport(frames, time.monotonic() - started, interrupted, notes)


def read_ahead(items: Iterable[Any]) -> Iterator[Any]:
    """Items in their order, two of them made in a thread while others are used."""
    items, end = iter(items), object()
    with ThreadPoolExecutor(1) as pool:
        pending = [pool.submit(next, items, end) for _ in range(2)]
        while (item := pending.pop(0).result()) is not end:
            pending.append(pool.submit(next, items, end))
            yield item


def _target(out: Path, sources: list, overwrite: bool) -> VideoWriter:
    for source in sources:
        if source is not None and out.exists() and os.path.exists(source) and os.path.samefile(out, source):
            raise UserError(f"{out} is a source and would be overwritten: choose another target")
    return VideoWriter(out, overwrite)


def _matched(readers: list[VideoReader], options: VideoOptions) -> Iterator[tuple]:
    if options.layout is not None:
        return halves(readers[0], options.layout)
    if options.match == "frame":
        return zip(*readers)
    return by_time(readers[0], readers[1], options.offset)


def _expected(readers: list[VideoReader], options: VideoOptions) -> int | None:
    totals = [options.max_frames]
    for reader in readers:
        scale = 1 if options.match == "frame" else readers[0].fps / reader.fps
        totals.append(None if reader.total is None else round(reader.total * scale))
    return min((total for total in totals if total is not None), default=None)


def _ending(readers: list[VideoReader]) -> list[str]:
    """Why it ended, if not for the best of reasons."""
    problems = [problem for reader in readers if (problem := reader.problem()) is not None]
    if problems or len(readers) == 1 or None in (reader.total for reader in readers):
        return problems
    lengths = [reader.total / reader.fps for reader in readers]
    if abs(lengths[0] - lengths[1]) <= 2 / min(reader.fps for reader in readers):
        return []
    spans = [f"{reader.name} lasts {length:.1f} s" for reader, length in zip(readers, lengths)]
    return [f"{', '.join(spans)}: only what both show was fused"]


def _is_ended(picture: np.ndarray) -> bool:
    try:
        cv2.imshow(_WINDOW, picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        return cv2.waitKey(1) & 0xFF in (ord("q"), 27)
    except cv2.error as error:
        raise UserFileError(
            "no window can be shown here (OpenCV without one, or no display): name a target instead of --show"
        ) from error
