"""The page in the browser: what its buttons do, what it refuses, and that it keeps nothing."""

import json
import os
import re
import shutil
import socket
import struct
import sys
import time
import zlib
from pathlib import Path

import httpx
import numpy as np
import pytest
from visitor import Visitor, as_file, header_bomb, kept_files, opened_in_chromium, take_screenshot

from mmfusion_distill.annotation.event_types import KNOWN_EVENT_TYPES
from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.cli import serve
from mmfusion_distill.data.generated_scenes import generate_pair
from mmfusion_distill.images.image_io import read_image, write_image
from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.serve import server
from mmfusion_distill.serve.server import launch
from mmfusion_distill.serve.uploads import Limits, VisitorFiles, read_picture
from mmfusion_distill.user_errors import UserError
from mmfusion_distill.zoo.model_index import exported_beside, shipped_weights

SOURCE_A, SOURCE_B = "Source A", "Source B"


@pytest.fixture
def picture(tmp_path):
    """Bytes of an image file."""

    def encode(image, kind="png"):
        path = tmp_path / f"encoded.{kind}"
        write_image(path, image)
        return path.read_bytes()

    return encode


@pytest.fixture(scope="class")
def visitor():
    pytest.importorskip("gradio", reason="needs Gradio: pip install mmfusion_distill[serve]")
    with launch(Limits(megabytes=1), device="cpu", port=0) as address:
        yield Visitor(address)


class Named:
    """A network that names events, or a guided one, as the page sees it."""

    def __init__(self, guided=False):
        self.guided, self.told = guided, None

    def explain(self, img_a, img_b):
        if self.guided:
            raise UserError("the network names no events: it reads a text")
        return dict(low_light=0.9, haze=0.1)

    def __call__(self, pair):
        self.told = dict(annotation=pair["annotation"].events[0].type)
        return dict(predictions=[np.zeros((480, 640, 3), np.uint8)])

    def fuse(self, img_a, img_b, text=None, events=None):
        self.told = dict(text=text, events=events)
        return np.zeros((480, 640, 3), np.uint8)


class TestUploads:
    @pytest.mark.parametrize(
        "name, content, words",
        [
            ("text.png", b"hello, this is no image", "text.png is no image"),
            ("empty.png", b"", "empty.png is no image"),
            ("bomb.png", header_bomb(), "bomb.png has 20000x20000 pixels, more than 8 million"),
            (
                "frame.gif",
                b"GIF89a" + struct.pack("<HHBBBBHHHHB", 8, 8, 0, 0, 0, 0x2C, 0, 0, 20_000, 20_000, 0),
                "frame.gif has 20000x20000 pixels, more than 8 million",
            ),
            ("svg.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg.png is no image"),
            ("scan.dcm", b"BM" + bytes(16) + struct.pack("<ii", 9, 9), "scan.dcm is no image"),
        ],
    )
    def test_what_is_no_picture_is_refused_in_one_sentence(self, tmp_path, name, content, words):
        files = VisitorFiles(tmp_path / "visits")
        (tmp_path / name).write_bytes(content)
        path = files.keep(tmp_path / name, "a visit")
        with pytest.raises(ImageReadError) as error:
            read_picture(path, False, Limits())
        shown = files.shown(str(error.value))
        assert shown.startswith(words) and str(tmp_path) not in shown and "\n" not in shown

    def test_a_picture_that_unpacks_to_more_than_its_header_says_is_no_more_than_that(self, tmp_path):
        bomb = header_bomb(8, 8).replace(zlib.compress(b""), b"")
        data = zlib.compress(bytes(10_000_000))
        chunk = struct.pack(">I", len(data)) + b"IDAT" + data + struct.pack(">I", zlib.crc32(b"IDAT" + data))
        (tmp_path / "bomb.png").write_bytes(bomb[:33] + chunk + bomb[-12:])
        assert read_picture(tmp_path / "bomb.png", False, Limits()).shape == (8, 8, 3)

    @pytest.mark.parametrize("visit", ["../../..", "/etc", "", None, "x" * 9999, "\0"])
    def test_a_visit_of_any_name_has_its_own_folder(self, tmp_path, visit):
        files = VisitorFiles(tmp_path / "visits")
        assert files.folder(visit).parent.parent == files.root
        files.forget(visit)
        assert not list(files.root.iterdir())

    @pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan")])
    def test_limits_are_numbers_above_0(self, value):
        with pytest.raises(UserError, match="--max-megapixels is .*, wanted a finite number above 0"):
            Limits(megapixels=value)


