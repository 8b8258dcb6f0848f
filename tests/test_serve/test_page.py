"""The page in the browser: what its buttons do, what it refuses, and that it keeps nothing."""

import base64
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

import cv2
import httpx
import numpy as np
import pytest

from mmfusion_distill.apis import FusionInferencer, list_models
from mmfusion_distill.cli import serve
from mmfusion_distill.data.generated_scenes import generate_pair
from mmfusion_distill.images.image_io import read_image, write_image
from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.serve import markup, page
from mmfusion_distill.serve.fusion_service import MAX_TEXT, FusionService
from mmfusion_distill.serve.limits import Limits
from mmfusion_distill.serve.server import launch
from mmfusion_distill.serve.uploads import Picture, sample_pair, take_upload
from mmfusion_distill.user_errors import UserError

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def service():
    return FusionService(device="cpu")


@pytest.fixture
def picture_file(tmp_path):
    """Write bytes, or a picture, and give the path."""

    def write(name, content):
        path = tmp_path / "uploads" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content) if isinstance(content, bytes) else write_image(path, content)
        return path

    return write


def header_bomb(width=20_000, height=20_000):
    """A PNG of a few bytes that says it has many pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


class TestUploads:
    def test_a_picture_is_read_as_the_network_reads_files_and_its_file_is_gone(self, picture_file, service):
        visible, thermal = generate_pair(0, 40, 48)
        paths = picture_file("a.png", visible), picture_file("b.png", thermal)
        expected = FusionInferencer(device="cpu").fuse(*map(str, paths))
        pair = [take_upload(path, is_b, Limits()) for path, is_b in zip(paths, (False, True))]
        assert not any(path.exists() for path in paths)
        assert pair[0].name == "a.png" and pair[0].size == "48x40"
        difference = service.fuse(*pair, "student").fused.astype(int) - expected
        assert np.abs(difference).max() <= 1

    @pytest.mark.parametrize(
        "name, content, words",
        [
            ("text.png", b"hello, this is no picture", "text.png is no picture"),
            ("empty.png", b"", "empty.png is no picture"),
            ("bomb.png", header_bomb(), "bomb.png has 20000x20000 pixels, more than 8 million"),
            ("svg.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg.png is no picture"),
        ],
    )
    def test_what_is_no_picture_is_refused_in_one_sentence_and_deleted(
        self, picture_file, name, content, words
    ):
        path = picture_file(name, content)
        with pytest.raises(ImageReadError, match=re.escape(words)) as error:
            take_upload(path, False, Limits())
        assert str(path.parent) not in str(error.value) and "\n" not in str(error.value)
        assert not path.exists()

    def test_a_truncated_picture_is_refused_without_the_servers_path(self, picture_file):
        whole = picture_file("cut.png", np.random.default_rng(0).integers(0, 256, (40, 40, 3)))
        whole.write_bytes(whole.read_bytes()[:-500])
        with pytest.raises(ImageReadError, match=r"^cut.png is cut off") as error:
            take_upload(whole, False, Limits())
        assert "/" not in str(error.value) and not whole.exists()

    def test_a_file_with_too_many_bytes_is_refused(self, picture_file):
        path = picture_file("large.png", b"\x89PNG" + bytes(2000))
        with pytest.raises(ImageReadError, match="large.png is larger than 0.001 MB"):
            take_upload(path, False, Limits(megabytes=0.001))
        assert not path.exists()

    def test_a_file_that_is_gone_is_asked_for_again(self, tmp_path):
        with pytest.raises(ImageReadError, match="gone.png is gone or cannot be read: upload it again"):
            take_upload(tmp_path / "gone.png", False, Limits())

    @pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan")])
    def test_limits_are_numbers_above_0(self, value):
        with pytest.raises(UserError, match="--max-megapixels is .*, wanted a finite number above 0"):
            Limits(megapixels=value)


class TestService:
    def test_the_sample_pair_is_fused_and_its_events_are_named(self, service):
        outcome = service.fuse(*sample_pair(0), "tiny")
        assert outcome.fused.shape == (480, 640, 3) and outcome.fused.dtype == np.uint8
        assert outcome.events and outcome.seconds > 0

    def test_a_missing_source_is_asked_for(self, service):
        with pytest.raises(UserError, match="source B is missing: upload it, or take the sample pair"):
            service.fuse(sample_pair(0)[0], None, "student")

    def test_sizes_that_differ_are_named(self, service):
        small = Picture("small.png", np.zeros((40, 48, 1), np.float32))
        with pytest.raises(UserError, match="differ in size: .* is 640x480, small.png is 48x40"):
            service.fuse(sample_pair(0)[0], small, "student")

    def test_text_for_a_network_that_reads_none_is_refused(self, service):
        assert not service.is_guided("student")
        with pytest.raises(UserError, match="student is not guided by text: leave the text out"):
            service.fuse(*sample_pair(0), "student", "low light")

    def test_text_of_any_length_is_not_read(self, service):
        with pytest.raises(UserError, match="shorten it to"):
            service.fuse(*sample_pair(0), "student", "x" * (MAX_TEXT + 1))

    def test_a_visitor_names_no_file_as_weights(self, service):
        with pytest.raises(UserError, match="there is no network of that name: choose from student, tiny"):
            service.fuse(*sample_pair(0), "/etc/passwd")

    def test_a_guided_network_is_told_the_text_or_else_the_events(self, tmp_path, tiny_teacher):
        weights = guided_weights(tmp_path / "guided.safetensors", tiny_teacher)
        service = FusionService([weights], device="cpu")
        assert service.names == ["guided.safetensors", *list_models()]
        assert service.is_guided("guided.safetensors")
        pair = [Picture(name, image.pixels[:64, :64]) for name, image in zip("ab", sample_pair(1))]
        events = service.fuse(*pair, "guided.safetensors").fused
        text = service.fuse(*pair, "guided.safetensors", "haze").fused
        assert (events != text).any()


def guided_weights(path, network_config):
    """A file of a guided network with random weights that text changes."""
    import torch
    from mmagic.registry import MODELS
    from safetensors.torch import save_file

    network = MODELS.build(network_config)
    for parameter in network.guidance.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    metadata = dict(
        network=json.dumps(network_config), text_encoder=json.dumps(dict(type="SentenceTextEncoder"))
    )
    save_file(network.state_dict(), path, metadata=metadata)
    return path


def test_names_of_files_are_no_markup():
    picture = Picture("<img src=x onerror=alert(1)>.png", np.zeros((8, 8, 3), np.float32))
    assert "<img src=x" not in markup.preview(picture)


def test_the_slider_and_the_download_hold_their_pictures_themselves():
    fused = np.random.default_rng(0).integers(0, 256, (8, 9, 3), dtype=np.uint8)
    link = markup.download(fused)
    data = re.search(r'href="data:image/png;base64,([^"]+)"', link).group(1)
    decoded = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert (decoded[:, :, ::-1] == fused).all()
    shown = markup.slider(Picture("a", np.zeros((8, 9, 1), np.float32)), fused, "A")
    assert shown.count("src=") == shown.count('src="data:image/jpeg;base64,') == 2


class TestCommandLine:
    def test_without_gradio_it_says_how_to_get_it(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "gradio", None)
        with pytest.raises(SystemExit, match=re.escape('pip install "mmfusion_distill[serve]"')):
            serve.main(["--port", "0"])

    def test_a_port_that_is_taken_is_named(self, service):
        pytest.importorskip("gradio", reason="needs Gradio: pip install mmfusion_distill[serve]")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            wanted = pytest.raises(
                UserError, match=f"cannot listen at 127.0.0.1:{port} .*choose another --port"
            )
            with wanted, launch(service, Limits(), port=port):
                pass

    @pytest.mark.parametrize("limit", ["megabytes", "megapixels", "frames"])
    def test_limits_are_checked_before_networks_are_loaded(self, limit, capsys):
        with pytest.raises(SystemExit) as stopped:
            serve.main([f"--max-{limit}", "-1"])
        assert stopped.value.code == 2
        assert f"argument --max-{limit}: '-1' is not" in capsys.readouterr().err


class Visitor:
    """Calls the page as its own script does."""

    def __init__(self, address):
        self.address = address.rstrip("/")
        self.http = httpx.Client(base_url=self.address, timeout=60, trust_env=False)
        self.config = self.http.get("/config").json()

    def upload(self, name, content):
        return self.http.post("/gradio_api/upload", files=[("files", (name, content))])

    def call(self, index, *data):
        """Message at the end of the call of a function by its number."""
        body = dict(data=list(data), fn_index=index, session_hash="test", trigger_id=None)
        self.http.post("/gradio_api/queue/join", json=body).raise_for_status()
        with self.http.stream("GET", "/gradio_api/queue/data", params=dict(session_hash="test")) as lines:
            for line in lines.iter_lines():
                if line.startswith("data:"):
                    message = json.loads(line[5:])
                    if message["msg"] == "process_completed":
                        return message
        raise AssertionError("the page did not answer")

    def function(self, event, nth=0):
        """Number of the nth function that an event calls."""
        found = [item["id"] for item in self.config["dependencies"] if item["targets"][0][1] == event]
        return found[nth]


def kept_files():
    return [path for path in Path(os.environ["GRADIO_TEMP_DIR"]).rglob("*") if path.is_file()]


def as_file(path):
    return dict(path=str(path), meta=dict(_type="gradio.FileData"))


@pytest.fixture(scope="class")
def visitor(service):
    pytest.importorskip("gradio", reason="needs Gradio: pip install mmfusion_distill[serve]")
    with launch(service, Limits(megabytes=1), port=0) as address:
        yield Visitor(address)


class TestServer:
    @pytest.mark.parametrize(
        "path",
        [
            "/gradio_api/file=/etc/passwd",
            "/file=/etc/passwd",
            "/gradio_api/file=../../../../etc/passwd",
            "/gradio_api/file=%2e%2e/%2e%2e/etc/passwd",
            "/gradio_api/file%3D/etc/passwd",
            "//gradio_api//file=/etc/passwd",
            "/gradio_api/file=setup.py",
            "/gradio_api/file=http://127.0.0.1:1/",
            "/gradio_api/file=file:///etc/passwd",
            "/gradio_api/file/etc/passwd",
            "/gradio_api/proxy=http://127.0.0.1:1/",
            "/static/../../../../../../etc/passwd",
            "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
            "/assets/..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
            "/custom_component/x/client/component/../../../../etc/passwd",
        ],
    )
    def test_no_file_of_the_server_is_readable(self, visitor, path):
        # Sent as it stands: clients would tidy the dots away.
        host = visitor.address.removeprefix("http://")
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
        "path", ["/etc/passwd", "setup.py", "http://127.0.0.1:1/a.png", "file:///etc/passwd"]
    )
    def test_a_request_names_neither_files_nor_addresses(self, visitor, path):
        message = visitor.call(visitor.function("upload"), as_file(path))
        assert not message["success"] and "root:" not in json.dumps(message)
        assert not kept_files()

    def test_hostile_uploads_get_one_sentence_and_leave_nothing(self, visitor):
        for name, content, words in (
            ("text.png", b"no picture", "text.png is no picture"),
            ("bomb.png", header_bomb(), "bomb.png has 20000x20000 pixels"),
        ):
            (path,) = visitor.upload(name, content).json()
            message = visitor.call(visitor.function("upload"), as_file(path))
            assert not message["success"]
            assert message["output"]["error"].startswith(words)
        assert not kept_files()

    def test_a_file_above_the_limit_is_refused_while_it_comes_in(self, visitor):
        assert visitor.upload("large.png", bytes(1_100_000)).status_code == 413
        assert not kept_files()

    def test_a_pair_is_fused_and_nothing_is_kept(self, visitor, picture_file):
        for nth, image in enumerate(generate_pair(0, 40, 48)):
            content = picture_file(f"{nth}.png", image).read_bytes()
            (path,) = visitor.upload(f"{nth}.png", content).json()
            assert visitor.call(visitor.function("upload", nth), as_file(path))["success"]
        message = visitor.call(visitor.function("click", 1), None, None, "student", "", "infrared-visible")
        assert message["success"]
        assert "48x40 pixels fused by student" in json.dumps(message["output"])
        assert not kept_files()

    def test_other_sites_are_refused(self, visitor):
        assert visitor.http.get("/config", headers=dict(origin="https://example.org")).status_code == 403
        assert visitor.http.get("/config", headers=dict(origin="null")).status_code == 403
        for path in ("/config", "/"):
            assert visitor.http.get(path, headers=dict(host="example.org")).status_code == 403
        assert visitor.http.get("/config", headers=dict(origin=visitor.address)).status_code == 200

    def test_the_page_loads_nothing_from_other_servers(self, visitor):
        page = visitor.http.get("/")
        loaded = re.findall(r'(?:src|href)="(https?://[^"]+)', page.text)
        assert not [address for address in loaded if not address.startswith(visitor.address)]
        style = visitor.http.get("/theme.css").text
        assert not re.findall(r"url\(['\"]?https?:|@import", style)
        assert "default-src 'self'" in page.headers["content-security-policy"]


def test_starting_calls_nobody_and_ends_without_a_trace(service, monkeypatch):
    pytest.importorskip("gradio", reason="needs Gradio: pip install mmfusion_distill[serve]")
    called = []
    connect = socket.socket.connect

    def recording(self, address):
        called.append(address)
        return connect(self, address)

    look_up = socket.getaddrinfo

    def looking_up(host, *args, **kwargs):
        called.append((host,))
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", recording)
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)
    with launch(service, Limits(), port=0) as address:
        folder = Path(os.environ["GRADIO_TEMP_DIR"])
        assert address.startswith("http://127.0.0.1:")
        Visitor(address).upload("left.png", b"never asked to be read")
        assert kept_files()
    assert not folder.exists()
    hosts = {host.decode() if isinstance(host, bytes) else host for host, *_ in called if host}
    assert hosts <= {"127.0.0.1", "localhost"}
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False)


def test_uploads_that_nobody_asks_to_be_read_go_after_a_while(service, monkeypatch):
    pytest.importorskip("gradio", reason="needs Gradio: pip install mmfusion_distill[serve]")
    monkeypatch.setattr(page, "_KEPT", 1)
    monkeypatch.setattr(page, "_SWEPT", 1)
    with launch(service, Limits(), port=0) as address:
        Visitor(address).upload("left.png", b"never asked to be read")
        assert kept_files()
        for _ in range(300):
            if not kept_files():
                break
            time.sleep(0.1)
        assert not kept_files()


def test_text_is_open_for_guided_networks_only(tmp_path, tiny_teacher):
    pytest.importorskip("gradio", reason="needs Gradio: pip install mmfusion_distill[serve]")
    service = FusionService([guided_weights(tmp_path / "guided.safetensors", tiny_teacher)], device="cpu")
    with launch(service, Limits(), port=0) as address:
        visitor = Visitor(address)
        assert str(tmp_path) not in json.dumps(visitor.config)
        for name, is_open in (("student", False), ("guided.safetensors", True)):
            (update,) = visitor.call(visitor.function("change"), name)["output"]["data"]
            assert update["interactive"] is is_open
        assert not visitor.call(visitor.function("change"), "/etc/passwd")["success"]


@pytest.fixture
def browser_page(visitor):
    """A page of headless Chromium that has the address open, and the requests it made."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    flags = (
        "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync"
    )
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=flags.split())
        page = browser.new_page(viewport=dict(width=1280, height=1400), accept_downloads=True)
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(visitor.address)
        yield page
        browser.close()


