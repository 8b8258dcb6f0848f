"""A fused video shows each frame at its own time: videos of clocks, fused and read."""

import numpy as np
import pytest
from clocks import BothClocks, clock_frame, clocks_of, read_clock, write_clock, write_clock_at

from mmfusion_distill.user_errors import UserError
from mmfusion_distill.video import VideoOptions, fuse_video
from mmfusion_distill.video.matching import FrameClock
from mmfusion_distill.video.video_reader import Frame, VideoReader

#: 30 frames a second, nothing for a second, 15 frames a second.
VARIABLE = [*(np.arange(30) / 30), *(2 + np.arange(15) / 15)]


def fuse_clocks(a, b, out, **options):
    """The report; and of every frame of the result its time, and the times of A and B that it shows."""
    report = fuse_video(BothClocks(), a, b, out, VideoOptions(steady=0, **options))
    reader = VideoReader(out)
    shown = [(index / reader.fps, *clocks_of(frame.pixels)) for index, frame in enumerate(reader)]
    assert len(shown) == report.frames
    return report, np.array(shown)


def last_before(times, shown):
    """Which of the times was the last one when something is shown, for a video that repeats frames."""
    times = np.array(times)
    return times[np.maximum(np.searchsorted(times, shown + 1e-3, side="right") - 1, 0)]


def test_a_clock_is_read_as_it_was_written():
    assert [read_clock(clock_frame(time)) for time in (0, 0.01, 12.34, 39.99)] == [0, 0.01, 12.34, 39.99]


@pytest.mark.parametrize("extension", [".avi", ".mkv", ".mp4", ".webm"])
def test_a_constant_rate_is_kept(extension, tmp_path):
    film = write_clock(tmp_path / "a.mp4", 12.5, 2)
    report, shown = fuse_clocks(film, film, tmp_path / f"out{extension}")
    assert report.frames == report.fused == 25 and report.notes == []
    assert np.abs(shown[:, 1:] - shown[:, :1]).max() < 0.01


@pytest.mark.parametrize(("rate_a", "rate_b"), [(25, 9), (9, 25), (30, 29.97)])
def test_rates_that_differ(rate_a, rate_b, tmp_path):
    a, b = write_clock(tmp_path / "a.avi", rate_a, 2), write_clock(tmp_path / "b.avi", rate_b, 2)
    report, shown = fuse_clocks(a, b, tmp_path / "out.avi")
    assert report.notes == [] and abs(report.frames / rate_a - 2) <= 1 / rate_a
    assert np.abs(shown[:, 1] - shown[:, 0]).max() <= 1 / rate_a
    assert np.abs(shown[:, 2] - shown[:, 0]).max() <= 1 / rate_b


@pytest.mark.parametrize("fps", [5, 10, 24, 60])
def test_any_rate_that_is_asked_for(fps, tmp_path):
    film = write_clock(tmp_path / "a.avi", 20, 2)
    report, shown = fuse_clocks(film, film, tmp_path / "out.avi", fps=fps)
    # The last frame may be nearer to the end than to the place before.
    assert report.frames - 2 * fps in (0, 1) and report.fused == min(report.frames, 40)
    assert np.abs(shown[:, 1] - shown[:, 0]).max() <= max(1 / fps, 1 / 20)


@pytest.mark.parametrize("extension", [".mp4", ".mkv"])
def test_a_variable_rate_raises_no_note_and_keeps_time(extension, tmp_path):
    pytest.importorskip("av")
    film = write_clock_at(tmp_path / f"a{extension}", VARIABLE)
    report, shown = fuse_clocks(film, film, tmp_path / "out.avi")
    assert report.notes == [] and report.fused == len(VARIABLE)
    assert report.frames == pytest.approx(90, abs=1)
    expected = last_before(VARIABLE, shown[:, 0] + 0.5 / 30)
    assert np.abs(shown[:, 1] - expected).max() <= 1 / 30
    assert np.abs(shown[:, 2] - expected).max() <= 1 / 30


