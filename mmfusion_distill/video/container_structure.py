"""Whether a video file is whole, by its structure: files whose frames nobody counted only tell how long they last.

That is how long their longest track lasts, which may be the sound.
"""

import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_SEGMENT = b"\x18\x53\x80\x67"
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
#: Bytes in which the properties of an ASF file are looked for, and boxes of an MP4 file that are walked through.
_HEAD, _MOST_BOXES = 65_536, 1_000_000
_FLV_TAGS = (8, 9, 18)


def is_whole(path: str | Path) -> bool | None:
    """Whether a file that does not hold its number of frames is whole.

    Args:
        path (str | Path): A video: Matroska, WebM, fragmented MP4, FLV, ASF, or a stream of MPEG or Ogg, whose
            duration is that of what is there.

    Returns:
        bool | None: None for other kinds, and where the file does not say.
    """
    with open(path, "rb") as file:
        head = file.read(_HEAD)
        size = os.fstat(file.fileno()).st_size
        for is_kind, check in _KINDS:
            if is_kind(head):
                try:
                    return check(file, head, size)
                except (struct.error, IndexError):
                    return None
    return None


def _matroska(file: BinaryIO, head: bytes, size: int) -> bool | None:
    length, start = _number(head, 4)
    start += length or 0
    if head[start : start + 4] != _SEGMENT:
        return None
    length, start = _number(head, start + 4)
    return None if length is None else start + length <= size


def _number(data: bytes, at: int) -> tuple[int | None, int]:
    """A number of EBML, None if it stands for an unknown size; and where it ends."""
    width = 9 - data[at].bit_length()
    bits = 7 * width
    value = int.from_bytes(data[at : at + width], "big") & ((1 << bits) - 1)
    return (None if value == (1 << bits) - 1 else value), at + width


def _asf(file: BinaryIO, head: bytes, size: int) -> bool | None:
    at = head.find(_ASF_PROPERTIES)
    (promised,) = struct.unpack_from("<Q", head, at + 40) if at >= 0 else (0,)
    return promised <= size if promised else None


def _flv(file: BinaryIO, head: bytes, size: int) -> bool:
    # Behind each tag stands its length.
    file.seek(max(size - 4, 0))
    (length,) = struct.unpack(">I", file.read(4))
    if not 11 <= length <= size - 4:
        return False
    file.seek(size - 4 - length)
    tag = file.read(4)
    return tag[0] in _FLV_TAGS and int.from_bytes(tag[1:], "big") == length - 11


def _fragmented_mp4(file: BinaryIO, head: bytes, size: int) -> bool | None:
    at, is_fragmented = 0, False
    for _ in range(_MOST_BOXES):
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
        is_fragmented |= kind == b"moof"
        at = size if length == 0 else at + length
        if length and length < 8 or at >= size:
            break
    return at == size if is_fragmented else None


def _always(file: BinaryIO, head: bytes, size: int) -> bool:
    return True


_Check = Callable[[BinaryIO, bytes, int], bool | None]
_KINDS: tuple[tuple[Callable[[bytes], bool], _Check], ...] = (
    (lambda head: head.startswith(b"\x1aE\xdf\xa3"), _matroska),
    (lambda head: head.startswith(bytes.fromhex("3026b2758e66cf11")), _asf),
    (lambda head: head.startswith(b"FLV"), _flv),
    (lambda head: head[4:8] in (b"ftyp", b"styp"), _fragmented_mp4),
    (lambda head: head.startswith((b"\0\0\x01\xba", b"OggS")), _always),
    (lambda head: head[:1] == b"G" and head[188:189] in (b"G", b""), _always),
)
