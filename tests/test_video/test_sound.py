"""The sound of A stays with the fused frames, at its time."""

import sys
from fractions import Fraction

import numpy as np
import pytest
from clocks import BothClocks, clock_frame, write_clock

from mmfusion_distill.video import VideoOptions, fuse_video
from mmfusion_distill.video.video_reader import VideoReader

RATE = 48_000
#: What each kind of file holds.
CODECS = {".mp4": "aac", ".mkv": "libopus", ".avi": "pcm_s16le"}


def write_with_sound(path, seconds=2, fps=10, late=0.0, codec=None):
    """A clock with a beep of a tenth of a second at each whole second, in a sound that begins late."""
    av = pytest.importorskip("av")
    times = np.arange(seconds * RATE) / RATE
    beeps = (np.sin(2 * np.pi * 1000 * times) * (times % 1 < 0.1) * 20_000).astype(np.int16)
    with av.open(str(path), "w") as film:
        shown, heard = (
            film.add_stream("mpeg4", rate=fps),
            film.add_stream(codec or CODECS[path.suffix], rate=RATE),
        )
        shown.width, shown.height, shown.pix_fmt, heard.layout = 64, 48, "yuv420p", "mono"
        for index in range(seconds * fps):
            frame = av.VideoFrame.from_ndarray(clock_frame(index / fps), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            film.mux(shown.encode(frame))
        film.mux(shown.encode(None))
        for start in range(round(late * RATE), len(beeps), 960):
            part = av.AudioFrame.from_ndarray(beeps[None, start : start + 960], format="s16", layout="mono")
            part.sample_rate, part.pts, part.time_base = RATE, start, Fraction(1, RATE)
            film.mux(heard.encode(part))
        film.mux(heard.encode(None))
    return path


def heard_in(path):
    """Loudness of the sound of a video, by times in seconds."""
    import av

    times, loudness = [], []
    with av.open(str(path)) as film:
        for frame in film.decode(audio=0):
            samples = np.abs(frame.to_ndarray().astype(float)).reshape(-1)
            times.append(frame.time)
            loudness.append(samples.mean())
    return np.array(times), np.array(loudness) / max(loudness)


@pytest.mark.parametrize("target", [".avi", ".mkv", ".mp4", ".webm"])
@pytest.mark.parametrize("source", list(CODECS))
def test_sound_keeps_its_time_in_every_container(source, target, tmp_path):
    film = write_with_sound(tmp_path / f"a{source}")
    out = tmp_path / f"out{target}"
    assert fuse_video(BothClocks(), film, film, out).notes == []
    times, loudness = heard_in(out)
    loud = times[loudness > 0.3]
    assert set(np.rint(loud)) == {0, 1} and np.abs(loud - np.rint(loud) - 0.05).max() < 0.1
    assert 1.9 < times[-1] < 2.1 and len(list(VideoReader(out))) == 20
    assert sorted(path.name for path in tmp_path.iterdir()) == [film.name, out.name]


@pytest.mark.parametrize("target", [".avi", ".mkv", ".mp4", ".webm"])
@pytest.mark.parametrize("source", [".mp4", ".mkv", "mp3.mkv"])
def test_sound_that_begins_late_keeps_its_time(source, target, tmp_path):
    film = write_with_sound(
        tmp_path / f"a{source}", late=0.6, codec="libmp3lame" if "mp3" in source else None
    )
    fuse_video(BothClocks(), film, film, tmp_path / f"out{target}")
    times, loudness = heard_in(tmp_path / f"out{target}")
    assert abs(times[loudness > 0.3].mean() - 1.05) < 0.1


def test_sound_begins_where_the_fused_film_does(tmp_path):
    film = write_with_sound(tmp_path / "a.mp4")
    # B began to record 0.6 s after A, so there are frames of both from then on.
    late = write_clock(tmp_path / "b.avi", 10, 1.4, start=0.6)
    options = VideoOptions(offset=-0.6)
    fuse_video(BothClocks(), film, late, tmp_path / "out.mkv", options)
    frames = list(VideoReader(tmp_path / "out.mkv"))
    times, loudness = heard_in(tmp_path / "out.mkv")
    beep = times[loudness > 0.3].min()
    # The beep of the first second.
    assert abs(beep - (1 - (2 - len(frames) / 10))) < 0.1 and times[-1] < len(frames) / 10 + 0.05


def test_without_pyav_the_film_is_whole_and_a_note_says_what_it_lacks(tmp_path, monkeypatch):
    film = write_with_sound(tmp_path / "a.mp4")
    silent = write_clock(tmp_path / "b.avi", 10, 2)
    monkeypatch.setitem(sys.modules, "av", None)
    report = fuse_video(BothClocks(), film, silent, tmp_path / "out.avi")
    assert report.notes == [
        f"the sound of {film} was left out: pip install 'mmfusion_distill[sound]' keeps it"
    ]
    assert fuse_video(BothClocks(), silent, film, tmp_path / "out2.avi").notes == []


def test_sound_that_cannot_be_joined_costs_no_frame(tmp_path, monkeypatch):
    av = pytest.importorskip("av")
    film, real = write_with_sound(tmp_path / "a.mp4"), av.open

    def full(name, mode="r"):
        if mode == "w":
            raise OSError(28, "No space left on device")
        return real(name)

    monkeypatch.setattr(av, "open", full)
    report = fuse_video(BothClocks(), film, film, tmp_path / "out.avi")
    assert "a.mp4 could not be kept" in report.notes[0] and "No space left" in report.notes[0]
    assert len(list(VideoReader(tmp_path / "out.avi"))) == 20
    assert not list(tmp_path.glob("*.sound*"))
