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
from test_page import (  # noqa: F401  (fixtures)
    Visitor,
    as_file,
    browser_page,
    guided_weights,
    kept_files,
    picture_file,
    service,
    visitor,
)
from written_videos import write_video

from mmfusion_distill.serve.films import take_film
from mmfusion_distill.serve.fusion_service import FusionService
from mmfusion_distill.serve.limits import Limits
from mmfusion_distill.user_errors import UserError
from mmfusion_distill.video import VideoOptions
from mmfusion_distill.video.video_reader import VideoReader

TWO_FILES = ("tiny", "two files", "time", 0, "")


@pytest.fixture
def film(tmp_path):
    """Make an uploaded video."""

    def make(name, levels=(60, 90, 120), **options):
        path = tmp_path / "uploads" / name
        path.parent.mkdir(exist_ok=True)
        return write_video(path, levels, **options)

    return make


class TestFilms:
    def test_a_video_is_in_memory_and_its_file_is_gone(self, film):
        path = film("street.avi")
        taken = take_film(path, Limits())
        assert (taken.name, taken.kind, taken.size) == ("street.avi", ".avi", "64x48")
        assert not path.exists()

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "list.m3u8 is no video"),
            ("list.avi", b"#EXTM3U\n\0#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n", "list.avi is no video"),
            ("concat.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n\0", "concat.mp4 is no video"),
            ("empty.mkv", b"", "empty.mkv is no video"),
            ("head.avi", b"RIFF\0\0\0\0AVI LIST", "head.avi cannot be read as a video"),
            ("head.webm", b"\x1aE\xdf\xa3" + bytes(99), "head.webm cannot be read as a video"),
        ],
    )
    def test_what_is_no_video_is_refused_in_one_sentence_and_deleted(self, tmp_path, name, content, words):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UserError, match=re.escape(words)) as error:
            take_film(tmp_path / name, Limits())
        assert str(tmp_path) not in str(error.value) and "\n" not in str(error.value)
        assert not (tmp_path / name).exists()

    @pytest.mark.parametrize(
        ("limits", "words"),
        [
            (Limits(frames=2), "long.avi has 3 frames (0 s), more than 2: cut it, .*--max-frames"),
            (Limits(megapixels=0.001), "long.avi has 64x48 pixels, more than 0.001 million"),
            (Limits(megabytes=0.001), "long.avi is larger than 0.001 MB"),
        ],
    )
    def test_a_video_above_a_limit_is_refused(self, film, limits, words):
        path = film("long.avi")
        with pytest.raises(UserError, match=words.replace("(", r"\(").replace(")", r"\)")):
            take_film(path, limits)
        assert not path.exists()


class TestFusing:
    def test_two_videos_become_one_that_plays(self, service, film, tmp_path):  # noqa: F811
        pair = [take_film(film(name), Limits()) for name in ("a.avi", "b.mkv")]
        fused = service.fuse_films(*pair, "tiny", VideoOptions())
        (tmp_path / "fused.webm").write_bytes(fused.data)
        assert len(list(VideoReader(tmp_path / "fused.webm"))) == fused.report.frames == 3

    def test_one_video_may_show_both(self, service, film):  # noqa: F811
        both = take_film(film("both.avi", size=(128, 48)), Limits())
        fused = service.fuse_films(both, None, "tiny", VideoOptions(layout="left-right"))
        assert fused.report.frames == 3

    def test_what_is_wrong_names_the_visitors_files_only(self, service, film):  # noqa: F811
        small, large = (
            take_film(film("small.avi"), Limits()),
            take_film(film("x.avi", size=(80, 48)), Limits()),
        )
        with pytest.raises(UserError, match="video B is missing: upload it"):
            service.fuse_films(small, None, "tiny", VideoOptions())
        with pytest.raises(UserError, match="small.avi and x.avi") as error:
            service.fuse_films(small, large, "tiny", VideoOptions())
        assert "film-" not in str(error.value)

    def test_a_guided_network_wants_a_text(self, tmp_path, tiny_teacher):
        weights = guided_weights(tmp_path / "guided.safetensors", tiny_teacher)
        service = FusionService([weights], device="cpu")  # noqa: F811
        with pytest.raises(UserError, match="guided by text: describe the videos"):
            service.check_text("guided.safetensors", " ", "describe the videos")
        with pytest.raises(UserError, match="not guided by text: leave the text out"):
            service.check_text("tiny", "haze", "describe the videos")