def test_weights_are_offered_by_names_without_folders(tmp_path):
    pytest.importorskip("onnxruntime")
    paths = [tmp_path / folder / "own.onnx" for folder in "ab"]
    for path in paths:
        path.parent.mkdir()
        shutil.copy(exported_beside(shipped_weights("tiny")), path)
    assert next(iter(server.load_networks(paths[:1], "cpu"))) == "own.onnx"
    with pytest.raises(UserError, match="two files of weights are called own.onnx: rename one of them"):
        server.load_networks(paths, "cpu")


class TestCommandLine:
    def test_without_gradio_it_says_how_to_get_it(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "gradio", None)
        monkeypatch.delitem(sys.modules, "mmfusion_distill.serve.page", raising=False)
        with pytest.raises(SystemExit, match=re.escape('pip install "mmfusion_distill[serve]"')):
            serve.main(["--port", "0"])

    def test_a_port_that_is_taken_is_named(self, monkeypatch):
        pytest.importorskip("gradio", reason="needs Gradio: pip install mmfusion_distill[serve]")
        monkeypatch.setattr(server, "load_networks", lambda weights, device: dict(named=Named()))
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            wanted = pytest.raises(UserError, match=f"cannot listen at 127.0.0.1:{port}: take another --port")
            with wanted, launch(Limits(), port=port):
                pass

    @pytest.mark.parametrize("limit", ["megabytes", "megapixels", "frames"])
    def test_limits_are_checked_before_networks_are_loaded(self, limit, capsys):
        with pytest.raises(SystemExit) as stopped:
            serve.main([f"--max-{limit}", "-1"])
        assert stopped.value.code == 2
        assert f"argument --max-{limit}: '-1' is not" in capsys.readouterr().err


