"""Live sources: recordings last as long as reality, lost sources are said and may come back."""

import contextlib
import http.server
import socketserver
import threading
import time

import cv2
import numpy as np
import pytest
from clocks import SIZE, BothClocks, clock_frame, clocks_of, write_clock

from mmfusion_distill.cli.video import main
from mmfusion_distill.user_errors import UserError
from mmfusion_distill.video import VideoOptions, fuse_video, fusing_chain, live_frames, video_capture
from mmfusion_distill.video.matching import live_by_time
from mmfusion_distill.video.video_reader import VideoReader, VideoReadError

#: How long a frame of the slower camera stays in a result of 25 frames a second, and what a busy machine may add.
FRAME = 1 / 12 + 1 / 25 + 0.1


class SlowTime:
    """A clock that goes slower than the machine's, by which a machine that is busy is less late."""

    SPEED = 0.25

    @classmethod
    def monotonic(cls):
        return time.monotonic() * cls.SPEED

    @classmethod
    def sleep(cls, seconds):
        time.sleep(seconds / cls.SPEED)


class ClockCamera:
    """What OpenCV hands out for a camera: its frames show how long it is since the cameras were switched on.

    Camera 0 sends 50 frames a second, others 12; after its last frame one ends, or stalls if its number is odd.
    """

    SECONDS = 1.0
    on = 0.0
    time = time

    def __init__(self, index, backend=None, options=None):
        self.rate, self.stalls, self.frames = (50 if index == 0 else 12), index % 2 == 1, 0
        self.start = self.time.monotonic()

    def isOpened(self):
        return True

    def get(self, name):
        values = {cv2.CAP_PROP_FRAME_WIDTH: SIZE[0], cv2.CAP_PROP_FRAME_HEIGHT: SIZE[1], cv2.CAP_PROP_FPS: 25}
        return values.get(name, 0)

    def read(self):
        self.frames += 1
        wait = self.start + self.frames / self.rate - self.time.monotonic()
        if self.frames / self.rate > self.SECONDS:
            self.time.sleep(0.5 if self.stalls else 0)
            return False, None
        self.time.sleep(max(wait, 0))
        return True, clock_frame(self.time.monotonic() - self.on)[:, :, ::-1]

    def release(self):
        pass


@pytest.fixture
def cameras(monkeypatch):
    """Indices are clock cameras, names are files."""
    switch_on(monkeypatch, ClockCamera)
    monkeypatch.setattr(ClockCamera, "on", time.monotonic())
    return monkeypatch


@pytest.fixture
def slow_cameras(cameras):
    """The same for recordings in which frames are compared by their time."""
    for module in (live_frames, fusing_chain):
        cameras.setattr(module, "time", SlowTime)
    cameras.setattr(ClockCamera, "time", SlowTime)
    cameras.setattr(ClockCamera, "on", SlowTime.monotonic())
    return cameras


REAL = cv2.VideoCapture


def switch_on(monkeypatch, kind):
    monkeypatch.setattr(
        cv2, "VideoCapture", lambda *given: (kind if isinstance(given[0], int) else REAL)(*given)
    )


def shown_in(path):
    """Frames of a video: their time, and the times of A and B that they show."""
    reader = VideoReader(path)
    return np.array([(index / reader.fps, *clocks_of(frame.pixels)) for index, frame in enumerate(reader)])


@pytest.mark.parametrize("pair", [("0", "2"), ("2", "0")])
def test_a_recording_lasts_as_long_as_reality(pair, tmp_path, slow_cameras):
    report = fuse_video(BothClocks(), *pair, tmp_path / "live.avi", VideoOptions(steady=0))
    shown = shown_in(tmp_path / "live.avi")
    assert len(shown) == report.frames > 15 and report.lost
    passed = shown[:, 1] - shown[0, 1]
    assert np.abs(passed - shown[:, 0]).max() < FRAME
    # B of the same moment, up to a frame of the slower camera.
    assert np.abs(shown[:, 1] - shown[:, 2]).max() < FRAME


class Slow(BothClocks):
    """A network that takes five frames of the camera for one."""

    def fuse_loaded(self, batch):
        SlowTime.sleep(0.1)
        return super().fuse_loaded(batch)


def test_a_slow_network_makes_no_short_film(tmp_path, slow_cameras):
    report = fuse_video(Slow(), "0", "0", tmp_path / "live.avi", VideoOptions(steady=0, fps=25))
    shown = shown_in(tmp_path / "live.avi")
    assert report.fused < 15 < report.frames == len(shown)
    lateness = shown[:, 0] - (shown[:, 1] - shown[0, 1])
    # Shown at its own time, not when it was ready; then it stays until the next one, which may take two turns.
    assert lateness.min() > -0.05 and lateness.max() < 0.5


def test_a_lost_camera_finishes_the_film_and_is_said(tmp_path, cameras):
    report = fuse_video(BothClocks(), "0", "2", tmp_path / "live.avi", VideoOptions(steady=0))
    assert len(report.lost) >= 1 and "was lost (it ended): check it, or --reconnect SECONDS" in report.lost[0]
    assert not report.is_interrupted and not list(tmp_path.glob("*.unfinished*"))
    assert len(shown_in(tmp_path / "live.avi")) == report.frames


