"""Videos that these tests make, fused."""

import os
import signal
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest
from written_videos import SIZE, write_video

from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.images.source_options import SourceOptions
from mmfusion_distill.user_errors import UserError
from mmfusion_distill.video import VideoOptions, fuse_video
from mmfusion_distill.video.matching import by_time
from mmfusion_distill.video.video_reader import Frame, VideoReader, VideoReadError

#: The fake networks below follow source B at once, which smoothing would not let them.
AS_IT_IS = VideoOptions(steady=0)


class SecondSource:
    """A network that returns source B in three channels."""

    def load(self, pair, text=None):
        return pair["img_b"]

    def fuse_loaded(self, batch):
        return [np.repeat(b if b.dtype == np.uint8 else np.uint8(np.rint(b * 255)), 3, axis=2) for b in batch]


def levels_of(path):
    return [float(frame.pixels.mean()) for frame in VideoReader(path)]


@pytest.fixture
def videos(tmp_path):
    levels = range(20, 220, 10)
    return write_video(tmp_path / "a.avi", [128] * 20), write_video(tmp_path / "b.avi", levels)


@pytest.mark.parametrize("target", ["out.avi", "out.mkv", "out.mp4", "out.webm", "new/out.avi"])
def test_two_files_become_a_third(target, videos, tmp_path):
    report = fuse_video(SecondSource(), *videos, tmp_path / target, AS_IT_IS)
    assert report.frames == report.fused == 20 and report.fps > 0 and report.notes == []
    assert np.abs(np.array(levels_of(tmp_path / target)) - range(20, 220, 10)).max() < 4
    assert not list(tmp_path.rglob("*.unfinished*"))


def test_mp4_is_read_too(tmp_path):
    a = write_video(tmp_path / "a.mp4", [128] * 5, encoding="mp4v")
    b = write_video(tmp_path / "b.mp4", [60] * 5, encoding="mp4v")
    assert fuse_video(SecondSource(), a, b, tmp_path / "out.avi").frames == 5


@pytest.mark.parametrize(
    "name", ["thermal", "thermal/%04d.png", "thermal/*.png", "thermal/frame_%d.tiff", "thermal/1.JPG"]
)
def test_numbered_images_in_place_of_a_video_are_told_what_makes_one(name, videos, tmp_path):
    (tmp_path / "thermal").mkdir()
    cv2.imwrite(str(tmp_path / "thermal" / "1.JPG"), np.zeros((48, 64), np.uint8))
    with pytest.raises(VideoReadError, match=f"by ffmpeg .* -i '{tmp_path}/thermal/.*ffv1 thermal.mkv$"):
        fuse_video(SecondSource(), videos[0], tmp_path / name, tmp_path / "out.avi")


def test_frames_of_different_rates_match_by_time(tmp_path):
    a = write_video(tmp_path / "a.avi", [128] * 20, fps=20)
    b = write_video(tmp_path / "b.avi", range(20, 220, 20), fps=10)
    report = fuse_video(SecondSource(), a, b, tmp_path / "out.avi")
    assert report.frames == 20 and report.notes == []
    assert np.abs(np.diff(levels_of(tmp_path / "out.avi"))).max() < 24
    report = fuse_video(SecondSource(), a, b, tmp_path / "n.avi", VideoOptions(match="frame"))
    assert report.frames == 10


def test_time_decides_and_not_the_number():
    a = [Frame(np.zeros(1), seconds) for seconds in (0.0, 0.1, 0.2, 0.3)]
    b = [Frame(np.full(1, index), seconds) for index, seconds in enumerate((0.0, 0.09, 0.32))]
    assert [int(frame.pixels[0]) for _, frame in by_time(a, b)] == [0, 1, 1, 2]
    # B began 0.1 s earlier: its second frame belongs to the first of A.
    assert [int(frame.pixels[0]) for _, frame in by_time(a, b, 0.1)] == [1, 1, 2, 2]
    assert list(by_time(a, [])) == [] and list(by_time([], b)) == []


