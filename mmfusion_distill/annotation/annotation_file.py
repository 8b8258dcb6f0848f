"""Text files of annotations: write, read, find.

The file form is the published one: an ``Event Type:`` line and a ``Description:`` line per event, a blank
line between events. Who wrote it stands above as comment lines (``# annotator: ...``), which readers of the
published form skip.
"""

import os
from pathlib import Path

from ..io.pairing import ImagePair, image_stem
from ..io.regular_file import read_regular_file, write_text_atomically
from .annotation_parser import MAX_CHARACTERS, parse_annotation
from .annotation_types import META_FIELDS, Annotation, AnnotationError

#: Bytes of a file's name that every usual file system takes.
_LONGEST_NAME = 255


def format_annotation(annotation: Annotation) -> str:
    """Text of an annotation file; :func:`parse_annotation` gives the equal annotation back."""
    meta = [f"# {f}: {getattr(annotation, f)}" for f in META_FIELDS if getattr(annotation, f)]
    events = [f"Event Type: {e.type}\nDescription: {e.description}".rstrip() for e in annotation.events]
    blocks = (["\n".join(meta)] if meta else []) + events
    return "\n\n".join(blocks) + "\n"


def read_annotation(path: str | Path) -> Annotation:
    """Read an annotation file.

    Raises:
        AnnotationError: If the file is no UTF-8 text or holds no event; names the file.
        OSError: If the file cannot be read.
    """
    try:
        text = read_regular_file(path, 4 * MAX_CHARACTERS).decode("utf-8-sig")
    except OSError as error:
        raise type(error)(f"cannot read the annotation {path} ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise AnnotationError(
            f"{path} is not UTF-8 text ({error.reason} at byte {error.start}): save it as UTF-8 "
            "or delete it and annotate the pair again"
        ) from error
    return parse_annotation(text, source=str(path))


def write_annotation(path: str | Path, annotation: Annotation) -> None:
    """Write an annotation file in one step: a reader sees the old file or the whole new one."""
    write_text_atomically(path, format_annotation(annotation))


def annotation_path(folder: str | Path, name_a: str, name_b: str) -> Path:
    """Where the annotation of a pair is written, names without extension.

    Returns:
        Path: ``<nameA>_<nameB>.txt``, or ``<nameA>.txt`` where that is longer than a file system takes.
    """
    candidates = _candidates(folder, name_a, name_b)
    return candidates[0] if _has_room(candidates[0]) else candidates[1]


def find_annotation(folder: str | Path, name_a: str, name_b: str) -> Path | None:
    """Annotation file of a pair.

    Args:
        folder (str | Path): Folder of annotation files.
        name_a (str): File name of source A, with or without extension.
        name_b (str): File name of source B.

    Returns:
        Path | None: ``<nameA>_<nameB>.txt``, else ``<nameA>.txt``, else ``<nameB>.txt``, else None.
    """
    candidates = _candidates(folder, name_a, name_b)
    return next((path for path in candidates if _has_room(path) and path.is_file()), None)


def _candidates(folder: str | Path, name_a: str, name_b: str) -> tuple[Path, ...]:
    a, b = image_stem(name_a), image_stem(name_b)
    return tuple(Path(folder) / f"{name}.txt" for name in (f"{a}_{b}", a, b))


def _has_room(path: Path) -> bool:
    return len(os.fsencode(path.name)) <= _LONGEST_NAME


def read_annotation_of(pair: ImagePair, folder: str | Path) -> Annotation | None:
    """The annotation of a pair in a folder, None if it has none there.

    Raises:
        AnnotationError: If it is none; names the file.
        OSError: If it cannot be read.
    """
    path = find_annotation(folder, pair.path_a.name, pair.path_b.name)
    return None if path is None else read_annotation(path)