def test_a_stalled_camera_is_lost(tmp_path, cameras):
    cameras.setattr(video_capture, "PATIENCE", 0.5)
    report = fuse_video(BothClocks(), "1", "1", tmp_path / "live.avi", VideoOptions(steady=0))
    assert "1 was lost (it sent no image for" in report.lost[0]


def test_a_camera_that_hangs_is_lost(tmp_path, cameras):
    class Hanging(ClockCamera):
        def read(self):
            if self.frames >= 5:
                time.sleep(3)
            return super().read()

    switch_on(cameras, Hanging)
    cameras.setattr(video_capture, "PATIENCE", 0.3)
    report = fuse_video(BothClocks(), "0", "0", tmp_path / "live.avi", VideoOptions(steady=0))
    assert "it sent no image" in report.lost[0] and report.frames >= 1


def test_a_camera_that_sends_nothing_is_an_error(tmp_path, cameras):
    cameras.setattr(ClockCamera, "SECONDS", 0)
    with pytest.raises(VideoReadError, match=r"0 was lost \(it ended\)"):
        fuse_video(BothClocks(), "0", "0", tmp_path / "live.avi")
    assert not list(tmp_path.iterdir())


def test_ctrl_c_ends_a_recording_as_it_should(tmp_path, cameras):
    class Interrupted(BothClocks):
        fused = 0

        def fuse_loaded(self, batch):
            self.fused += 1
            if self.fused == 6:
                raise KeyboardInterrupt
            return super().fuse_loaded(batch)

    report = fuse_video(Interrupted(), "0", "2", tmp_path / "live.avi", VideoOptions(steady=0))
    assert report.fused == 5 and not report.is_interrupted and report.lost == []


def test_a_camera_and_a_file_have_no_time_in_common(tmp_path, cameras):
    film = write_clock(tmp_path / "b.avi", 10, 1)
    with pytest.raises(UserError, match=r"0 and .*b\.avi one is live and one a file.*--match frame"):
        fuse_video(BothClocks(), "0", film, tmp_path / "out.avi")
    report = fuse_video(BothClocks(), "0", film, tmp_path / "out.avi", VideoOptions(match="frame"))
    assert report.fused > 2


@contextlib.contextmanager
def stream(frames, rate=40):
    """The address of a server of images, each connection sending so many and ending."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
            self.end_headers()
            for index in range(frames):
                image = cv2.imencode(".jpg", clock_frame(index / rate))[1].tobytes()
                head = b"--next\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(image)
                self.wfile.write(head + image + b"\r\n")
                time.sleep(1 / rate)

        def log_message(self, *_):
            pass

    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/camera"
        server.shutdown()


def test_the_command_ends_with_1_when_a_stream_ends_and_names_the_film(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("mmfusion_distill.cli.video.build_inferencer", lambda args: BothClocks())
    target = tmp_path / "live.mkv"
    with stream(20) as address:
        assert main([address, address, str(target), "--steady", "0"]) == 1
    said = capsys.readouterr()
    assert (
        f"error: {address} was lost (it ended)" in said.err and f"{target} holds what came before" in said.err
    )
    assert len(list(VideoReader(target))) > 3 and "live.mkv written" in said.out


def test_a_lost_stream_is_opened_anew(tmp_path):
    options = VideoOptions(steady=0, reconnect=20, max_frames=40)
    with stream(8) as address:
        report = fuse_video(BothClocks(), address, address, tmp_path / "live.avi", options)
    assert report.frames == 40 and report.lost == []
    assert f"{address} was lost and came back" in report.notes[0]


class StillCamera:
    """A camera of a size that sends nothing."""

    is_stream = False

    def __init__(self, size):
        self.name, self.size, self.is_closed = "camera", size, False

    def close(self):
        self.is_closed = True


def test_a_frame_that_is_old_is_no_partner():
    live = live_frames.LiveFrames(StillCamera((4, 4)), 25)
    live._frames.extend(live_frames.Frame(None, seconds) for seconds in (1.0, 1.1, 1.2))
    assert live.nearest(1.14).seconds == 1.1 and live.nearest(2.1).seconds == 1.2
    assert live.nearest(3.0) is None


@pytest.mark.parametrize(("offset", "partner"), [(0.0, 1.2), (-0.2, 1.0), (-0.1, 1.1), (0.1, 1.2)])
def test_of_a_camera_that_shows_earlier_an_older_frame_is_taken(offset, partner):
    lives = [live_frames.LiveFrames(StillCamera((4, 4)), 25) for _ in range(2)]
    for live in lives:
        live._frames.extend(live_frames.Frame(None, seconds) for seconds in (1.0, 1.1, 1.2))
        live.start = lambda: None
    frame_a, frame_b = next(live_by_time(*lives, offset))
    assert (frame_a.seconds, frame_b.seconds) == (1.2, partner)


def test_a_camera_that_comes_back_in_another_size_is_not_taken(monkeypatch):
    other = StillCamera((8, 8))
    monkeypatch.setattr(live_frames, "VideoCapture", lambda name: other)
    monkeypatch.setattr(live_frames, "_PAUSE", 0.001)
    live = live_frames.LiveFrames(StillCamera((4, 4)), 25, reconnect=0.02)
    assert not live._open_again() and live.reconnections == 0 and other.is_closed
