"""Files instead of an image: what makes them, and what a reader is to say (None: it reads them)."""

import io
import os
import socket
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

HEIGHT, WIDTH = 64, 72


class Case(NamedTuple):
    """A file that is put instead of `hostile.EXTENSION`."""

    name: str
    extension: str
    make: Callable[[Path], None]
    says: str | None


def scene(kind: type = np.uint8) -> np.ndarray:
    """Smooth and never constant, so that nothing looks like the filling of a decoder."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    gray = (
        90 + 60 * np.sin(rows / 7) * np.cos(columns / 9) + np.random.default_rng(1).normal(0, 9, rows.shape)
    )
    top = np.iinfo(kind).max if np.issubdtype(kind, np.integer) else 1
    return (np.clip(gray, 0, 255)[:, :, None] / 255 * top * [1, 0.9, 0.8]).astype(kind)


def encoded(extension: str, image: np.ndarray | None = None, *options: int) -> bytes:
    return cv2.imencode(extension, scene() if image is None else image, list(options))[1].tobytes()


def with_pillow(form: str, **options) -> bytes:
    data = io.BytesIO()
    Image.fromarray(scene()).save(data, form, **options)
    return data.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header promises more pixels than its few bytes hold."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def png_with_crc_error() -> bytes:
    data = bytearray(encoded(".png"))
    data[len(data) // 2] ^= 0xFF
    return bytes(data)


def jpeg_of(width: int, height: int) -> bytes:
    data = bytearray(encoded(".jpg"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def cut(data: bytes, share: float, end: bytes = b"") -> bytes:
    return data[: int(len(data) * share)] + end


def raw(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data)


def with_socket(path: Path) -> None:
    # Its address has a short limit.
    before = os.getcwd()
    os.chdir(path.parent)
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(before)


def link_loop(path: Path) -> None:
    path.symlink_to(path.name)


def link_to_picture(path: Path) -> None:
    path.with_name("x.bin").write_bytes(encoded(".png"))
    path.symlink_to("x.bin")


FILM = b"\0\0\0\x18ftypmp42" + bytes(50_000)
GRAY = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
PROGRESSIVE = (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
WHOLE = None
CUT = "is cut off"
DAMAGED = "is (damaged or no image|cut off)"
LARGE = "pixels, more than"

CASES = (
    # no files
    Case("named pipe", ".png", lambda path: os.mkfifo(path), "is a named pipe"),
    Case(
        "link to a pipe",
        ".png",
        lambda p: (os.mkfifo(p.with_name("p")), p.symlink_to("p")),
        "is a named pipe",
    ),
    Case("device that never ends", ".png", lambda path: path.symlink_to("/dev/zero"), "is a device"),
    Case(
        "device that never answers",
        ".png",
        lambda path: path.symlink_to("/dev/tty"),
        "is a device|No such device",
    ),
    Case("socket", ".png", with_socket, "is a socket"),
    Case("link to itself", ".png", link_loop, "Too many levels of symbolic links"),
    Case("link to nothing", ".png", lambda path: path.symlink_to("nothing"), "No such file"),
    Case("folder", ".png", lambda path: path.mkdir(), "is a folder"),
    # no images
    Case("empty", ".png", raw(b""), "is empty"),
    Case("one byte", ".jpg", raw(b"\xff"), DAMAGED),
    Case("text", ".png", raw(b"this is no image\n" * 100), DAMAGED),
    Case("zeros", ".tif", raw(bytes(10_000)), DAMAGED),
    Case("web page", ".jpg", raw(b"<!DOCTYPE html><html>404</html>"), DAMAGED),
    Case(
        "lfs pointer",
        ".png",
        raw(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
        DAMAGED,
    ),
    Case(
        "vector graphics",
        ".png",
        raw(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        "is SVG, which is not read here",
    ),
    Case("pickle", ".png", raw(b"\x80\x04\x95cos\nsystem\n(S'touch x'\ntR."), DAMAGED),
    Case(
        "array of NumPy", ".png", raw(b"\x93NUMPY\x01\0v\0{}"), r"is NumPy \(.npy\), .* give it that ending"
    ),
    Case("signature of PNG only", ".png", raw(b"\x89PNG\r\n\x1a\n"), DAMAGED),
    Case("signature of JPEG only", ".jpg", raw(b"\xff\xd8\xff"), DAMAGED),
    Case("signature of TIFF only", ".tif", raw(b"II*\0"), DAMAGED),
    Case("signature of GIF only", ".gif", raw(b"GIF89a"), DAMAGED),
    Case("signature of WebP only", ".webp", raw(b"RIFF\0\0\0\0WEBP"), DAMAGED),
    Case("signature of BMP only", ".bmp", raw(b"BM"), DAMAGED),
    # parts of images
    *(
        Case(f"{extension[1:]} cut at {share:.0%}", extension, raw(cut(encoded(extension), share)), DAMAGED)
        for extension in (".png", ".jpg", ".bmp", ".tif", ".webp")
        for share in (0.1, 0.5, 0.9)
    ),
    Case("gif cut at half", ".gif", raw(cut(with_pillow("GIF"), 0.5)), DAMAGED),
    Case("jpeg without its end", ".jpg", raw(encoded(".jpg")[:-2]), CUT),
    *(
        Case(
            f"jpeg cut at {share:.0%} and closed", ".jpg", raw(cut(encoded(".jpg"), share, b"\xff\xd9")), CUT
        )
        for share in (0.4, 0.5, 0.6, 0.75)
    ),
    Case(
        "progressive jpeg cut at half and closed",
        ".jpg",
        raw(cut(encoded(".jpg", None, *PROGRESSIVE), 0.5, b"\xff\xd9")),
        CUT,
    ),
    Case("png with a wrong checksum", ".png", raw(png_with_crc_error()), DAMAGED),
    Case("png without its last chunk", ".png", raw(encoded(".png")[:-12]), CUT),
    # more pixels than bytes
    Case("png of 20000x20000", ".png", raw(png_of(20_000, 20_000)), LARGE),
    Case("png of 2^31-1 columns", ".png", raw(png_of(2**31 - 1, 1)), LARGE),
    Case("png of 2^31-1 squared", ".png", raw(png_of(2**31 - 1, 2**31 - 1)), LARGE),
    Case("png without columns", ".png", raw(png_of(0, 10)), DAMAGED),
    Case("jpeg of 65500x65500", ".jpg", raw(jpeg_of(65_500, 65_500)), LARGE),
    Case("gif of 65535x65535", ".gif", raw(b"GIF89a\xff\xff\xff\xff\0\0\0;"), LARGE),
    Case("bmp of 10^9 columns", ".bmp", raw(encoded(".bmp")[:18] + struct.pack("<ii", 10**9, 10)), LARGE),
    # values that are none
    Case(
        "floating point beyond 1",
        ".tif",
        raw(encoded(".tif", (scene() * 9.0).astype(np.float32))),
        "holds float32",
    ),
    Case(
        "not a number",
        ".tif",
        raw(encoded(".tif", np.full((HEIGHT, WIDTH), np.nan, np.float32))),
        "holds float32 values from nan",
    ),
    # what is read although it looks odd
    Case("gif", ".gif", raw(with_pillow("GIF")), WHOLE),
    Case("png behind the name of a jpeg", ".jpg", raw(encoded(".png")), WHOLE),
    Case(
        "jpeg with a video behind its end",
        ".jpg",
        raw(encoded(".jpg") + b"\0\0\0\x18ftypmp42" + bytes(50_000)),
        WHOLE,
    ),
    Case("png with data behind its end", ".png", raw(encoded(".png") + b"\xff" * 50_000), WHOLE),
    Case("progressive jpeg", ".jpg", raw(encoded(".jpg", None, *PROGRESSIVE)), WHOLE),
    Case("jpeg of one component", ".jpg", raw(encoded(".jpg", scene()[:, :, 0])), WHOLE),
    Case("jpeg with restarts", ".jpg", raw(encoded(".jpg", None, cv2.IMWRITE_JPEG_RST_INTERVAL, 3)), WHOLE),
    Case(
        "jpeg of one gray, like a filling",
        ".jpg",
        raw(encoded(".jpg", np.full((64, 72, 3), 128, np.uint8))),
        WHOLE,
    ),
    Case("png of 16 bits", ".png", raw(encoded(".png", scene(np.uint16))), WHOLE),
    Case("tiff of 16 bits", ".tif", raw(encoded(".tif", scene(np.uint16))), WHOLE),
    Case("tiff of floating point", ".tif", raw(encoded(".tif", scene(np.float32))), WHOLE),
    Case("webp", ".webp", raw(encoded(".webp")), WHOLE),
    Case("bmp", ".bmp", raw(encoded(".bmp")), WHOLE),
    Case(
        "link to an image",
        ".png",
        lambda p: (p.with_name("x.bin").write_bytes(encoded(".png")), p.symlink_to("x.bin")),
        WHOLE,
    ),
)
