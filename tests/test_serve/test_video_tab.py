"""The page's tab for videos, and that the server ends without a trace."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from visitor import Visitor, kept_files, opened_in_chromium, take_screenshot
from written_videos import write_video

from mmfusion_distill.serve.server import launch
from mmfusion_distill.serve.uploads import Limits, VisitorFiles, check_film
from mmfusion_distill.user_errors import UserError
from mmfusion_distill.video.video_reader import VideoReader

TWO_FILES = ("tiny", "two files", "time", 0, "")
VIDEO_A, VIDEO_B = "Video A", "Video B"


@pytest.fixture
def film(tmp_path):
    """Write a video."""

    def write(name, levels=(60, 90, 120), **options):
        return write_video(tmp_path / name, levels, **options)

    return write


@pytest.fixture(scope="class")
def visitor():
    pytest.importorskip("gradio", reason="needs Gradio: pip install mmfusion_distill[serve]")
    with launch(Limits(), device="cpu", port=0) as address:
        yield Visitor(address)


class TestFilms:
    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "list.m3u8 is no video"),
            ("list.avi", b"#EXTM3U\n\0#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n", "list.avi is no video"),
            ("mark.avi", b"#EXTM3U\nAVI \n#EXTINF:1,\nfile:///etc/passwd\n", "mark.avi is no video"),
            ("mark.mp4", b"#EXTftyp\n#EXTINF:1,\nfile:///etc/passwd\n", "mark.mp4 is no video"),
            ("concat.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n\0", "concat.mp4 is no video"),
            ("empty.mkv", b"", "empty.mkv is no video"),
            ("head.avi", b"RIFF\0\0\0\0AVI LIST", "head.avi cannot be read as a video"),
            ("head.webm", b"\x1aE\xdf\xa3" + bytes(99), "head.webm cannot be read as a video"),
        ],
    )
    def test_what_is_no_video_is_refused_in_one_sentence(self, tmp_path, name, content, words):
        files = VisitorFiles(tmp_path / "visits")
        (tmp_path / name).write_bytes(content)
        path = files.keep(tmp_path / name, "a visit")
        with pytest.raises(UserError) as error:
            check_film(path, Limits())
        shown = files.shown(str(error.value))
        assert shown.startswith(words) and str(tmp_path) not in shown and "\n" not in shown

    @pytest.mark.parametrize(
        ("limits", "words"),
        [
            (Limits(frames=2), "long.avi has 3 frames, more than 2: .*--max-frames"),
            (
                Limits(megapixels=0.001),
                "long.avi has 64x48 pixels, more than 0.001 million: .*--max-megapixels",
            ),
        ],
    )
    def test_a_video_above_a_limit_is_refused(self, film, limits, words):
        with pytest.raises(UserError, match=words):
            check_film(film("long.avi"), limits)


class TestPage:
    def test_videos_are_fused_to_one_that_plays(self, visitor, film):
        for field, name in ((VIDEO_A, "a.avi"), (VIDEO_B, "b.mkv")):
            message = visitor.drop(field, name, film(name).read_bytes())
            assert "64x48 pixels, 25 frames per second" in json.dumps(message["output"])
        message = visitor.call("click", None, None, *TWO_FILES, of="Fuse the video")
        assert message["success"] and "3 frames fused by tiny" in json.dumps(message["output"])
        (fused,) = (path for path in kept_files() if path.name == "fused.webm")
        assert len(list(VideoReader(fused))) == 3

    def test_one_video_may_show_both(self, film, visitor):
        visitor = Visitor(visitor.address, visit="both")
        visitor.drop(VIDEO_A, "both.avi", film("both.avi", size=(128, 48)).read_bytes())
        options = ("tiny", "left-right", *TWO_FILES[2:])
        assert visitor.call("click", None, None, *options, of="Fuse the video")["success"]
        message = visitor.call("click", None, None, *TWO_FILES, of="Fuse the video")
        assert message["output"]["error"] == "video B is missing: upload it"

    def test_what_is_wrong_names_the_visitors_files_only(self, visitor, film):
        visitor = Visitor(visitor.address, visit="sizes")
        visitor.drop(VIDEO_A, "small.avi", film("small.avi").read_bytes())
        visitor.drop(VIDEO_B, "large.avi", film("large.avi", size=(80, 48)).read_bytes())
        message = visitor.call("click", None, None, *TWO_FILES, of="Fuse the video")
        assert "small.avi and large.avi" in message["output"]["error"]
        assert "mmfusion-serve" not in message["output"]["error"]

    def test_hostile_videos_get_one_sentence_and_leave_nothing(self, visitor):
        before = set(kept_files())
        message = visitor.drop(VIDEO_A, "list.avi", b"#EXTM3U\nAVI #EXTINF:1,\nfile:///etc/passwd\n")
        assert not message["success"] and message["output"]["error"].startswith("list.avi is no video")
        assert set(kept_files()) == before

    @pytest.mark.parametrize(
        "options",
        [
            ("/etc/passwd", *TWO_FILES[1:]),
            ("tiny", "sideways", "time", 0, ""),
            ("tiny", "two files", "x", 0, ""),
            ("tiny", "two files", "time", -1, ""),
            ("tiny", "two files", "time", "x", ""),
            ("tiny", "two files", "time", 0, "text for a network that reads none"),
        ],
    )
    def test_options_that_are_none_are_refused(self, visitor, film, options):
        for field in (VIDEO_A, VIDEO_B):
            visitor.drop(field, "film.avi", film("film.avi").read_bytes())
        message = visitor.call("click", None, None, *options, of="Fuse the video")
        assert not message["success"] and "root:" not in json.dumps(message)

    def test_a_visitor_sees_the_result_play(self, visitor, film, tmp_path):
        (tmp_path / "list.avi").write_bytes(b"#EXTM3U\n")
        for page in opened_in_chromium(visitor.address):
            page.get_by_role("tab", name="Video").click()
            for name, words in (("list.avi", "list.avi is no video"), ("a.avi", "64x48"), ("b.avi", "64x48")):
                path = tmp_path / name if name == "list.avi" else film(name, range(60, 180, 5))
                field = "Video B" if name == "b.avi" else "Video A"
                page.locator(f".block:has-text('{field}') input[type=file]").first.set_input_files(str(path))
                page.get_by_text(words).nth(int(name == "b.avi")).wait_for()
            page.get_by_role("button", name="Fuse the video").click()
            page.wait_for_function("[...document.querySelectorAll('video')].some(x => x.videoWidth == 64)")
            assert "24 frames fused by tiny" in page.get_by_label("What was done").last.input_value()
            take_screenshot(page, "video")
            elsewhere = [
                url for url in page.requests if not url.startswith((visitor.address, "data:", "blob:"))
            ]
            assert not elsewhere


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_ended_leaves_nothing(tmp_path, film, number):
    pytest.importorskip("gradio", reason="needs Gradio: pip install mmfusion_distill[serve]")
    server = subprocess.Popen(
        [sys.executable, "-m", "mmfusion_distill", "serve", "--port", "0", "--device", "cpu"],
        env=os.environ | dict(TMPDIR=str(tmp_path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = re.match(r"serving at (\S+) ", server.stdout.readline())[1]
        visitor = Visitor(address)
        (kept,) = visitor.upload("left.png", b"never asked to be read").json()
        assert Path(kept).exists() and tmp_path in Path(kept).parents
        if number == signal.SIGTERM:
            content = film("long.avi", range(40, 240), size=(320, 240)).read_bytes()
            for field in (VIDEO_A, VIDEO_B):
                assert visitor.drop(field, "long.avi", content)["success"]
            visitor.start("click", None, None, "student", *TWO_FILES[1:], of="Fuse the video")
            for _ in range(600):
                if list(tmp_path.rglob("fused.unfinished.webm")):
                    break
                time.sleep(0.05)
            assert list(tmp_path.rglob("fused.unfinished.webm")), "no video is being fused"
        server.send_signal(number)
        said, error = server.communicate(timeout=60)
    finally:
        server.kill()
    assert server.returncode == 0 and said == "ended\n" and "Traceback" not in error, error
    assert not list(tmp_path.glob("mmfusion-serve-*"))
