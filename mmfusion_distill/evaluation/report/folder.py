"""Scores of folders of fused images."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import numpy as np

from ...images.image_io import ImageReadError, read_image
from ...images.pairing import shorten
from ...images.pixels import without_single_channel
from ...images.stored_image import image_size
from ...registration.pair_reader import PairReader
from ...system.cores import numpy_in_one_thread, opencv_in_one_thread
from ...system.progress import progress_bar
from ...user_errors import UserError
from ..functional.baselines import BASELINES, baseline_images
from ..functional.compute import DEFAULT_METRICS, parse_metric_names, score_triple
from ..functional.gray_image import FusionTriple, GrayImage
from ..functional.protocols import Protocol, get_protocol
from .matched_files import MatchedFiles, match_files
from .results import EvaluationResult


def evaluate_folders(
    folder_a: str | Path,
    folder_b: str | Path,
    methods: Mapping[str, str | Path],
    metrics: Sequence[str] = DEFAULT_METRICS,
    protocol: str | Protocol = "standard",
    names: Sequence[str] | None = None,
    baselines: bool = True,
    workers: int = 1,
    show_progress: bool = False,
    pattern: Sequence[str] | None = None,
    reader: PairReader | None = None,
) -> EvaluationResult:
    """Score every method on the pairs that all of them have a readable image of.

    Images belong together by file name without extension, see :func:`match_files`. What is missing or cannot
    be read is listed in ``problems`` of the result, and the pair is left out for *every* method.

    Args:
        folder_a: Images of source A.
        folder_b: Images of source B.
        methods: Folder of fused images by method name.
        metrics: Result keys, see :func:`~mmfusion_distill.evaluation.compute_metrics`.
        protocol: Evaluation protocol.
        names: Restrict to these pairs (a test split).
        baselines: Add rows for copies of A and of B, mean, maximum and Laplacian pyramid.
        workers: Pairs scored at a time. Memory grows with it, not with the number of pairs.
        show_progress: Draw a progress bar on standard error.
        pattern: How names of A and B pair up that differ, see
            :func:`~mmfusion_distill.images.pairing.pair_folders`.
        reader: Reads the sources, by the options that they were fused with, and notes what is odd about them.
            Default: one without options.

    Returns:
        The scores; equal for equal files whatever ``workers`` is.

    Raises:
        UserError: If an image's size differs from its source A (every such file is named), if
            no pair is left, a name is unknown, or there are no metrics, or neither methods nor
            baselines.
    """
    if not metrics:
        raise UserError("there is nothing to score: name a metric")
    if not methods and not baselines:
        raise UserError("there is nothing to score: name a method and its folder, or keep the baselines")
    parse_metric_names(metrics)
    protocol = get_protocol(protocol)
    check_method_names(methods)
    pairs, problems = match_files(folder_a, folder_b, methods, names, pattern)
    reader = reader or PairReader()
    pairs, unreadable = _check_headers(pairs, reader)
    problems += unreadable
    if not pairs:
        raise UserError(_nothing_left(problems))
    score = partial(_score_pair, reader=reader, metrics=metrics, protocol=protocol, baselines=baselines)
    # In threads: NumPy and OpenCV release the interpreter while they compute.
    with (
        ThreadPoolExecutor(max_workers=workers) as pool,
        opencv_in_one_thread() if workers > 1 else nullcontext(),
        numpy_in_one_thread(),
    ):
        scoring = pool.map(score, pairs.values())
        outcomes = list(progress_bar(scoring, "scoring", len(pairs), disable=not show_progress))
    scored = {}
    for name, (scores, unreadable) in zip(pairs, outcomes, strict=True):
        problems += unreadable
        if not unreadable:
            scored[name] = scores
    if not scored:
        raise UserError(_nothing_left(problems))
    return EvaluationResult(
        names=list(scored),
        methods=[*methods, *(EvaluationResult.BASELINE_TITLES.values() if baselines else ())],
        metrics=list(metrics),
        scores=np.stack(list(scored.values()), axis=2),
        protocol=protocol,
        problems=problems,
    )


def read_picture(path: str | Path) -> np.ndarray:
    """Read a fused image for scoring: uint8 if it holds whole gray levels, else float in [0, 255].

    Returns:
        (H, W) or (H, W, 3) RGB.

    Raises:
        ImageReadError: If the file cannot be read.
    """
    return _in_levels(read_image(path))


def read_sources(reader: PairReader, path_a: str | Path, path_b: str | Path) -> list[np.ndarray]:
    """Read both sources of a pair as fused; see :func:`read_picture`."""
    return [_in_levels(image) for image in reader.read(path_a, path_b)[:2]]


def _in_levels(image: np.ndarray) -> np.ndarray:
    levels = np.rint(image)
    if np.array_equal(levels, image):
        image = levels.astype(np.uint8)
    return without_single_channel(image)


def check_method_names(methods: Mapping[str, str | Path]) -> None:
    """Refuse names that are taken or cannot be part of a file name.

    Raises:
        UserError: Names the method.
    """
    taken = set(EvaluationResult.BASELINE_TITLES.values()) & set(methods)
    if taken:
        raise UserError(f"'{taken.pop()}' is the name of a baseline; name the method differently")
    for name in methods:
        # Names become parts of file names and cells of tables.
        if not name.strip() or set(name) & set("/\\\0\r\n") or name in (".", ".."):
            raise UserError(f"the method name {name!r} is no plain name: leave out slashes and line breaks")


def _check_headers(pairs: MatchedFiles, reader: PairReader) -> tuple[MatchedFiles, list[str]]:
    """Compare sizes before anything is computed; drop pairs with unreadable files."""
    readable, problems, mismatches = {}, [], []
    for name, paths in pairs.items():
        sizes, broken = {}, []
        for index, path in enumerate(paths):
            try:
                sizes[path] = image_size(path, is_source_b=index == 1)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                broken.append(reason if str(path) in reason else f"{path} cannot be read ({reason})")
        problems += broken
        if broken:
            continue
        readable[name] = paths
        path_a = paths[0]
        height, width = sizes[path_a]
        if reader.aligner.is_fitting:
            # B gets the size of A.
            sizes.pop(paths[1])
        mismatches += [
            f"{path} is {h}x{w} but {path_a} is {height}x{width}"
            for path, (h, w) in sizes.items()
            if (h, w) != (height, width)
        ]
    if mismatches:
        raise UserError(
            "images of different sizes (height x width) cannot be compared, resize or remove them: "
            + shorten(mismatches, 20)
        )
    return readable, problems


def _one(path: Path) -> list[np.ndarray]:
    return [read_picture(path)]


def _score_pair(
    paths: Sequence[Path], reader: PairReader, metrics: Sequence[str], protocol: Protocol, baselines: bool
) -> tuple[np.ndarray | None, list[str]]:
    """Return (methods, metrics) scores, or None and a sentence on each image that could not be read."""
    pictures, problems = [], []
    for read in (partial(read_sources, reader, *paths[:2]), *(partial(_one, path) for path in paths[2:])):
        try:
            pictures += read()
        except ImageReadError as error:
            problems.append(str(error))
    if problems:
        return None, problems
    if baselines:
        pictures += baseline_images(*pictures[:2]).values()
    # Wrapped once, so that the sources are analysed once for all methods; a copy of a source is that source.
    source_a, source_b = sources = [GrayImage(picture, 255.0) for picture in pictures[:2]]
    rows = []
    for name, picture in zip([*paths[2:], *BASELINES], pictures[2:]):
        copies = [source for source, original in zip(sources, pictures) if original is picture]
        triple = FusionTriple(source_a, source_b, copies[0] if copies else GrayImage(picture, 255.0))
        try:
            scores = score_triple(triple, metrics, protocol)
        except (UserError, ArithmeticError) as error:
            raise type(error)(f"{name}: {error}") from error
        rows.append([scores[metric] for metric in metrics])
    for source in sources:
        # What a source keeps of itself as a fusion names the other source, which names it.
        source.forget()
    return np.array(rows), []


def _nothing_left(problems: Sequence[str]) -> str:
    found = shorten(problems, 20) or "there are no images"
    return f"no pair has a readable image in every folder: {found}"