@pytest.mark.parametrize("layout", ["left-right", "right-left", "top-bottom", "bottom-top"])
def test_a_stream_of_both_is_split(layout, tmp_path):
    both = np.full((48, 64, 3), 40, np.uint8)
    second = {
        "left-right": np.s_[:, 32:],
        "right-left": np.s_[:, :32],
        "top-bottom": np.s_[24:],
        "bottom-top": np.s_[:24],
    }
    both[second[layout]] = 200
    path = tmp_path / "ab.avi"
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*"MJPG"), 25, SIZE)
    for _ in range(3):
        writer.write(both)
    writer.release()
    report = fuse_video(SecondSource(), path, None, tmp_path / "out.avi", VideoOptions(layout=layout))
    assert report.frames == 3 and min(levels_of(tmp_path / "out.avi")) > 190


def test_brightness_is_steady_when_asked(tmp_path):
    a = write_video(tmp_path / "a.avi", [128] * 40)
    b = write_video(tmp_path / "b.avi", [100 + 20 * (index % 2) for index in range(40)])
    fuse_video(SecondSource(), a, b, tmp_path / "out.avi", AS_IT_IS)
    fuse_video(SecondSource(), a, b, tmp_path / "steady.avi", VideoOptions(steady=1))
    assert np.std(levels_of(tmp_path / "steady.avi")) < 0.3 * np.std(levels_of(tmp_path / "out.avi"))


def test_raw_thermal_video_is_stretched_and_its_range_can_be_steady(tmp_path):
    path = tmp_path / "b.mkv"
    options = [cv2.VIDEOWRITER_PROP_DEPTH, cv2.CV_16U, cv2.VIDEOWRITER_PROP_IS_COLOR, 0]
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*"FFV1"), 25, SIZE, options)
    ramp = np.linspace(0, 1000, 48 * 64).reshape(48, 64)
    for index in range(10):
        # something hot comes and goes
        writer.write((29_000 + ramp * (1 + 0.5 * (index % 2))).astype(np.uint16))
    writer.release()
    a = write_video(tmp_path / "a.avi", [128] * 10)

    def spread(name, steady=0.0, **options):
        options["steady"] = steady
        fuse_video(SecondSource(), a, path, tmp_path / name, VideoOptions(**options))
        return [float(frame.pixels[20:28].mean()) for frame in VideoReader(tmp_path / name)]

    assert abs(np.mean(spread("auto.avi")) - 127) < 4
    # 29,000 to 30,000, of a range of 4,000
    fixed = spread("fixed.avi", sources=SourceOptions(ir_range=(29_000, 33_000)))
    assert fixed[1] - fixed[0] > 10 and fixed[0] < 40
    assert np.ptp(spread("steady.avi", steady=1)[2:]) > 5


def test_registration_is_found_once_and_misalignment_said(tmp_path):
    from mmfusion_distill.data.generated_scenes import generate_pair

    visible, thermal = generate_pair(1)
    moved = cv2.warpAffine(thermal, np.float32([[1, 0, 9], [0, 1, -4]]), (256, 192), borderValue=60)
    for name, picture in (("a", visible[:, :, ::-1]), ("b", np.repeat(moved[:, :, None], 3, axis=2))):
        path = str(tmp_path / f"{name}.avi")
        writer = cv2.VideoWriter(path, cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*"MJPG"), 25, (256, 192))
        for _ in range(3):
            writer.write(np.ascontiguousarray(picture))
        writer.release()
    paths = tmp_path / "a.avi", tmp_path / "b.avi"
    report = fuse_video(SecondSource(), *paths, tmp_path / "out.avi")
    assert "the first frame of source B lies" in report.notes[0]
    options = VideoOptions(sources=SourceOptions(register="ecc"))
    assert fuse_video(SecondSource(), *paths, tmp_path / "reg.avi", options).notes == []
    (frame, *_) = VideoReader(tmp_path / "reg.avi")
    error = np.abs(frame.pixels[20:-20, 20:-20, :1].astype(float) - thermal[20:-20, 20:-20])
    assert error.mean() < 6


