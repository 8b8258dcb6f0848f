"""Text files of annotations: write, read, find.

The file form is the published one: an ``Event Type:`` line and a ``Description:`` line per event, a blank
line between events. Who wrote it stands above as comment lines (``# annotator: ...``), which readers of the
published form skip.
"""

import os
import unicodedata
from pathlib import Path

from ..images.image_files import image_stem, path_stem
from ..images.pairing import ImagePair
from ..system.regular_file import decode_text, read_regular_file, write_text_atomically
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
        AnnotationError: If the file is no text (UTF-8, UTF-16) or holds no event; names the file.
        OSError: If the file cannot be read.
    """
    try:
        text = decode_text(read_regular_file(path, 4 * MAX_CHARACTERS))
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
    """Where the annotation of two files is written, names without extension.

    Returns:
        Path: ``<nameA>_<nameB>.txt``, or ``<nameA>.txt`` where that is longer than a file system takes.
    """
    candidates = _candidates(folder, name_a, name_b)
    return candidates[0] if _has_room(candidates[0]) else candidates[1]


def annotation_path_of(pair: ImagePair, folder: str | Path) -> Path:
    """Where the annotation of a pair is written, in a sub-folder where its images lie in one.

    Args:
        pair (ImagePair): The pair.
        folder (str | Path): Folder of annotation files.

    Returns:
        Path: That of :func:`annotation_path`, or ``<name of the pair>.txt`` where the files' names do not tell pairs
        apart (``scene1/vis.png`` and ``scene1/ir.png``).
    """
    target = Path(folder) / f"{pair.name}.txt"
    if Path(pair.name).name not in path_stem(pair.path_a.name):
        return target
    return annotation_path(target.parent, pair.path_a.name, pair.path_b.name)


def find_annotation(folder: str | Path, name_a: str, name_b: str) -> Path | None:
    """Annotation file of two files.

    Args:
        folder (str | Path): Folder of annotation files.
        name_a (str): File name of source A, with or without extension.
        name_b (str): File name of source B.

    Returns:
        Path | None: ``<nameA>_<nameB>.txt``, else ``<nameA>.txt``, else ``<nameB>.txt``, else None.
    """
    return next((found for path in _candidates(folder, name_a, name_b) if (found := _existing(path))), None)


def find_annotation_of(pair: ImagePair, folder: str | Path) -> Path | None:
    """Annotation file of a pair: that of :func:`annotation_path_of`, else of :func:`find_annotation`, else None."""
    target = annotation_path_of(pair, folder)
    named = Path(folder) / f"{pair.name}.txt"
    found = _existing(target) or _existing(named)
    if found or target == named:
        return found
    return find_annotation(target.parent, pair.path_a.name, pair.path_b.name)


def _existing(path: Path) -> Path | None:
    """The file of this name, whichever way its accents are written (macOS writes them apart from their letters)."""
    forms = (path.name, *(unicodedata.normalize(form, path.name) for form in ("NFC", "NFD")))
    paths = [path.with_name(name) for name in forms]
    return next((path for path in paths if _has_room(path) and path.is_file()), None)


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
    path = find_annotation_of(pair, folder)
    return None if path is None else read_annotation(path)
