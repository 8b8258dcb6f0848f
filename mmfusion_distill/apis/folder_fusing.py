"""Fusing files and folders."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np

from ..io.image_io import check_image_format, is_own_picture, write_image
from ..io.pair_fuser import PairFuser
from ..io.pair_reader import PairReader
from ..io.pairing import ImagePair, find_pairs, image_stem, shorten
from ..io.picture_header import read_header
from ..io.progress import progress_bar
from ..io.regular_file import check_writable, read_regular_file
from ..user_errors import UserError
from .fusing_report import FusingInterrupted, FusingReport


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
) -> FusingReport:
    """Fuse a pair of files, or all pairs of two folders; a pair that fails does not stop the others.

    Pictures are read and written in threads beside the network.

    Args:
        inferencer (PairFuser): The network.
        source_a (str | Path): Picture or folder of source A.
        source_b (str | Path): Picture or folder of source B.
        out (str | Path): Target picture, or folder (of a pair of files too, if it has no extension); in folders
            pictures are called like source A, as PNG.
        text (str, optional): Description by hand for a guided network. Default: None.
        annotations (str | Path, optional): Folder of annotation files for a guided network. Default: None.
        batch_size (int): Pairs of equal size that follow each other are fused so many at a time. Default: 1.
        workers (int): Threads that read, and as many that write; 0 does all in turn. Default: 2.
        overwrite (bool): Replace pictures that this package has not written. Default: False.
        skip_existing (bool): Leave pairs out whose picture is there. Default: False.
        reader (PairReader, optional): Reads the pairs its own way (registration, infrared ranges, slices) and says in
            the notes what it saw. Default: None, the network's reading.

    Returns:
        FusingReport: What was written and what failed, in the order of the pairs.

    Raises:
        PairingError: If the folders do not exist or nothing pairs up.
        UserError: If one source is a file and the other a folder, a number is out of range, or a target is a
            source, no image format, or somebody else's picture.
        OSError: If nothing can be written to the target's folder.
        FusingInterrupted: On Ctrl-C, once what is being read and written is done; holds the report.
    """
    if batch_size < 1 or workers < 0:
        raise UserError(f"batch size {batch_size} must be at least 1, workers {workers} at least 0")
    pairs, targets = _pairs_and_targets(Path(source_a), Path(source_b), Path(out))
    _check_targets(pairs, targets, overwrite)
    skipped = {index for index, target in enumerate(targets) if skip_existing and os.path.lexists(target)}
    waiting = [index for index in range(len(pairs)) if index not in skipped]
    failures: dict[int, Exception] = {}
    written: set[int] = set()
    writes: deque[tuple[int, Future]] = deque()

    def report() -> FusingReport:
        failed = sorted(failures)
        return FusingReport(
            written=[targets[index] for index in sorted(written)],
            failures=[_sentence(pairs[index], failures[index]) for index in failed],
            notes=reader.notes() if reader else _notes([pairs[index] for index in sorted(written)]),
            skipped=[targets[index] for index in sorted(skipped)],
            failed=[pairs[index].name for index in failed],
        )

    try:
        with (
            ThreadPoolExecutor(max(workers, 1)) as readers,
            ThreadPoolExecutor(max(workers, 1)) as writers,
            progress_bar(total=len(waiting), desc="fusing", disable=len(pairs) == 1) as progress,
        ):
            load = partial(_load, inferencer, reader, annotations, text)
            reads = _submit_ahead(readers, load, (pairs[index] for index in waiting), 2 * workers)
            loaded = _without_failures(zip(waiting, reads), failures)
            for index, picture in _fuse_batches(inferencer, loaded, batch_size, failures):
                writes.append((index, writers.submit(write_image, targets[index], picture)))
                progress.update()
                _finish(writes, 2 * workers, written, failures)
            _finish(writes, 0, written, failures)
    except KeyboardInterrupt:
        # The threads have done what they had begun.
        _finish(writes, 0, written, failures)
        raise FusingInterrupted(report()) from None
    return report()


def _finish(
    writes: deque[tuple[int, Future]], left: int, written: set[int], failures: dict[int, Exception]
) -> None:
    """Wait for the oldest writes until no more than `left` are under way."""
    while len(writes) > left:
        written.update(index for index, _ in _without_failures([writes[0]], failures))
        # Only now: Ctrl-C while waiting forgets none.
        writes.popleft()


def _pairs_and_targets(source_a: Path, source_b: Path, out: Path) -> tuple[list[ImagePair], list[Path]]:
    if source_a.is_dir() != source_b.is_dir():
        raise UserError(f"{source_a} and {source_b}: give two files or two folders")
    if not source_a.is_dir():
        pair = ImagePair(image_stem(source_a.name), source_a, source_b)
        return [pair], [out if out.suffix else out / f"{pair.name}.png"]
    pairs, unmatched = find_pairs(source_a, source_b, with_data=True)
    if unmatched:
        print(f"{len(unmatched)} files have no partner and are left out: {shorten(unmatched)}")
    return pairs, [out / f"{pair.name}.png" for pair in pairs]


def _sentence(pair: ImagePair, error: Exception) -> str:
    if isinstance(error, (ValueError, OSError)):
        return str(error)
    # Of a library, e.g. out of memory: it does not know the file.
    reason = str(error).strip().splitlines() or [""]
    return f"{pair.path_a}: {type(error).__name__} {reason[0][:200]}".rstrip()


def _noted(error: Exception) -> Exception:
    if os.environ.get("MMFUSION_TRACEBACK"):
        raise error
    # The frames hold on to the maps of the network.
    return error.with_traceback(None)


def _check_targets(pairs: list[ImagePair], targets: list[Path], overwrite: bool) -> None:
    # Before anything is computed: a large picture takes a while.
    sources = {_identity(path) for pair in pairs for path in (pair.path_a, pair.path_b)}
    folders = {path.parent.resolve() for pair in pairs for path in (pair.path_a, pair.path_b)}
    check_image_format(targets[0])
    check_writable(targets[0].parent)
    if len(pairs) > 1 and targets[0].parent.resolve() in folders:
        raise UserError(
            f"{targets[0].parent} holds sources, which the results would be taken for: choose another"
        )
    for target in targets:
        if not os.path.lexists(target):
            continue
        if target.is_dir():
            raise UserError(
                f"{target} is a folder: choose another target, or give an extension that names none"
            )
        # By what it is and not by its name, as it may be a link.
        if _identity(target) in sources:
            raise UserError(f"{target} is a source and would be overwritten: choose another target")
        if not overwrite and not is_own_picture(target):
            raise UserError(
                f"{target} exists and was not written by this package: choose another target, or --overwrite it"
            )


def _identity(path: Path) -> tuple | Path:
    try:
        status = path.stat()
    except OSError:
        return path.absolute()
    return status.st_dev, status.st_ino


def _notes(pairs: list[ImagePair]) -> list[str]:
    thermal = [pair.name for pair in pairs if _has_16_bits(pair.path_b)]
    if not thermal:
        return []
    return [
        f"{len(thermal)} pictures of source B have 16 bits and were stretched between the percentiles 0.1 and 99.9 "
        f"of each: {shorten(thermal, 3)}"
    ]


def _has_16_bits(path: Path) -> bool:
    if path.suffix.lower() not in (".png", ".tif", ".tiff"):
        return False
    try:
        header = read_header(read_regular_file(path))
    except OSError:
        return False
    return header is not None and header.bits == 16


def _load(
    inferencer: PairFuser,
    reader: PairReader | None,
    annotations: str | Path | None,
    text: str | None,
    pair: ImagePair,
) -> Any:
    inputs = dict(img_a=pair.path_a, img_b=pair.path_b, key=pair.name)
    if annotations is not None and text is None:
        # Only guided networks have annotations, and these need PyTorch.
        from ..annotation.annotation_file import find_annotation, read_annotation

        path = find_annotation(annotations, pair.path_a.name, pair.path_b.name)
        inputs["annotation"] = None if path is None else read_annotation(path)
    if reader is not None:
        inputs["img_a"], inputs["img_b"] = reader(pair.path_a, pair.path_b)
    return inferencer.load(inputs, text)


def _submit_ahead(
    pool: ThreadPoolExecutor, function: Callable[[Any], Any], items: Iterable[Any], ahead: int
) -> Iterator[Future]:
    """Futures in the order of the items, with at most `ahead` more under way than were taken."""
    pending: deque[Future] = deque()
    for item in items:
        pending.append(pool.submit(function, item))
        if len(pending) > ahead:
            yield pending.popleft()
    yield from pending


def _without_failures(
    futures: Iterable[tuple[int, Future]], failures: dict[int, Exception]
) -> Iterator[tuple[int, Any]]:
    """Results by index; what failed is noted in `failures` instead."""
    for index, future in futures:
        try:
            result = future.result()
        except Exception as error:
            failures[index] = _noted(error)
        else:
            yield index, result


def _fuse_batches(
    inferencer: PairFuser, loaded: Iterable[tuple[int, Any]], batch_size: int, failures: dict[int, Exception]
) -> Iterator[tuple[int, np.ndarray]]:
    """Fuse loaded pairs, neighbours of equal size together; pictures by index."""
    for _, group in groupby(loaded, key=lambda item: inferencer.size_of(item[1])):
        while batch := list(islice(group, batch_size)):
            yield from _fuse_batch(inferencer, batch, failures)


def _fuse_batch(
    inferencer: PairFuser, batch: list[tuple[int, Any]], failures: dict[int, Exception]
) -> Iterator[tuple[int, np.ndarray]]:
    indices, pairs = zip(*batch)
    try:
        yield from zip(indices, inferencer.fuse_loaded(pairs))
    except Exception as error:
        if len(batch) == 1:
            failures[indices[0]] = _noted(error)
            return
        # One pair of the batch is at fault: the others need not suffer.
        for item in batch:
            yield from _fuse_batch(inferencer, [item], failures)