class TestBrowser:
    def test_a_visitor_fuses_and_downloads(self, visitor, browser_page, picture_file, tmp_path):
        page = browser_page
        page.get_by_role("button", name="Sample pair").wait_for()
        fields = page.locator("input[type=file]")
        fields.nth(0).set_input_files(str(picture_file("text.png", b"no picture")))
        page.get_by_text("text.png is no picture").first.wait_for()
        page.get_by_role("button", name="Sample pair").click()
        page.locator(".mmf-preview").nth(1).wait_for()
        assert page.get_by_label("Text (only for guided networks)").is_disabled()
        page.get_by_role("button", name="Fuse").click()
        page.locator(".mmf-slider").nth(1).wait_for()
        assert "640x480 pixels fused by student" in page.locator(".mmf-facts").inner_text()
        assert page.locator(".mmf-events li").count() >= 1

        handle = page.locator(".mmf-slider input").first
        before = page.locator(".mmf-fused").first.evaluate("image => getComputedStyle(image).clipPath")
        handle.focus()
        page.keyboard.press("Home")
        after = page.locator(".mmf-fused").first.evaluate("image => getComputedStyle(image).clipPath")
        assert before != after

        with page.expect_download() as download:
            page.get_by_text("Download PNG").click()
        download.value.save_as(tmp_path / "fused.png")
        assert read_image(tmp_path / "fused.png").shape == (480, 640, 3)
        if os.environ.get("MMFUSION_SCREENSHOT"):
            page.keyboard.press("PageUp")
            page.screenshot(path=os.environ["MMFUSION_SCREENSHOT"], full_page=True)
        elsewhere = [url for url in page.requests if not url.startswith((visitor.address, "data:", "blob:"))]
        assert not elsewhere
        assert not kept_files()
