"""Fusing files and folders."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from ..images.image_io import write_image
from ..images.metadata import Metadata, metadata_of
from ..images.pairing import ImagePair
from ..registration.pair_reader import PairReader, as_picture
from ..system.launching import Processes, Shard
from ..system.progress import progress_bar
from ..system.work_ahead import map_ahead, submit_ahead
from ..user_errors import UserError, reason_of
from .fusing_report import FusingInterrupted, FusingPart, FusingReport, find_targets, report_of_parts
from .pair_fuser import PairFuser, batches_of_equal_size, for_many

#: Notes why a pair, by its number, failed.
Note = Callable[[int, Exception], None]


def fuse_files(
    inferencer: PairFuser,
    source_a: str | Path,
    source_b: str | Path,
    out: str | Path,
    text: str | None = None,
    annotations: str | Path | None = None,
    batch_size: int = 1,
    workers: int = 2,
    overwrite: bool = False,
    skip_existing: bool = False,
    reader: PairReader | None = None,
    shard: Shard | None = None,
    processes: Processes | None = None,
    pattern: Sequence[str] | None = None,
    keep_metadata: bool = True,
    explain: bool = False,
    events: Sequence[str] | None = None,
) -> FusingReport:
    """Fuse a pair of files, or all pairs of two folders; a pair that fails does not stop the others.

    Images are read and written in threads beside the network. Several processes share the pairs, and each returns
    the report of all.

    Args:
        inferencer (PairFuser): The network.
        source_a (str | Path): Image or folder of source A.
        source_b (str | Path): Image or folder of source B.
        out (str | Path): Target image, or folder (of a pair of files too, if it has no extension); in folders
            images are called like their pair, as PNG.
        text (str, optional): Description by hand for a guided network. Default: None.
        annotations (str | Path, optional): Folder of annotation files for a guided network. Default: None.
        batch_size (int): Pairs of equal size that follow each other are fused so many at a time. Default: 1.
        workers (int): Threads that read, and as many that write; 0 does all in turn. Default: 2.
        overwrite (bool): Replace images that this package has not written. Default: False.
        skip_existing (bool): Leave pairs out whose image is there. Default: False.
        reader (PairReader, optional): Reads the pairs by its options (registration, ranges, slices) and says in the
            notes what it saw. Default: None, one without options.
        shard (Shard, optional): Which of the pairs. Default: None, all.
        processes (Processes, optional): Those that share them, of
            :func:`~mmfusion_distill.system.launching.launched`. Default: None, this one alone.
        pattern (Sequence[str], optional): How names pair up that differ, see
            :func:`~mmfusion_distill.images.pairing.pair_folders`. Default: None.
        keep_metadata (bool): Write what the file of source A says about camera, time, place, colour space and
            resolution into the result, too. Default: True.
        explain (bool): Note in the report which events the network sees in each pair, which runs it once more.
            Default: False.
        events (Sequence[str], optional): Degradations that a student takes for those of every pair. Default: None,
            what it sees.

    Returns:
        FusingReport: What was written and what failed, in the order of the pairs.

    Raises:
        PairingError: If the folders do not exist or nothing pairs up.
        UserError: If one source is a file and the other a folder, a number is out of range, a target is a source, no
            image format, or somebody else's image, or another process has died.
        OSError: If nothing can be written to the target's folder.
        FusingInterrupted: On Ctrl-C in any process, once what is being read and written is done; holds the report.
    """
    if batch_size < 1 or workers < 0:
        raise UserError(f"batch size {batch_size} must be at least 1, workers {workers} at least 0")
    processes, reader = processes or Processes(), reader or PairReader(in_python=True)
    pairs, targets = processes.first(
        lambda: find_targets(Path(source_a), Path(source_b), Path(out), overwrite, pattern)
    )
    share = processes.share(shard or Shard()).of(range(len(pairs)))
    part = FusingPart(skipped={index for index in share if skip_existing and os.path.lexists(targets[index])})
    waiting = [index for index in share if index not in part.skipped]
    writes: deque[tuple[int, Future]] = deque()

    if getattr(inferencer, "guided", False) and text is None and annotations is None:
        describe = _describer()
        part.texts_are_told = describe is not None

    #: Of the pairs under way, so that no file is read twice.
    facts: dict[int, Metadata | None] = {}

    def load(index: int) -> Any:
        pair = pairs[index]
        inputs = dict(img_a=pair.path_a, img_b=pair.path_b, key=pair.name, events=events)
        if annotations is not None and text is None:
            # Only guided networks have annotations, and these need PyTorch.
            from ..annotation.annotation_file import read_annotation_of

            inputs["annotation"] = read_annotation_of(pair, annotations)
        read_a = reader.read_a(pair.path_a)
        read = reader.join(read_a, reader.read_b(pair.path_b, read_a.stored.grid))
        if keep_metadata and read_a.stored.file is not None:
            facts[index] = metadata_of(read_a.stored.file)
        inputs.update(img_a=as_picture(read.img_a), img_b=as_picture(read.img_b), read=read)
        if part.texts_are_told:
            inputs["annotation"] = describe(read.img_a, read.img_b)
        return inferencer.load(inputs, text)

    def write(index: int, picture: np.ndarray) -> None:
        write_image(targets[index], picture, facts.pop(index, None))

    def note(index: int, error: Exception) -> None:
        if os.environ.get("MMFUSION_TRACEBACK"):
            raise error
        facts.pop(index, None)
        # Not the error itself: its frames hold on to the maps of the network.
        part.failures[index] = _sentence(pairs[index], error)

    def look_at(batch: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
        part.seen.update((index, inferencer.seen(pair)) for index, pair in batch)
        return batch

    try:
        with (
            ThreadPoolExecutor(max(workers, 1)) as readers,
            ThreadPoolExecutor(max(workers, 1)) as writers,
            progress_bar(total=len(waiting), desc="fusing", disable=len(pairs) == 1) as progress,
        ):
            reads = submit_ahead(readers, load, waiting, 2 * workers)
            loaded = _without_failures(zip(waiting, reads), note)
            batches = batches_of_equal_size(loaded, lambda item: inferencer.size_of(item[1]), batch_size)
            if explain:
                batches = map(look_at, batches)
            fused = _fuse_batches(inferencer, batches, note, len(waiting))
            for index, picture in chain.from_iterable(fused):
                writes.append((index, writers.submit(write, index, picture)))
                progress.update()
                _finish(writes, 2 * workers, part.written, note)
            _finish(writes, 0, part.written, note)
    except KeyboardInterrupt:
        # The threads have done what they had begun.
        _finish(writes, 0, part.written, note)
        part.is_interrupted = True
    part.noted = reader.noted
    parts = processes.gather(part)
    report = report_of_parts(parts, pairs, targets)
    if any(part.is_interrupted for part in parts):
        raise FusingInterrupted(report)
    return report


def _describer() -> Callable[[np.ndarray, np.ndarray], Any] | None:
    """What makes texts of two images where nobody gave any, as the page does; None without a text encoder."""
    if find_spec("torch") is None:
        return None
    from ..annotation.annotators.statistics_annotator import StatisticsAnnotator

    return StatisticsAnnotator().annotate_arrays


def _finish(writes: deque[tuple[int, Future]], left: int, written: set[int], note: Note) -> None:
    """Wait for the oldest writes until no more than `left` are under way."""
    while len(writes) > left:
        written.update(index for index, _ in _without_failures([writes[0]], note))
        # Only now: Ctrl-C while waiting forgets none.
        writes.popleft()


def _sentence(pair: ImagePair, error: Exception) -> str:
    if isinstance(error, (ValueError, OSError)):
        return str(error)
    # Of a library, e.g. out of memory: it does not know the file.
    said = f" {reason_of(error)}" if str(error).strip() else ""
    return f"{pair.path_a}: {type(error).__name__}{said}"


def _without_failures(futures: Iterable[tuple[int, Future]], note: Note) -> Iterator[tuple[int, Any]]:
    """Results by index; what failed is noted instead."""
    for index, future in futures:
        try:
            result = future.result()
        except Exception as error:
            note(index, error)
        else:
            yield index, result


def _fuse_batches(
    inferencer: PairFuser, batches: Iterator[list[tuple[int, Any]]], note: Note, count: int
) -> Iterator[list[tuple[int, np.ndarray]]]:
    """Results of batches in their order; of `count` pairs, several at a time where that is faster."""
    first = next(batches, None)
    if first is None:
        return
    fuser, at_once = for_many(inferencer, first[0][1], count)
    yield from map_ahead(
        lambda batch: list(_fuse_batch(fuser, batch, note)), chain([first], batches), at_once
    )


def _fuse_batch(
    inferencer: PairFuser, batch: list[tuple[int, Any]], note: Note
) -> Iterator[tuple[int, np.ndarray]]:
    indices, pairs = zip(*batch)
    try:
        yield from zip(indices, inferencer.fuse_loaded(pairs))
    except Exception as error:
        if len(batch) == 1:
            note(indices[0], error)
            return
        # One pair of the batch is at fault: the others need not suffer.
        for item in batch:
            yield from _fuse_batch(inferencer, [item], note)