class TestServer:
    @pytest.mark.parametrize(
        "path",
        [
            "/gradio_api/file=/etc/passwd",
            "/file=/etc/passwd",
            "/gradio_api/file=../../../../etc/passwd",
            "/gradio_api/file=%2e%2e/%2e%2e/etc/passwd",
            "/gradio_api/file%3D/etc/passwd",
            "/gradio_api/file={visits}/../../../etc/passwd",
            "/gradio_api/file={visits}/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
            "//gradio_api//file=/etc/passwd",
            "/gradio_api/file=setup.py",
            "/gradio_api/file=http://127.0.0.1:1/",
            "/gradio_api/file=file:///etc/passwd",
            "/gradio_api/file/etc/passwd",
            "/gradio_api/proxy=http://127.0.0.1:1/",
            "/gradio_api/deep_link?session_hash=test",
            "/monitoring/summary",
            "/static/../../../../../../etc/passwd",
            "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
            "/assets/..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
            "/custom_component/x/client/component/../../../../etc/passwd",
        ],
    )
    def test_no_file_of_the_server_is_readable(self, visitor, path):
        # Sent as it stands: clients would tidy the dots away.
        host = visitor.address.removeprefix("http://")
        path = path.format(visits=Path(os.environ["GRADIO_TEMP_DIR"], "visits"))
        with socket.create_connection(tuple(host.split(":"))) as line:
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: line.recv(65536), b""))
        assert int(answer.split()[1]) in (400, 403, 404), answer[:200]
        assert b"root:" not in answer

    def test_an_upload_is_not_handed_out_again(self, visitor):
        (path,) = visitor.upload("note.txt", b"private").json()
        assert visitor.http.get(f"/gradio_api/file={path}").status_code == 403
        Path(path).unlink()

    @pytest.mark.parametrize(
        "path", ["/etc/passwd", "setup.py", "http://127.0.0.1:1/a.png", "file:///etc/passwd", ".", "{visits}"]
    )
    def test_a_request_names_neither_files_nor_addresses(self, visitor, path):
        path = path.format(visits=Path(os.environ["GRADIO_TEMP_DIR"], "visits"))
        message = visitor.call("upload", as_file(path), of=SOURCE_A)
        assert not message["success"] and "root:" not in json.dumps(message)
        message = visitor.call("change", as_file(path), of="Weights")
        assert not message["success"] and "root:" not in json.dumps(message)
        assert not kept_files() and Path("setup.py").exists()

    def test_hostile_uploads_get_one_sentence_and_leave_nothing(self, visitor):
        for name, content, words in (
            ("text.png", b"no image", "text.png is no image"),
            ("bomb.png", header_bomb(), "bomb.png has 20000x20000 pixels"),
            ("../../../etc/passwd", b"x", "passwd is no image"),
            ("<img src=x onerror=alert(1)>.png", b"x", "img src=x onerror=alert(1).png is no image"),
        ):
            message = visitor.drop(SOURCE_A, name, content)
            assert not message["success"]
            assert message["output"]["error"].startswith(words)
        assert not kept_files()

    def test_a_file_above_the_limit_is_refused_while_it_comes_in(self, visitor):
        assert visitor.upload("large.png", bytes(1_100_000)).status_code == 413
        assert not kept_files()

    def test_a_pair_is_fused_as_the_command_does_and_its_files_go_with_the_visit(
        self, visitor, picture, tmp_path
    ):
        pair = generate_pair(0, 40, 48)
        for field, image in zip((SOURCE_A, SOURCE_B), pair):
            assert visitor.drop(field, f"{field}.png", picture(image))["success"]
        message = visitor.call("click", None, None, "student", "", [], of="Fuse")
        assert message["success"]
        assert "48x40 pixels read and fused by student" in json.dumps(message["output"])
        (fused,) = (path for path in kept_files() if path.name == "fused.png")
        difference = read_image(fused).astype(int) - FusionInferencer(device="cpu").fuse(*pair)
        assert np.abs(difference).max() <= 1
        assert visitor.http.get(f"/gradio_api/file={fused}").content == fused.read_bytes()
        visitor.leave()
        for _ in range(100):
            if not kept_files():
                break
            time.sleep(0.05)
        assert not kept_files()
        message = visitor.call("click", None, None, "student", "", [], of="Fuse")
        assert message["output"]["error"] == "source A and B is missing: upload it"

    def test_pictures_that_do_not_fit_together_are_named(self, visitor, picture):
        visitor = Visitor(visitor.address, visit="another")
        visitor.drop(SOURCE_A, "street.png", picture(np.zeros((40, 48, 3))))
        message = visitor.call("click", None, None, "student", "", [], of="Fuse")
        assert message["output"]["error"] == "source B is missing: upload it"
        visitor.drop(SOURCE_B, "warm.png", picture(np.zeros((32, 32))))
        message = visitor.call("click", None, None, "student", "", [], of="Fuse")
        assert "street.png is 48x40, warm.png is 32x32" in message["output"]["error"]
        for options in (["/etc/passwd", "", []], ["student", "", ["/etc/passwd"]]):
            assert not visitor.call("click", None, None, *options, of="Fuse")["success"]

    def test_other_sites_are_refused(self, visitor):
        assert visitor.http.get("/config", headers=dict(origin="https://example.org")).status_code == 403
        assert visitor.http.get("/config", headers=dict(origin="null")).status_code == 403
        for path in ("/config", "/"):
            assert visitor.http.get(path, headers=dict(host="example.org")).status_code == 403
        assert visitor.http.get("/config", headers=dict(origin=visitor.address)).status_code == 200

    def test_the_page_loads_nothing_from_other_servers(self, visitor):
        page = visitor.http.get("/")
        loaded = re.findall(r'<(?:link|script|img)[^>]*(?:src|href)="(https?://[^"]+)', page.text)
        assert not [address for address in loaded if not address.startswith(visitor.address)]
        style = visitor.http.get("/theme.css").text
        assert not re.findall(r"url\(['\"]?https?:|@import", style)
        assert "default-src 'self'" in page.headers["content-security-policy"]