class TestPage:
    def upload(self, visitor, path, nth):  # noqa: F811
        (kept,) = visitor.upload(path.name, path.read_bytes()).json()
        return visitor.call(visitor.function("upload", nth), as_file(kept))

    def test_videos_are_fused_and_nothing_is_kept(self, visitor, film):  # noqa: F811
        for nth, name in ((2, "a.avi"), (3, "b.avi")):
            assert self.upload(visitor, film(name), nth)["success"]
            assert not kept_files()
        message = visitor.call(visitor.function("click", 2), None, None, *TWO_FILES)
        assert message["success"]
        assert "3 frames fused by tiny" in json.dumps(message["output"])
        assert "data:video/webm;base64," in json.dumps(message["output"])
        assert not kept_files()

    def test_hostile_videos_get_one_sentence_and_leave_nothing(self, visitor, tmp_path):  # noqa: F811
        path = tmp_path / "list.avi"
        path.write_bytes(b"#EXTM3U\n\0#EXTINF:1,\nfile:///etc/passwd\n")
        message = self.upload(visitor, path, 2)
        assert not message["success"] and message["output"]["error"].startswith("list.avi is no video")
        assert not kept_files()

    @pytest.mark.parametrize(
        "options",
        [
            ("/etc/passwd", *TWO_FILES[1:]),
            ("tiny", "sideways", "time", 0, ""),
            ("tiny", "two files", "x", 0, ""),
            ("tiny", "two files", "time", -1, ""),
            ("tiny", "two files", "time", "x", ""),
            ("tiny", "two files", "time", 0, "x" * 9999),
        ],
    )
    def test_options_that_are_none_are_refused(self, visitor, film, options):  # noqa: F811
        for nth in (2, 3):
            self.upload(visitor, film(f"{nth}.avi"), nth)
        message = visitor.call(visitor.function("click", 2), None, None, *options)
        assert not message["success"] and "root:" not in json.dumps(message)

    def test_a_visitor_sees_the_result_play(self, visitor, browser_page, film):  # noqa: F811
        page = browser_page
        page.get_by_role("tab", name="Video").click()
        for label, name in (("A (visible), or both side by side", "a.avi"), ("B (infrared)", "b.avi")):
            field = page.locator(f"[aria-label='Video {label}'], .block:has-text('Video {label}')")
            field.locator("input[type=file]").first.set_input_files(str(film(name, range(60, 180, 5))))
            page.get_by_text(f"{name}, 64x48").wait_for()
        page.get_by_role("button", name="Fuse the video").click()
        page.locator("video.mmf-video").wait_for()
        page.wait_for_function("document.querySelector('video.mmf-video').videoWidth == 64")
        assert "24 frames fused by tiny" in page.locator(".mmf-facts").last.inner_text()
        if os.environ.get("MMFUSION_SCREENSHOT"):
            page.screenshot(path=f"{os.environ['MMFUSION_SCREENSHOT']}.video.png", full_page=True)
        elsewhere = [url for url in page.requests if not url.startswith((visitor.address, "data:", "blob:"))]
        assert not elsewhere
        assert not kept_files()


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
        page = Visitor(address)
        (kept,) = page.upload("left.png", b"never asked to be read").json()
        assert Path(kept).exists() and tmp_path in Path(kept).parents
        if number == signal.SIGTERM:
            content = film("long.avi", range(40, 240), size=(320, 240)).read_bytes()
            for nth in (2, 3):
                (kept,) = page.upload(f"{nth}.avi", content).json()
                assert page.call(page.function("upload", nth), as_file(kept))["success"]
            body = dict(data=[None, None, "student", *TWO_FILES[1:]], fn_index=page.function("click", 2))
            page.http.post("/gradio_api/queue/join", json=body | dict(session_hash="test", trigger_id=None))
            for _ in range(600):
                if list(tmp_path.rglob("fused.unfinished.webm")):
                    break
                time.sleep(0.05)
            assert list(tmp_path.rglob("fused.unfinished.webm")), "no video is being fused"
        server.send_signal(number)
        said, error = server.communicate(timeout=100)
    finally:
        server.kill()
    assert server.returncode == 0 and said == "ended\n" and "Traceback" not in error
    assert not list(tmp_path.glob("mmfusion-serve-*"))
