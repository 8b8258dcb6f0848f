"""Where the texts of your own pairs are."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from ..annotation.annotation_file import find_annotation_of, read_annotation
from ..annotation.annotation_types import AnnotationError
from ..images.pairing import ImagePair

#: Names of folders that are meant to hold texts, whatever these say.
_NAMES = ("annotations", "annotation", "texts", "text")
#: Of another folder so many texts are read, to see whether they are annotations.
_TRIED = 3


def find_texts(around: Path, pairs: Sequence[ImagePair], sources: tuple[Path, Path]) -> Path | None:
    """Folder with the texts of pairs.

    Args:
        around (Path): The folder that holds those of the sources.
        pairs (Sequence[ImagePair]): The pairs.
        sources (tuple[Path, Path]): Folders of A and B.

    Returns:
        Path | None: A folder called `annotations` or the like; else one beside the sources, or that of A, if files in
        it that belong to pairs by their names are annotations: boxes of a detector are none. Else None.
    """
    named = next((path for path in (around / name for name in _NAMES) if path.is_dir()), None)
    if named is not None:
        return named
    # Beside folders of two places may lie texts of other pairs of equal names.
    is_one_place = sources[0] == sources[1] or sources[0].parent == sources[1].parent
    inside = sorted(around.iterdir()) if is_one_place else []
    beside = [path for path in inside if path.is_dir() and path not in sources]
    return next((folder for folder in (*beside, sources[0]) if _has_annotations(folder, pairs)), None)


def count_texts(folder: Path | None, pairs: Sequence[ImagePair]) -> int:
    """How many of the pairs have a text in a folder, which may be None."""
    return 0 if folder is None else sum(1 for _ in _texts_of(folder, pairs))


def _has_annotations(folder: Path, pairs: Sequence[ImagePair]) -> bool:
    texts = list(islice(_texts_of(folder, pairs), _TRIED))
    return bool(texts) and all(map(_is_annotation, texts))


def _texts_of(folder: Path, pairs: Sequence[ImagePair]) -> Iterator[Path]:
    return filter(None, (find_annotation_of(pair, folder) for pair in pairs))


def _is_annotation(path: Path) -> bool:
    try:
        read_annotation(path)
    except (AnnotationError, OSError):
        return False
    return True
