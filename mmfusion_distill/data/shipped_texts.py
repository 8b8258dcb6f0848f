"""Texts of a vision-language model about pairs of public data sets, which come with the package."""

import json
from collections.abc import Iterable
from pathlib import Path

from ..annotation.annotation_file import annotation_path_of, find_annotation_of, write_annotation
from ..annotation.annotation_types import Annotation, Event
from ..images.pairing import ImagePair

#: A file a data set: name of the pair -> its events, each with a description.
TEXTS = Path(__file__).parent / "texts"


def read_shipped_texts(dataset: str) -> dict[str, Annotation]:
    """Annotations by the names of the pairs.

    Args:
        dataset (str): Name of a file in `data/texts`: 'roadscene', 'm3svd', 'llvip' or 'm3fd'.
    """
    texts = json.loads((TEXTS / f"{dataset}.json").read_text(encoding="utf-8"))
    return {
        name: Annotation(tuple(Event(*event) for event in events), annotator="vision-language model")
        for name, events in texts.items()
    }


def write_shipped_texts(dataset: str, pairs: Iterable[ImagePair], folder: str | Path) -> int:
    """Write the annotation files of those pairs that have a text and no annotation yet.

    Args:
        dataset (str): As for :func:`read_shipped_texts`.
        pairs (Iterable[ImagePair]): The pairs of a download.
        folder (str | Path): Folder of annotation files; made if need be.

    Returns:
        int: How many were written.
    """
    texts, written = read_shipped_texts(dataset), 0
    for pair in pairs:
        if pair.name in texts and find_annotation_of(pair, folder) is None:
            write_annotation(annotation_path_of(pair, folder), texts[pair.name])
            written += 1
    return written
