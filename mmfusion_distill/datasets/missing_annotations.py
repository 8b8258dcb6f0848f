"""Annotating the pairs of a data set that have no annotation yet."""

import logging
from collections.abc import Sequence
from pathlib import Path

from mmengine.dist import is_main_process
from mmengine.logging import print_log
from tqdm import tqdm

from ..files.pairing import ImagePair, shorten
from .annotation_file import Annotation, annotation_path, write_annotation


def annotate_missing(
    pairs: Sequence[ImagePair], annotator: str | dict, folder: str | Path | None, modality: str
) -> list[Annotation]:
    """Annotate pairs and keep what was written where the folder allows it.

    Args:
        pairs (Sequence[ImagePair]): The pairs.
        annotator (str | dict): 'statistics', or the config of an annotator.
        folder (str | Path, optional): Where annotation files go; if it is None or cannot be written, annotations
            are made anew in every run, which is said once.
        modality (str): 'infrared-visible' or 'medical'.

    Returns:
        list[Annotation]: One per pair.

    Raises:
        ValueError: If pairs could not be annotated; those that could are written all the same.
    """
    from ..annotation import build_annotator

    annotations: dict[str, Annotation] = {}
    failures: list[str] = []
    results = build_annotator(annotator).annotate(pairs, modality)
    quiet = len(pairs) < 20 or not is_main_process()
    for result in tqdm(results, desc="annotating", unit="pair", total=len(pairs), disable=quiet):
        if result.annotation is None:
            failures.append(f"{result.pair.name}: {result.error}")
            continue
        annotations[result.pair.name] = result.annotation
        folder = _write(folder, result.pair, result.annotation)
    if failures:
        raise ValueError(
            f"{len(failures)} of {len(pairs)} pairs could not be annotated: {shorten(failures, 3)}. Mend them or run "
            "`python tools/annotate.py`, which goes on where it stopped"
        )
    return [annotations[pair.name] for pair in pairs]


def _write(folder: str | Path | None, pair: ImagePair, annotation: Annotation) -> str | Path | None:
    """Write an annotation; the folder for the next one, None if it cannot be written."""
    if folder is None:
        return None
    try:
        write_annotation(annotation_path(folder, pair.path_a.name, pair.path_b.name), annotation)
    except OSError as error:
        print_log(
            f"annotations cannot be written to {folder} ({error.strerror}) and are kept in memory for this run",
            logger="current",
            level=logging.WARNING,
        )
        return None
    return folder