def test_starting_calls_nobody_and_ends_without_a_trace(monkeypatch):
    pytest.importorskip("gradio", reason="needs Gradio: pip install mmfusion_distill[serve]")
    called = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def recording(self, address):
        called.append(address)
        return connect(self, address)

    def looking_up(host, *args, **kwargs):
        called.append((host,))
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", recording)
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)
    with launch(Limits(), device="cpu", port=0) as address:
        folder = Path(os.environ["GRADIO_TEMP_DIR"])
        assert address.startswith("http://127.0.0.1:")
        Visitor(address).upload("left.png", b"never asked to be read")
        assert kept_files()
    assert not folder.exists()
    hosts = {host.decode() if isinstance(host, bytes) else host for host, *_ in called if host}
    assert hosts <= {"127.0.0.1", "localhost"}
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False)


def test_a_network_is_told_events_and_says_what_it_saw_and_a_guided_one_reads_text(monkeypatch):
    pytest.importorskip("gradio", reason="needs Gradio: pip install mmfusion_distill[serve]")
    from mmfusion_distill.serve import page

    networks = dict(named=Named(), teacher=Named(guided=True))
    monkeypatch.setattr(server, "load_networks", lambda weights, device: networks)
    with launch(Limits(), port=0) as address:
        visitor = Visitor(address)
        for name in networks:
            text, events = visitor.call("change", name, of="Weights")["output"]["data"]
            assert text["visible"] is networks[name].guided is not events["visible"]
        visitor.call("click", of="Sample pair")
        message = visitor.call("click", None, None, "named", " ", ["haze"], of="Fuse")
        assert networks["named"].told == dict(text=None, events=["haze"])
        assert '"label": "low_light", "confidence": 0.9' in json.dumps(message["output"])
        visitor.call("click", None, None, "teacher", "fog", [], of="Fuse")
        assert networks["teacher"].told == dict(text="fog", events=None)
        visitor.call("click", None, None, "teacher", " ", [], of="Fuse")
        assert networks["teacher"].told["annotation"] in KNOWN_EVENT_TYPES
        visitor.call("click", None, None, "teacher", "x" * 9999, [], of="Fuse")
        assert len(networks["teacher"].told["text"]) == page._MAX_TEXT


def test_files_behind_an_idle_page_go_after_a_while(monkeypatch):
    pytest.importorskip("gradio", reason="needs Gradio: pip install mmfusion_distill[serve]")
    from mmfusion_distill.serve import page

    monkeypatch.setattr(page, "KEPT", 1)
    monkeypatch.setattr(page, "SWEPT", 1)
    monkeypatch.setattr(server, "load_networks", lambda weights, device: dict(named=Named()))
    with launch(Limits(), port=0) as address:
        visitor = Visitor(address)
        assert visitor.call("click", of="Sample pair")["success"]
        visitor.upload("left.png", b"never asked to be read")
        for _ in range(300):
            if not kept_files():
                break
            time.sleep(0.1)
        assert not kept_files()


class TestBrowser:
    def test_a_visitor_fuses_and_downloads(self, visitor, tmp_path):
        for page in opened_in_chromium(visitor.address):
            page.get_by_role("button", name="Sample pair").wait_for()
            (tmp_path / "text.png").write_bytes(b"no image")
            page.locator("input[type=file]").first.set_input_files(str(tmp_path / "text.png"))
            page.get_by_text("text.png is no image").first.wait_for()
            take_screenshot(page, "refused")
            page.get_by_role("button", name="Sample pair").click()
            page.get_by_text("sample_B").first.wait_for()
            page.get_by_role("button", name="Fuse", exact=True).click()
            done = page.get_by_label("What was done").first
            page.wait_for_function(
                "[...document.querySelectorAll('textarea')].some(x => x.value.includes('fused by student'))"
            )
            assert "640x480 pixels read and fused by student" in done.input_value()
            shown = "[...document.querySelectorAll('img')].filter(x => x.naturalWidth == 640).length"
            page.wait_for_function(f"{shown} == 8")
            take_screenshot(page, "pictures")
            with page.expect_download() as download:
                page.get_by_text("Download PNG").click()
            download.value.save_as(tmp_path / "fused.png")
            assert read_image(tmp_path / "fused.png").shape == (480, 640, 3)
            elsewhere = [
                url for url in page.requests if not url.startswith((visitor.address, "data:", "blob:"))
            ]
            assert not elsewhere
        for _ in range(100):
            if not kept_files():
                break
            time.sleep(0.05)
        assert not kept_files()
