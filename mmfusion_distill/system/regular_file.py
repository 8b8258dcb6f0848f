"""Reading and writing whole files, safely; text of any encoding that editors write; the folder of what is kept."""

import codecs
import os
import re
import stat
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..user_errors import UserFileError

_KINDS = (
    (stat.S_ISDIR, "is a folder"),
    (stat.S_ISFIFO, "is a named pipe"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
    (stat.S_ISSOCK, "is a socket"),
)


def check_regular_file(path: str | Path) -> None:
    """Refuse what is no file without opening it, as a pipe or a terminal would wait for ever.

    Raises:
        OSError: If it is none or not there; `strerror` says why.
    """
    status = os.stat(path)
    kind = next((words for test, words in _KINDS if test(status.st_mode)), None)
    if kind:
        raise UserFileError(None, kind, str(path))


def read_regular_file(path: str | Path, max_bytes: int | None = None) -> bytes:
    """Read a file; what is no file is refused, see :func:`check_regular_file`.

    Args:
        path (str | Path): The file, or a link to one.
        max_bytes (int, optional): Larger files are refused. Default: None, any size.

    Returns:
        bytes: Its content.

    Raises:
        OSError: If it cannot be read, is no file or too large; `strerror` says why.
    """
    check_regular_file(path)
    # Without waiting, should it have become a pipe in between.
    with open(
        os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb"
    ) as file:
        if max_bytes is None:
            return file.read()
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise UserFileError(None, f"is larger than {max_bytes:,} bytes", str(path))
    return data


def write_atomically(path: str | Path, data: bytes) -> None:
    """Write a file through a temporary one beside it: a reader, a kill or a full disk never leaves half of it.

    Raises:
        OSError: One sentence with path and cause. Nothing is left behind, and a file that was there stays.
    """
    with replaced_when_written(path) as temporary:
        temporary.write_bytes(data)


@contextmanager
def replaced_when_written(path: str | Path) -> Iterator[Path]:
    """A file beside the target that takes its place when the block has written it, and goes if the block fails.

    Yields:
        Path: The file to write.

    Raises:
        OSError: As :func:`write_atomically`.
    """
    path = Path(path)
    # Not made from the target's name, which may already have the full length that a file system allows.
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise UserFileError(None, "is a folder")
        try:
            yield temporary
            with open(temporary, "rb+") as file:
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UserFileError(
            f"cannot write {path} ({error.strerror or error}): choose another target, or make room and check the "
            "permissions"
        ) from error


def remove_leftovers(folder: str | Path) -> None:
    """Remove the temporary files of :func:`replaced_when_written` that killed processes have left in a folder."""
    for path in Path(folder).glob(".*.tmp"):
        if re.fullmatch(r"\.[0-9a-f]{32}\.tmp", path.name):
            path.unlink(missing_ok=True)


def write_text_atomically(path: str | Path, text: str, errors: str = "strict") -> None:
    """Write UTF-8 text in one step; see :func:`write_atomically`.

    Args:
        path (str | Path): The file.
        text (str): Its content.
        errors (str): What becomes of characters that UTF-8 does not have, as for `str.encode`. Default: 'strict'.
    """
    write_atomically(path, text.encode("utf-8", errors))


def check_writable(folder: str | Path) -> None:
    """Check that files can be written to a folder, which need not exist yet.

    Raises:
        OSError: One sentence with path and cause.
    """
    folder = Path(folder).absolute()
    existing = next(parent for parent in (folder, *folder.parents) if os.path.lexists(parent))
    if not existing.is_dir():
        raise UserFileError(f"cannot write to {folder} ({existing} is no folder): choose another target")
    # Permissions do not tell it of read-only and special file systems, nor to the administrator.
    trial = existing / f".{uuid.uuid4().hex}.tmp"
    try:
        trial.touch(exist_ok=False)
        trial.unlink()
    except OSError as error:
        raise UserFileError(
            f"cannot write to {folder} ({error.strerror or error} in {existing}): choose another target"
        ) from error


#: Marks of byte order, the longer ones first: that of UTF-16 begins that of UTF-32.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Control characters that occur in text: tabulators, ends of lines and of pages.
_HARMLESS = set("\t\n\r\v\f\x85")


def decode_text(data: bytes, errors: str = "strict") -> str:
    """Text of a file in UTF-8, UTF-16 or UTF-32.

    Args:
        data (bytes): The file.
        errors (str): What becomes of bytes that UTF-8 does not have, as for `bytes.decode`. Default: 'strict'.

    Raises:
        UnicodeDecodeError: If it is in another encoding.
    """
    encoding = _encoding_of(data)
    return data.decode(encoding, errors if encoding.startswith("utf-8") else "strict")


def is_printable(text: str) -> bool:
    """Whether a text is one: images and archives that were decoded have control characters."""
    return all(unicodedata.category(c) != "Cc" or c in _HARMLESS for c in set(text))


def _encoding_of(data: bytes) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    # Without a mark every second byte of the usual letters is zero.
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = data[start::2]
        if len(data) % 2 == 0 and half.count(0) > len(half) / 2 and 0 not in data[1 - start :: 2]:
            return name
    return "utf-8"


def cache_folder() -> Path:
    """`$MMFUSION_CACHE`, by default `~/.cache/mmfusion_distill`; it need not exist yet."""
    return Path(os.environ.get("MMFUSION_CACHE", "~/.cache/mmfusion_distill")).expanduser()
