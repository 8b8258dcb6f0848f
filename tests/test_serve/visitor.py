"""A visitor of the page: its calls, as its own script makes them."""

import json
import os
import shutil
import struct
import zlib
from pathlib import Path

import httpx
import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


class Visitor:
    """Calls a page by HTTP."""

    def __init__(self, address, visit="test"):
        self.address, self.visit = address.rstrip("/"), visit
        self.http = httpx.Client(base_url=self.address, timeout=60, trust_env=False)
        self.config = self.http.get("/config").json()

    def upload(self, name, content):
        return self.http.post("/gradio_api/upload", files=[("files", (name, content))])

    def drop(self, field, name, content):
        """Drop a file on a field, by its label, and give the message at the end."""
        (path,) = self.upload(name, content).json()
        return self.call("upload", as_file(path), of=field)

    def start(self, event, *data, of):
        """Start what an event of a field or button does, by its label."""
        body = dict(
            data=list(data), fn_index=self._function(event, of), session_hash=self.visit, trigger_id=None
        )
        self.http.post("/gradio_api/queue/join", json=body).raise_for_status()

    def call(self, event, *data, of):
        """Do that, and give the message at its end."""
        self.start(event, *data, of=of)
        with self.http.stream("GET", "/gradio_api/queue/data", params=dict(session_hash=self.visit)) as lines:
            for line in lines.iter_lines():
                if line.startswith("data:"):
                    message = json.loads(line[5:])
                    if message["msg"] == "process_completed":
                        return message
        raise AssertionError("the page did not answer")

    def leave(self):
        """Open the connection that an open page has, and close it."""
        with self.http.stream("GET", f"/gradio_api/heartbeat/{self.visit}") as lines:
            next(lines.iter_lines())

    def _function(self, event, of):
        labelled = {
            str(item["props"].get("label") or item["props"].get("value")).partition(" (")[0]: item["id"]
            for item in self.config["components"]
            if item["type"] in ("file", "button", "dropdown")
        }
        (found,) = (
            item["id"] for item in self.config["dependencies"] if [labelled[of], event] in item["targets"]
        )
        return found


def as_file(path):
    return dict(path=str(path), meta=dict(_type="gradio.FileData"))


def kept_files():
    """Files of visitors that the page has on this machine."""
    return [path for path in Path(os.environ["GRADIO_TEMP_DIR"]).rglob("*") if path.is_file()]


def header_bomb(width=20_000, height=20_000):
    """A PNG of a few bytes that says it has many pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def opened_in_chromium(address):
    """Yield a page of headless Chromium that has an address open, and the addresses that it asked for."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    flags = (
        "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync"
    )
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=flags.split())
        page = browser.new_page(viewport=dict(width=1280, height=1200), accept_downloads=True)
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(address)
        yield page
        browser.close()


def take_screenshot(page, name):
    """Keep what the page shows, to be looked at, in the folder of MMFUSION_SCREENSHOTS."""
    if os.environ.get("MMFUSION_SCREENSHOTS"):
        page.screenshot(path=f"{os.environ['MMFUSION_SCREENSHOTS']}/{name}.png", full_page=True)
