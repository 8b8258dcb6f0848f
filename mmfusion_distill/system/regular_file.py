"""Reading and writing whole files, safely."""

import os
import stat
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

    Args:
        path (str | Path): The file, or a link to one.

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

    Args:
        path (str | Path): Target; its folder is made if need be.
        data (bytes): Its content.

    Raises:
        OSError: One sentence with path and cause. Nothing is left behind, and a file that was there stays.
    """
    with replaced_when_written(path) as temporary:
        temporary.write_bytes(data)


@contextmanager
def replaced_when_written(path: str | Path) -> Iterator[Path]:
    """A file beside the target that takes its place when the block has written it, and goes if the block fails.

    Args:
        path (str | Path): Target; its folder is made if need be.

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

    Args:
        folder (str | Path): The folder.

    Raises:
        OSError: One sentence with path and cause.
    """
    folder = Path(folder).absolute()
    existing = next(parent for parent in (folder, *folder.parents) if os.path.lexists(parent))
    if not existing.is_dir():
        raise UserFileError(f"cannot write to {folder} ({existing} is no folder): choose another target")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise UserFileError(f"cannot write to {folder} (no permission in {existing}): choose another target")
