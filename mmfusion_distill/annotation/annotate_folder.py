"""Annotating the pairs of folders so that nothing finished is ever lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from ..datasets.annotation_file import (
    AnnotationError,
    annotation_path,
    find_annotation,
    read_annotation,
    write_annotation,
    write_text_atomically,
)
from ..datasets.pairing import ImagePair
from .base import AnnotationResult, Annotator


@dataclass
class AnnotationSummary:
    """What became of the pairs of one run.

    Args:
        total (int): Pairs of this run (of this shard).
        written (int): Annotations written now. Default: 0.
        skipped (int): Pairs that had a readable annotation already. Default: 0.
        events (Counter): Number of pairs with each event, in old and new annotations.
        failures (dict[str, str]): Name of a pair -> why it has no annotation.
        interrupted (bool): Whether Ctrl-C ended the run early. Default: False.
    """

    total: int
    written: int = 0
    skipped: int = 0
    events: Counter = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """0: all are annotated; 1: some failed; 130: interrupted."""
        return 130 if self.interrupted else int(bool(self.failures))

    def __str__(self) -> str:
        lines = [
            f"{self.written} annotated, {self.skipped} were there already, {len(self.failures)} failed, "
            f"of {self.total} pairs"
        ]
        width = max(map(len, self.events), default=0)
        lines += [f"  {event:{width}s} {count:6d}" for event, count in self.events.most_common()]
        lines += [f"failed: {name}: {error}" for name, error in sorted(self.failures.items())]
        if self.interrupted:
            lines.append("interrupted: run the same command again to annotate the rest")
        return "\n".join(lines)


def annotate_folder(
    annotator: Annotator,
    pairs: Sequence[ImagePair],
    folder: str | Path,
    modality: str = "infrared-visible",
    shard: str = "1/1",
    overwrite: bool = False,
    show_progress: bool = False,
) -> AnnotationSummary:
    """Annotate the pairs that have no annotation yet and write one file each.

    Every file is written in one step as soon as its annotation is ready, so a run that was killed goes on where it
    stopped. An unusable answer of a model goes to ``<folder>_failed/<nameA>_<nameB>.txt``, never among the
    annotations, and is removed when the pair succeeds later.

    Args:
        annotator (Annotator): Who annotates.
        pairs (Sequence[ImagePair]): All pairs, in the same order on every machine.
        folder (str | Path): Folder of annotation files.
        modality (str): 'infrared-visible' or 'medical'. Default: 'infrared-visible'.
        shard (str): 'I/N': only every N-th pair from the I-th on, 1 <= I <= N. Default: '1/1'.
        overwrite (bool): Annotate also what has an annotation. Default: False.
        show_progress (bool): Show a bar with the remaining time. Default: False.

    Returns:
        AnnotationSummary: What was done; Ctrl-C ends the run and is noted in it.

    Raises:
        ValueError: If ``shard`` is malformed.
        OSError: If an annotation cannot be written; what was written before stays.
    """
    folder = Path(folder)
    pairs = take_shard(pairs, shard)
    summary = AnnotationSummary(len(pairs))
    todo = pairs if overwrite else list(_without_annotation(pairs, folder, summary))
    failed_folder = folder.with_name(f"{folder.name}_failed")
    waiting = dict.fromkeys(todo)
    results = annotator.annotate(iter(todo), modality)
    bar = tqdm(
        total=len(pairs),
        initial=summary.skipped,
        desc="annotating",
        unit="pair",
        disable=not show_progress,
    )
    try:
        with bar:
            for result in results:
                waiting.pop(result.pair, None)
                _keep(result, folder, failed_folder, summary)
                bar.set_postfix(failed=len(summary.failures), refresh=False)
                bar.update()
    except KeyboardInterrupt:
        summary.interrupted = True
    finally:
        # Stops threads and requests that are still at work.
        close = getattr(results, "close", None)
        if close is not None:
            close()
    if not summary.interrupted:
        for pair in waiting:
            summary.failures[pair.name] = f"{type(annotator).__name__} gave no result for this pair"
    return summary


def take_shard(pairs: Sequence[ImagePair], shard: str) -> list[ImagePair]:
    """Part I of N of the pairs; the N parts together are all pairs, each once.

    Raises:
        ValueError: If ``shard`` is not 'I/N' with 1 <= I <= N.
    """
    part, _, parts = shard.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise ValueError(f"a shard is written I/N with 1 <= I <= N, e.g. 2/4, but got {shard!r}")
    return list(pairs[int(part) - 1 :: int(parts)])


def _without_annotation(
    pairs: Sequence[ImagePair], folder: Path, summary: AnnotationSummary
) -> Iterator[ImagePair]:
    for pair in pairs:
        path = find_annotation(folder, pair.path_a.name, pair.path_b.name)
        try:
            annotation = None if path is None else read_annotation(path)
        except AnnotationError:
            annotation = None  # empty or broken: made anew
        if annotation is None:
            yield pair
        else:
            summary.skipped += 1
            summary.events.update(set(annotation.event_types))


def _keep(result: AnnotationResult, folder: Path, failed_folder: Path, summary: AnnotationSummary) -> None:
    names = result.pair.path_a.name, result.pair.path_b.name
    failed_path = annotation_path(failed_folder, *names)
    if result.annotation is None:
        summary.failures[result.pair.name] = result.error
        write_text_atomically(failed_path, f"{result.error}\n\n{result.answer}\n")
        return
    write_annotation(annotation_path(folder, *names), result.annotation)
    summary.written += 1
    summary.events.update(set(result.annotation.event_types))
    if failed_path.exists():
        failed_path.unlink()
