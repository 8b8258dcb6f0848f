"""Fusing two videos."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from ..inference.pair_fuser import PairFuser
from ..system.work_ahead import read_ahead
from ..user_errors import UserError
from .fusing_chain import FusingChain
from .matching import FrameClock, by_time, halves, live_by_time
from .pair_preparer import PairPreparer
from .sound import keep_sound
from .video_options import VideoOptions, VideoReport
from .video_reader import Frame, VideoReader, VideoReadError
from .video_writer import FilmWriter, VideoWriter

#: Seconds without an image after which a live source counts as lost when the other one is.
_SILENCE = 2.0


def fuse_video(
    inferencer: PairFuser,
    source_a: str | Path,
    source_b: str | Path | None,
    out: str | Path | None,
    options: VideoOptions | None = None,
) -> VideoReport:
    """Fuse two videos, cameras or streams, or the halves of one.

    Reading, preparing, the network and writing are steps of a chain that work at the same time.

    Args:
        inferencer (PairFuser): The network.
        source_a (str | Path): File, URL or index of a camera; with a layout the stream that shows both sources.
        source_b (str | Path, optional): Source B; None with a layout.
        out (str | Path, optional): Target, .avi, .mkv, .mp4 or .webm; None only with `show`.
        options (VideoOptions, optional): Default: None, two streams by time.

    Returns:
        VideoReport: What was fused; if Ctrl-C ends it, or a live source is lost, what is done is kept.

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
    sources = [source for source in (source_a, source_b) if source is not None]
    writer = None if out is None else _target(Path(out), sources, options.overwrite)
    readers: list[VideoReader] = []
    try:
        for source in sources:
            readers.append(VideoReader(source, options.reconnect))
        return _fuse(inferencer, readers, writer, options)
    except UserError as error:
        if writer is None or not writer.frames or str(writer.unfinished) in str(error):
            raise
        kept = f"the first {writer.frames} frames are in {writer.unfinished}"
        raise UserError(f"{error}; {kept}") from error
    finally:
        for reader in readers:
            reader.close()
        if writer is not None:
            writer.close()


def _fuse(
    inferencer: PairFuser, readers: list[VideoReader], writer: VideoWriter | None, options: VideoOptions
) -> VideoReport:
    started = time.monotonic()
    name, is_live = " and ".join(reader.name for reader in readers), readers[0].is_live
    if options.match == "time" and any(reader.is_live != is_live for reader in readers):
        raise UserError(f"of {name} one is live and one a file, whose times do not match: --match frame")
    clock = FrameClock(options.fps or readers[0].rate(), options.max_frames)
    preparer = PairPreparer(options, name)
    film = None if writer is None else FilmWriter(writer, clock.fps)
    chain = FusingChain(inferencer, options, is_live)
    chain.run(preparer(clock(_matched(readers, options))), clock, film, _expected(readers, clock, options))
    frames = chain.fused if writer is None else writer.frames
    whole = chain.is_interrupted or clock.end == options.max_frames
    lost = [] if whole else _losses(readers)
    if not frames and not chain.is_interrupted:
        if lost:
            raise VideoReadError(lost[0])
        raise UserError(f"{name} have no frames at the same time: check --offset, or --match frame")
    notes = preparer.notes + _returns(readers) + ([] if whole else _ending(readers, options))
    if writer is not None:
        notes += _finish(writer, readers[0], clock)
    interrupted = chain.is_interrupted and not is_live
    return VideoReport(frames, chain.fused, time.monotonic() - started, interrupted, notes, lost)


def _target(out: Path, sources: list, overwrite: bool) -> VideoWriter:
    for source in sources:
        if out.exists() and os.path.exists(source) and os.path.samefile(out, source):
            raise UserError(f"{out} is a source and would be overwritten: choose another target")
    return VideoWriter(out, overwrite)


def _matched(readers: list[VideoReader], options: VideoOptions) -> Iterator[tuple[Frame, Frame]]:
    if all(reader.live is not None for reader in readers) and len(readers) == 2 and options.match == "time":
        return live_by_time(readers[0].live, readers[1].live, options.offset)
    # Each file is decoded in a thread of its own.
    frames = [reader if reader.is_live else read_ahead(reader) for reader in readers]
    if options.layout is not None:
        return halves(frames[0], options.layout)
    if options.match == "frame":
        return zip(*frames)
    return by_time(frames[0], frames[1], options.offset)


def _expected(readers: list[VideoReader], clock: FrameClock, options: VideoOptions) -> int | None:
    """How many frames the result will have, as far as the sources say."""
    seconds = [reader.duration for reader in readers]
    if options.match == "time" and len(seconds) == 2 and seconds[1] is not None:
        seconds[1] -= options.offset
    totals = [max(round(length * clock.fps), 1) for length in seconds if length is not None]
    return min([*totals, *([options.max_frames] if options.max_frames else [])], default=None)


def _losses(readers: list[VideoReader]) -> list[str]:
    """Sentences about live sources that send nothing more."""
    lives = [reader.live for reader in readers if reader.live is not None]
    reasons = [(live.name, live.lost) for live in lives if live.lost is not None]
    # One that falls silent while the other ends was lost too, though its time was not up.
    if reasons:
        silent = [live for live in lives if live.lost is None and live.silence > _SILENCE]
        reasons += [(live.name, f"it has sent no image for {live.silence:.0f} s") for live in silent]
    return [f"{name} was lost ({reason}): check it, or --reconnect SECONDS" for name, reason in reasons]


def _returns(readers: list[VideoReader]) -> list[str]:
    """Notes about live sources that were lost and came back."""
    times = [(reader.name, reader.live.reconnections) for reader in readers if reader.live is not None]
    return [
        f"{name} was lost and came back {count} time{'s' if count > 1 else ''}: meanwhile the last frame is shown"
        for name, count in times
        if count
    ]


def _ending(readers: list[VideoReader], options: VideoOptions) -> list[str]:
    """Why it ended, if not for the best of reasons."""
    problems = [problem for reader in readers if (problem := reader.problem()) is not None]
    lengths = [reader.duration for reader in readers]
    if problems or len(lengths) == 1 or None in lengths:
        return problems
    ends = [lengths[0] + options.offset, lengths[1]] if options.match == "time" else lengths
    slack = 2 * max(reader.longest_interval for reader in readers) + max(reader.doubt for reader in readers)
    if abs(ends[0] - ends[1]) <= slack:
        return []
    spans = [f"{reader.name} lasts {length:.1f} s" for reader, length in zip(readers, lengths)]
    return [f"{', '.join(spans)}: only what both show was fused"]


def _finish(writer: VideoWriter, reader: VideoReader, clock: FrameClock) -> list[str]:
    """Give the result the sound of A and its name."""
    writer.close()
    note = None
    if writer.frames and not reader.is_live:
        seconds = writer.frames / clock.fps
        try:
            note = keep_sound(writer.unfinished, Path(reader.name), clock.start or 0.0, seconds)
        except KeyboardInterrupt:
            note = f"the sound of {reader.name} was left out: it was interrupted"
    writer.finish()
    return [] if note is None else [note]
