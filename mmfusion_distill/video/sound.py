"""The sound of source A, put beside the fused frames."""

import contextlib
import heapq
import os
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..user_errors import reason_of

if TYPE_CHECKING:
    import av

#: By extension of the result: what is copied (None: anything), and what other sound is encoded to.
_CODECS = {
    ".avi": ({"pcm_s16le", "mp3", "ac3"}, "pcm_s16le"),
    ".mkv": (None, "aac"),
    ".mp4": ({"aac", "mp3", "ac3"}, "aac"),
    ".webm": ({"opus", "vorbis"}, "libopus"),
}
#: Its sound begins with its frames, whatever time stamps say: silence has to stand for what comes late.
_WITHOUT_TIMES = ".avi"
#: Seconds that nobody hears.
_SLIGHTLY_LATE = 0.02
#: How AVI, MP4 and Matroska call a track of sound.
_SOUND_TRACK = re.compile(rb"strh.{4}auds|hdlr.{8}soun|\x86.A_[A-Z]", re.DOTALL)
_HEAD, _TAIL = 2**20, 2**23


def keep_sound(film: Path, source: Path, start: float, seconds: float) -> str | None:
    """Put the sound of a source beside the frames of a video, in its file.

    Sound that the video's container cannot hold is encoded again. The video is left unchanged if that fails.

    Args:
        film (Path): The fused frames; .avi, .mkv, .mp4 or .webm.
        source (Path): A file with frames and perhaps sound.
        start (float): Time of the video's first frame in the source, in seconds from the source's first frame.
        seconds (float): How long the video lasts.

    Returns:
        str | None: A sentence about sound that is lost; None if it was kept, or if there is none.
    """
    try:
        import av
    except ImportError:
        if not _seems_to_have_sound(source):
            return None
        return f"the sound of {source} was left out: pip install 'mmfusion_distill[sound]' keeps it"
    target = film.with_name(f"{film.stem}.sound{film.suffix}")
    try:
        with av.open(os.path.abspath(source)) as sound, av.open(os.path.abspath(film)) as frames:
            if not sound.streams.audio:
                return None
            with av.open(os.path.abspath(target), "w") as result:
                _join(frames, sound, result, film.suffix.lower(), start, seconds)
        os.replace(target, film)
    except (OSError, ValueError) as error:  # what PyAV raises
        return f"the sound of {source} could not be kept ({reason_of(error)})"
    finally:
        with contextlib.suppress(OSError):
            target.unlink()
    return None


def _join(frames: Any, sound: Any, result: Any, suffix: str, start: float, seconds: float) -> None:
    """Write frames and sound into one file, in the order of time."""
    copied, codec = _CODECS[suffix]
    source, first = sound.streams.audio[0], sound.streams.video[0]
    start += float((first.start_time or 0) * first.time_base)
    shown = result.add_stream_from_template(frames.streams.video[0])
    packets = (packet for packet in frames.demux(video=0) if packet.dts is not None)
    late = float((source.start_time or 0) * source.time_base) - start
    is_padded = suffix == _WITHOUT_TIMES and late > _SLIGHTLY_LATE
    if not is_padded and (copied is None or source.codec_context.name in copied):
        heard = result.add_stream_from_template(source)
        audible = _moved(sound, start, seconds)
    else:
        heard = result.add_stream(codec, rate=48_000)
        audible = _encoded(sound, heard, start, seconds, is_padded)
    parts = (((packet, shown) for packet in packets), ((packet, heard) for packet in audible))
    for packet, stream in heapq.merge(*parts, key=lambda part: part[0].dts * part[0].time_base):
        packet.stream = stream
        result.mux(packet)


def _moved(sound: Any, start: float, seconds: float) -> Iterator["av.Packet"]:
    """Packets of the sound between two times, counted from the first of them."""
    for packet in sound.demux(audio=0):
        if packet.pts is None or packet.dts is None:
            continue
        time = float(packet.pts * packet.time_base) - start
        if time >= seconds:
            return
        if time >= 0:
            shift = round(start / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            yield packet


def _encoded(sound: Any, heard: Any, start: float, seconds: float, is_padded: bool) -> Iterator["av.Packet"]:
    """Packets of the sound between two times, decoded and encoded; silence before it if it is padded."""
    import av

    context = heard.codec_context
    heard.layout = "mono" if sound.streams.audio[0].layout.nb_channels == 1 else "stereo"
    context.open()
    size = context.frame_size or 1024
    resampler = av.AudioResampler(context.format.name, context.layout.name, context.rate, size)
    unit, samples = Fraction(1, context.rate), 0
    for frame in _until(sound, start, seconds):
        for part in resampler.resample(frame):
            # The first sample that is heard lies at the first time that is wanted.
            if not samples and frame is not None:
                samples = max(round((frame.time - start) * context.rate), 0)
                for silence in _silence(context, samples, size) if is_padded else ():
                    yield from context.encode(silence)
            part.pts, part.time_base = samples, unit
            samples += part.samples
            yield from context.encode(part)
    yield from context.encode(None)


def _silence(context: Any, samples: int, size: int) -> Iterator["av.AudioFrame"]:
    import av

    for begin in range(0, samples, size):
        frame = av.AudioFrame(context.format.name, context.layout.name, min(size, samples - begin))
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.rate, frame.pts, frame.time_base = context.rate, begin, Fraction(1, context.rate)
        yield frame


def _until(sound: Any, start: float, seconds: float) -> Iterator["av.AudioFrame | None"]:
    """Decoded frames between two times, and None as the end."""
    for frame in sound.decode(audio=0):
        if frame.time is None or frame.time < start:
            continue
        if frame.time >= start + seconds:
            break
        yield frame
    yield None


def _seems_to_have_sound(path: Path) -> bool:
    """Whether the head or the tail of a file, where its tracks are listed, names a track of sound."""
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
            file.seek(max(0, os.path.getsize(path) - _TAIL))
            return bool(_SOUND_TRACK.search(head) or _SOUND_TRACK.search(file.read()))
    except OSError:
        return False