def test_what_only_one_shows_is_left_out_and_said(videos, tmp_path):
    short = write_video(tmp_path / "short.avi", [60] * 8)
    for pair in ((videos[0], short), (short, videos[0])):
        report = fuse_video(SecondSource(), *pair, tmp_path / "out.avi", VideoOptions(overwrite=True))
        assert report.frames in (8, 9)
        assert report.notes and "only what both show was fused" in report.notes[0]


def test_a_file_that_breaks_off_is_fused_as_far_as_it_goes(videos, tmp_path):
    data = videos[1].read_bytes()
    videos[1].write_bytes(data[: len(data) // 2])
    report = fuse_video(SecondSource(), *videos, tmp_path / "out.avi")
    assert 2 < report.frames < 14 and len(levels_of(tmp_path / "out.avi")) == report.frames
    assert "b.avi breaks off after" in report.notes[0] and "of 20 frames" in report.notes[0]


def test_sizes_that_differ_are_resized_only_when_asked(videos, tmp_path):
    other = write_video(tmp_path / "c.avi", [60] * 20, size=(80, 60))
    with pytest.raises(ImageReadError, match=r"a\.avi and .*c\.avi: .*differ in size.*--resize"):
        fuse_video(SecondSource(), videos[0], other, tmp_path / "out.avi")
    assert not (tmp_path / "out.avi").exists()
    options = VideoOptions(sources=SourceOptions(resize=True))
    assert fuse_video(SecondSource(), videos[0], other, tmp_path / "out.avi", options).frames == 20


def test_odd_sizes_lose_no_row(tmp_path):
    from mmfusion_distill.video.video_writer import VideoWriter

    writer = VideoWriter(tmp_path / "odd.avi")
    writer.write(np.full((33, 47, 3), 90, np.uint8), 25)
    writer.finish()
    (frame,) = VideoReader(tmp_path / "odd.avi")
    assert frame.pixels.shape == (34, 48, 3) and np.abs(frame.pixels.astype(int) - 90).max() < 4


class Interrupted(SecondSource):
    """Ctrl-C while the sixth frame is fused."""

    fused = 0

    def fuse_loaded(self, batch):
        self.fused += 1
        if self.fused == 6:
            raise KeyboardInterrupt
        return super().fuse_loaded(batch)


def test_ctrl_c_keeps_what_is_done(videos, tmp_path):
    report = fuse_video(Interrupted(), *videos, tmp_path / "out.mp4")
    assert report.is_interrupted and report.frames == 5
    assert len(levels_of(tmp_path / "out.mp4")) == 5


def test_an_error_on_the_way_names_the_file_that_holds_what_is_done(videos, tmp_path):
    class Failing(Interrupted):
        def fuse_loaded(self, batch):
            try:
                return super().fuse_loaded(batch)
            except KeyboardInterrupt:
                raise UserError("there is no memory for the network: close something") from None

    with pytest.raises(UserError, match=r"no memory.*the first 5 frames are in .*out\.unfinished\.avi"):
        fuse_video(Failing(), *videos, tmp_path / "out.avi")
    assert len(levels_of(tmp_path / "out.unfinished.avi")) == 5


@pytest.mark.parametrize("extension", [".avi", ".mkv"])
def test_a_killed_run_leaves_a_video_that_plays(extension, tmp_path):
    script = (
        "import sys, time, numpy as np\n"
        "from mmfusion_distill.video.video_writer import VideoWriter\n"
        "writer = VideoWriter(sys.argv[1])\n"
        "rng = np.random.default_rng(0)\n"
        "for _ in range(100):\n"
        "    writer.write(rng.integers(0, 256, (96, 128, 3)).astype(np.uint8), 25)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    target = tmp_path / f"out{extension}"
    process = subprocess.Popen([sys.executable, "-c", script, str(target)], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not target.exists()
    assert len(levels_of(tmp_path / f"out.unfinished{extension}")) > 50
    a = write_video(tmp_path / "a.avi", [128] * 2)
    with pytest.raises(UserError, match="is what a run that was ended has left"):
        fuse_video(SecondSource(), a, a, target)
    assert fuse_video(SecondSource(), a, a, target, VideoOptions(overwrite=True)).frames == 2


class FakeCamera:
    """What OpenCV hands out for a camera: thirty frames, one every five milliseconds."""

    #: The one that was opened last.
    newest = None

    def __init__(self, index, backend=None):
        self.frames = 0
        FakeCamera.newest = self

    def isOpened(self):
        return True

    def get(self, name):
        return {cv2.CAP_PROP_FRAME_WIDTH: 64, cv2.CAP_PROP_FRAME_HEIGHT: 48, cv2.CAP_PROP_FPS: 30}.get(
            name, 0
        )

    def read(self):
        time.sleep(0.005)
        self.frames += 1
        return self.frames <= 30, np.full((48, 64, 3), self.frames, np.uint8)

    def release(self):
        pass


def test_two_cameras_are_fused_until_they_end_or_enough(tmp_path, monkeypatch):
    monkeypatch.setattr(cv2, "VideoCapture", FakeCamera)
    readers = VideoReader("0"), VideoReader("1")
    assert all(reader.is_live and reader.total is None for reader in readers)
    pairs = list(by_time(*readers))
    assert len(pairs) > 3 and max(abs(a.seconds - b.seconds) for a, b in pairs) < 1
    monkeypatch.undo()


def test_a_late_reader_gets_the_newest_frame_of_a_camera(monkeypatch):
    monkeypatch.setattr(cv2, "VideoCapture", FakeCamera)
    frames = iter(VideoReader("0"))
    first = next(frames).pixels[0, 0, 0]
    while FakeCamera.newest.frames <= 30:
        time.sleep(0.01)
    assert next(frames).pixels[0, 0, 0] > first + 10


def test_a_window_that_cannot_be_is_said(videos, monkeypatch):
    def no_window(*_):
        raise cv2.error("no display")

    monkeypatch.setattr(cv2, "imshow", no_window)
    with pytest.raises(OSError, match="no window can be shown here"):
        fuse_video(SecondSource(), *videos, None, VideoOptions(show=True))


def test_the_command_fuses_and_prints_the_speed(videos, tmp_path, capsys):
    from mmfusion_distill.cli.video import main

    code = main([*map(str, videos), str(tmp_path / "out.avi"), "--weights", "tiny", "--max-frames", "2"])
    assert code == 0 and "2 frames in" in (said := capsys.readouterr().out)
    assert "frames per second end to end" in said
    assert len(levels_of(tmp_path / "out.avi")) == 2


def test_a_reader_names_what_it_cannot_read(tmp_path):
    with pytest.raises(VideoReadError, match="No such file"):
        VideoReader(tmp_path / "nothing.avi")


CLOSED_WHILE_READ = """
import sys, threading, time
from mmfusion_distill.video.video_reader import VideoReader

for _ in range(30):
    video = VideoReader(sys.argv[1])
    reading = threading.Thread(target=list, args=(video,))
    reading.start()
    time.sleep(0.003)
    video.close()
    reading.join()
print("alive")
"""


def test_a_video_is_closed_while_another_thread_reads_it(tmp_path):
    video = write_video(tmp_path / "a.avi", [128] * 120, size=(640, 480))
    done = subprocess.run([sys.executable, "-c", CLOSED_WHILE_READ, video], capture_output=True, text=True)
    # Frames read before may be none, which the reader says in its thread.
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr[-500:]