def test_a_variable_rate_meets_a_constant_one(tmp_path):
    pytest.importorskip("av")
    variable = write_clock_at(tmp_path / "b.mkv", VARIABLE)
    constant = write_clock(tmp_path / "a.avi", 25, 3)
    report, shown = fuse_clocks(constant, variable, tmp_path / "out.mkv")
    assert report.notes == [] and report.frames == 75
    assert np.abs(shown[:, 1] - shown[:, 0]).max() < 0.01
    nearest = [min(VARIABLE, key=lambda time, now=now: abs(time - now)) for now in shown[:, 0]]
    assert np.abs(shown[:, 2] - nearest).max() <= 1 / 30


@pytest.mark.parametrize("extension", [".mkv", ".mp4"])
def test_a_late_first_stamp_is_no_damage_and_no_other_length(extension, tmp_path):
    pytest.importorskip("av")
    late = write_clock_at(tmp_path / f"late{extension}", np.arange(40) / 20, fps=20, stamp=5)
    other = write_clock(tmp_path / "b.avi", 20, 2)
    for pair in ((late, late), (late, other), (other, late)):
        report, shown = fuse_clocks(*pair, tmp_path / "out.avi", overwrite=True)
        assert report.notes == [] and report.frames == 40
        assert np.abs(shown[:, 1:] - shown[:, :1]).max() < 0.01


def test_a_browsers_file_whose_rate_is_the_unit_of_its_stamps(tmp_path):
    pytest.importorskip("av")
    film = write_clock_at(tmp_path / "a.mkv", np.arange(60) / 30, fps=1000, stamp=3)
    report, shown = fuse_clocks(film, film, tmp_path / "out.avi")
    assert report.notes == [] and report.frames == report.fused == 60
    assert np.abs(shown[:, 1] - shown[:, 0]).max() < 1 / 30


def test_a_matroska_file_that_is_cut_off_is_still_said(tmp_path):
    pytest.importorskip("av")
    film = write_clock_at(tmp_path / "a.mkv", np.arange(100) / 20, fps=20)
    data = film.read_bytes()
    film.write_bytes(data[: len(data) // 2])
    report = fuse_video(BothClocks(), film, film, tmp_path / "out.avi")
    assert "a.mkv breaks off after" in report.notes[0] and "of 5.0 s" in report.notes[0]


def test_an_offset_moves_the_clock_of_b(tmp_path):
    a, b = write_clock(tmp_path / "a.avi", 20, 2, start=1), write_clock(tmp_path / "b.avi", 20, 3)
    report, shown = fuse_clocks(a, b, tmp_path / "out.avi", offset=1)
    assert report.notes == [] and report.frames == 40
    assert np.abs(shown[:, 1] - shown[:, 2]).max() < 0.01


def test_no_more_frames_than_asked_though_some_are_repeated(tmp_path):
    pytest.importorskip("av")
    film = write_clock_at(tmp_path / "a.mp4", [0, 0.1, 0.2, 3, 3.1], fps=10)
    report, shown = fuse_clocks(film, film, tmp_path / "out.avi", max_frames=12)
    assert (report.frames, report.fused) == (12, 3) and shown[-1, 1] == 0.2


def test_the_first_frame_of_a_place_is_taken():
    pairs = [(Frame(np.zeros(1), time), None) for time in (5.0, 5.03, 5.1, 5.4)]
    clock = FrameClock(10)
    assert [(place, pair[0].seconds) for place, pair in clock(pairs)] == [(0, 5.0), (1, 5.1), (4, 5.4)]
    # The last one lasts as long as the one before.
    assert clock.end == 7


@pytest.mark.parametrize("options", [{"fps": 0}, {"fps": 5000}, {"reconnect": -1}, {"steady": float("nan")}])
def test_options_have_ranges(options):
    with pytest.raises(UserError, match=f"--{next(iter(options))} is"):
        VideoOptions(**options)


def test_names_with_colons_are_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_clock(tmp_path / "b.avi", 20, 0.5).rename("2024-05-01T10:20:30.avi")
    report = fuse_video(BothClocks(), "2024-05-01T10:20:30.avi", "2024-05-01T10:20:30.avi", "10:20.mkv")
    assert report.frames == len(list(VideoReader("10:20.mkv"))) == 10
