"""Annotating the pairs of a data set that have no annotation yet."""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from mmengine.dist import broadcast_object_list, is_main_process
from mmengine.logging import print_log

from ..annotation.annotation_file import read_annotation, write_annotation
from ..annotation.annotation_types import Annotation
from ..annotation.annotators.openai_annotator import OpenAIAnnotator
from ..annotation.annotators.statistics_annotator import StatisticsAnnotator
from ..annotation.annotators.transformers_annotator import TransformersAnnotator
from ..images.pairing import ImagePair, shorten
from ..registry import TASK_UTILS
from ..system.progress import progress_bar
from ..system.regular_file import cache_folder
from ..user_errors import UserError, is_user_error

T = TypeVar("T")


def on_main_process(function: Callable[[], T]) -> T:
    """Call a function on the main process; the others wait for what it returns.

    Every process has to come here. A run of one process just calls it.

    Returns:
        T: What it returned on the main process.

    Raises:
        UserError: On the other processes, if the function raised what a user can fix; the main process raises the
            error itself.
        RuntimeError: On the other processes, if it raised anything else.
    """
    outcome: list = [None, None, None]
    failure = None
    if is_main_process():
        try:
            outcome[0] = function()
        except Exception as error:
            failure = error
            kind = UserError if is_user_error(error) else RuntimeError
            outcome[1:] = kind, f"the main process failed: {error}"
    # Also after a failure, lest the others wait in vain.
    broadcast_object_list(outcome, src=0)
    if failure is not None:
        raise failure
    if outcome[1] is not None:
        raise outcome[1](outcome[2])
    return outcome[0]


for annotator in (OpenAIAnnotator, StatisticsAnnotator, TransformersAnnotator):
    TASK_UTILS.register_module(module=annotator)


def annotate_missing(pairs: Sequence[ImagePair], annotator: str | dict, modality: str) -> list[Annotation]:
    """Annotate pairs, and keep the annotations in the cache folder for the next run.

    Data sets are only read: `mmfusion annotate` is the way to write annotations into them. An annotation in the cache
    belongs to the content of both files, the annotator with its arguments and its rules, and the modality.

    Returns:
        list[Annotation]: One per pair.

    Raises:
        UserError: If pairs could not be annotated; those that could are kept all the same.
    """
    from ..annotation.annotators.builder import build_annotator

    built = build_annotator(annotator)
    identity = json.dumps(
        [type(built).__name__, built.version, annotator, modality], sort_keys=True, default=str
    )
    files = {pair: _cache_file(pair, identity) for pair in pairs}
    annotations = {pair: read_annotation(file) for pair, file in files.items() if file.is_file()}
    missing = [pair for pair in pairs if pair not in annotations]
    failures: list[str] = []
    keep = True
    quiet = len(missing) < 20 or not is_main_process()
    results = built.annotate(missing, modality)
    for result in progress_bar(results, "annotating", len(missing), disable=quiet):
        if result.annotation is None:
            failures.append(f"{result.pair.name}: {result.error}")
            continue
        annotations[result.pair] = result.annotation
        keep = keep and _write(files[result.pair], result.annotation)
    if failures:
        raise UserError(
            f"{len(failures)} of {len(pairs)} pairs could not be annotated: {shorten(failures, 3)}. Fix them or run "
            "`mmfusion annotate`, which goes on where it stopped"
        )
    return [annotations[pair] for pair in pairs]


def _cache_file(pair: ImagePair, identity: str) -> Path:
    digest = hashlib.sha256(identity.encode())
    for path in (pair.path_a, pair.path_b):
        # Length and content: two files cannot be taken for two others. An unreadable one is the annotator's to name.
        content = path.read_bytes() if path.is_file() else b""
        digest.update(len(content).to_bytes(8, "little") + content)
    return cache_folder() / "annotations" / f"{digest.hexdigest()[:40]}.txt"


def _write(file: Path, annotation: Annotation) -> bool:
    """Keep an annotation; False if the cache cannot be written, which is said."""
    try:
        write_annotation(file, annotation)
    except OSError as error:
        print_log(
            f"annotations cannot be kept in {file.parent} ({error.strerror}) and are made again in every run: set "
            "MMFUSION_CACHE to a folder that can be written",
            logger="current",
            level=logging.WARNING,
        )
        return False
    return True
