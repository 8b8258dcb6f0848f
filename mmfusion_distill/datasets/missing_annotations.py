"""Annotating the pairs of a data set that have no annotation yet."""

import logging
from collections.abc import Sequence
from pathlib import Path

from mmengine.dist import is_main_process
from mmengine.logging import print_log
from tqdm import tqdm

from .annotation_file import Annotation, annotation_path, write_annotation
from .image_io import read_image
from .pairing import ImagePair


def annotate_missing(
    pairs: Sequence[ImagePair], annotator: str | dict, folder: str | Path | None, modality: str
) -> list[Annotation]:
    """Annotate pairs and keep what was written where the folder allows it.

    Args:
        pairs (Sequence[ImagePair]): The pairs.
        annotator (str | dict): 'statistics', or the config of an annotator that works on arrays.
        folder (str | Path, optional): Where annotation files go; if it is None or cannot be written, annotations
            are made anew in every run, which is said once.
        modality (str): 'infrared-visible' or 'medical'.

    Returns:
        list[Annotation]: One per pair.
    """
    from ..annotation import build_annotator

    annotator = build_annotator(annotator)
    annotations = []
    for pair in tqdm(pairs, desc="annotating", unit="pair", disable=len(pairs) < 20 or not is_main_process()):
        annotation = annotator.annotate_arrays(read_image(pair.path_a), read_image(pair.path_b, 1), modality)
        annotations.append(annotation)
        if folder is None:
            continue
        try:
            write_annotation(annotation_path(folder, pair.path_a.name, pair.path_b.name), annotation)
        except OSError as error:
            print_log(
                f"annotations cannot be written to {folder} ({error.strerror}) and are kept in memory for this run",
                logger="current",
                level=logging.WARNING,
            )
            folder = None
    return annotations
