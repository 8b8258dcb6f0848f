"""Annotating many pairs into a folder: resumable, nothing finished is lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from ..images.pairing import ImagePair
from ..system.progress import progress_bar
from ..system.regular_file import write_text_atomically
from .annotation_file import annotation_path_of, read_annotation_of, write_annotation
from .annotation_types import AnnotationError
from .annotators.base import AnnotationResult, Annotator

#: Folder, beside the annotations, with the answers that could not be used.
FAILED_FOLDER = "failed"
#: Why a run stopped that Ctrl-C ended.
INTERRUPTED = "interrupted"


@dataclass
class AnnotationSummary:
    """The outcome of annotating pairs.

    Args:
        written (int): Annotations written now.
        skipped (int): Pairs that had one already.
        events (Counter): How many pairs have each event, of those written or skipped.
        failures (list[AnnotationResult]): Pairs that failed.
        stopped (str): Why not all pairs were tried; '' if they were.
    """

    written: int = 0
    skipped: int = 0
    events: Counter = field(default_factory=Counter)
    failures: list[AnnotationResult] = field(default_factory=list)
    stopped: str = ""

    @classmethod
    def of_parts(cls, parts: Sequence["AnnotationSummary"]) -> "AnnotationSummary":
        """One summary of several parts of the pairs; failures in the order of the pairs' names."""
        stopped = dict.fromkeys(part.stopped for part in parts if part.stopped)
        return cls(
            written=sum(part.written for part in parts),
            skipped=sum(part.skipped for part in parts),
            events=sum((part.events for part in parts), Counter()),
            failures=sorted(
                (failure for part in parts for failure in part.failures), key=lambda one: one.pair.path_a
            ),
            # Whoever was interrupted says what became of all.
            stopped=INTERRUPTED if INTERRUPTED in stopped else "; ".join(stopped),
        )


def annotate_pairs(
    annotator: Annotator,
    pairs: Sequence[ImagePair],
    folder: str | Path,
    modality: str = "infrared-visible",
    overwrite: bool = False,
    stop_after: int = 20,
) -> AnnotationSummary:
    """Annotate what is not annotated yet; every annotation is on disk as soon as it is made.

    Answers that could not be used go to the folder ``failed`` inside ``folder``, never among the annotations.

    Args:
        annotator (Annotator): Who annotates.
        pairs (Sequence[ImagePair]): The pairs.
        folder (str | Path): Folder of annotation files.
        modality (str): 'infrared-visible' or 'medical'. Default: 'infrared-visible'.
        overwrite (bool): Whether pairs that have an annotation are annotated again. Default: False.
        stop_after (int): Give up after so many failures in a row, as when a server is down; 0: never.
            Default: 20.

    Returns:
        AnnotationSummary: Also after Ctrl-C, then with ``stopped``.

    Raises:
        OSError: If the folder cannot be written.
    """
    folder = Path(folder)
    summary = AnnotationSummary()
    in_a_row = 0
    with progress_bar(total=len(pairs), desc="annotating") as progress:
        results = annotator.annotate(_not_done(pairs, folder, overwrite, summary, progress), modality)
        try:
            for result in results:
                _store(result, folder, summary)
                progress.update()
                progress.set_postfix(failed=len(summary.failures), refresh=False)
                in_a_row = 0 if result.annotation else in_a_row + 1
                if stop_after and in_a_row >= stop_after:
                    summary.stopped = f"{in_a_row} failures in a row"
                    break
        except KeyboardInterrupt:
            summary.stopped = INTERRUPTED
        finally:
            if hasattr(results, "close"):
                results.close()
    return summary


def _not_done(
    pairs: Sequence[ImagePair], folder: Path, overwrite: bool, summary: AnnotationSummary, progress: tqdm
) -> Iterator[ImagePair]:
    for pair in pairs:
        try:
            annotation = None if overwrite else read_annotation_of(pair, folder)
        except AnnotationError as error:
            # Perhaps written by hand: the user decides what becomes of it.
            summary.failures.append(AnnotationResult(pair, None, str(error)))
        else:
            if annotation is None:
                yield pair
                continue
            summary.events.update(set(annotation.event_types))
            summary.skipped += 1
        progress.update()


def _store(result: AnnotationResult, folder: Path, summary: AnnotationSummary) -> None:
    target = annotation_path_of(result.pair, folder)
    failed = folder / FAILED_FOLDER / target.relative_to(folder)
    if result.annotation is not None:
        write_annotation(target, result.annotation)
        failed.unlink(missing_ok=True)
        summary.written += 1
        summary.events.update(set(result.annotation.event_types))
        return
    write_text_atomically(failed, f"{result.error}\n\n{result.answer}".strip() + "\n")
    summary.failures.append(result)


def format_summary(summary: AnnotationSummary, folder: str | Path) -> str:
    """The summary as lines for a person: events, counts, failures."""
    lines = [f"{'event':28s}{'pairs':>8s}"]
    by_count = sorted(summary.events.items(), key=lambda item: (-item[1], item[0]))
    lines += [f"{event:28s}{count:8d}" for event, count in by_count]
    lines.append(
        f"{summary.written} written to {folder}, {summary.skipped} there before, {len(summary.failures)} failed"
    )
    lines += [f"FAILED {failure.pair.name}: {failure.error}" for failure in summary.failures]
    if any(failure.answer for failure in summary.failures):
        lines.append(f"answers that could not be used: {Path(folder) / FAILED_FOLDER}")
    if summary.stopped:
        lines.append(f"stopped early ({summary.stopped}): run the same command again to go on")
    return "\n".join(lines)
