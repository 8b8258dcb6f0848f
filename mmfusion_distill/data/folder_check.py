"""Problems of a folder of image pairs."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..annotation.annotation_file import find_annotation_of, read_annotation
from ..annotation.annotation_types import AnnotationError
from ..images import source_notes
from ..images.image_source import ImageReadError
from ..images.pairing import ImagePair, pair_folders
from ..registration.pair_reader import PairReader
from ..system.number_range import counted
from ..system.progress import progress_bar


@dataclass(frozen=True)
class FolderProblem:
    """One thing that is wrong.

    Args:
        kind (str): 'no pairs', 'unmatched', 'unreadable', 'sizes differ', 'size', 'bit depth', 'constant', 'sources'
            (what is odd about a pair) or 'annotation'.
        name (str): File or pair.
        detail (str): What exactly.
    """

    kind: str
    name: str
    detail: str


@dataclass(frozen=True)
class _ImageFacts:
    size: tuple[int, int]
    depth: str
    constant: bool


def check_folders(
    folder_a: str | Path,
    folder_b: str | Path,
    annotations: str | Path | None = None,
    min_size: int = 64,
    workers: int = 2,
    show_progress: bool = False,
    pattern: Sequence[str] | None = None,
    reader: PairReader | None = None,
) -> tuple[int, list[FolderProblem]]:
    """Read every file of two folders and report what training would stumble over.

    Args:
        folder_a (str | Path): Images of source A.
        folder_b (str | Path): Images of source B.
        annotations (str | Path, optional): Folder of annotations; pairs without a readable one are reported.
            Default: None, not looked at.
        min_size (int): Shorter sides are reported, as the usual crops do not fit. Default: 64.
        workers (int): Files read at the same time. Default: 2.
        show_progress (bool): Draw a progress bar on standard error. Default: False.
        pattern (Sequence[str], optional): See :func:`~mmfusion_distill.images.pairing.pair_folders`. Default: None.
        reader (PairReader, optional): Reads the pairs by its options, and says in its notes what else it saw.
            Default: None, one without options.

    Returns:
        tuple[int, list[FolderProblem]]: Number of pairs, and the problems in the order of kinds and names.

    Raises:
        PairingError: If a folder is missing, both are the same, or two files differ in their extension only.
    """
    pairing = pair_folders(folder_a, folder_b, pattern)
    pairs, unmatched = pairing.pairs, set(pairing.unmatched)
    problems = [
        FolderProblem("unmatched", str(path), f"no partner in {other_folder}")
        for images, other_folder in ((pairing.images_a, folder_b), (pairing.images_b, folder_a))
        for path in images.values()
        if str(path) in unmatched
    ]
    if not pairs:
        counts = len(pairing.images_a), len(pairing.images_b)
        detail = f"{counts[0]} images there and {counts[1]} in {folder_b}, none of the same name"
        problems.insert(0, FolderProblem("no pairs", str(folder_a), detail))
    reader = reader or PairReader()
    facts: dict[Path, _ImageFacts | str] = {}
    with ThreadPoolExecutor(workers) as pool:
        read = pool.map(lambda pair: _facts(pair, reader), pairs)
        for found in progress_bar(read, "reading", len(pairs), unit="pair", disable=not show_progress):
            facts.update(found)
    for path, fact in facts.items():
        if isinstance(fact, str):
            problems.append(FolderProblem("unreadable", str(path), fact))
            continue
        if min(fact.size) < min_size:
            problems.append(FolderProblem("size", str(path), f"{_text(fact.size)}, below {min_size}"))
        if fact.constant:
            problems.append(FolderProblem("constant", str(path), "all pixels have the same value"))
    problems += [
        FolderProblem("sources", name, wrong)
        for sentence, wrong in source_notes.WRONG.items()
        for name in sorted(reader.noted.get(sentence, ()))
    ]
    if not reader.aligner.is_fitting:
        problems += _differing_sizes(pairs, facts)
    problems += _mixed_depths([pair.path_a for pair in pairs], facts)
    problems += _mixed_depths([pair.path_b for pair in pairs], facts)
    if annotations is not None:
        problems += _annotation_problems(pairs, Path(annotations))
    return len(pairs), problems


def format_problems(pairs: int, problems: list[FolderProblem], shown: int = 20) -> str:
    """One table of the problems; of each kind at most ``shown``, the rest counted."""
    lines = [f"{counted(pairs, 'pair')}, {counted(len(problems), 'problem')}"]
    for kind in dict.fromkeys(problem.kind for problem in problems):
        of_kind = [problem for problem in problems if problem.kind == kind]
        lines += [f"{kind:14s}{problem.name}: {problem.detail}" for problem in of_kind[:shown]]
        if len(of_kind) > shown:
            lines.append(f"{kind:14s}... and {len(of_kind) - shown} more")
    return "\n".join(lines)


def _facts(pair: ImagePair, reader: PairReader) -> dict[Path, _ImageFacts | str]:
    """Facts about both files of a pair, or why one cannot be used; what is odd about the pair, the reader notes."""
    facts: dict[Path, _ImageFacts | str] = {}
    sources = []
    for path, read in ((pair.path_a, reader.read_a), (pair.path_b, reader.read_b)):
        try:
            stored, image = source = read(path)
        except ImageReadError as error:
            facts[path] = str(error).removeprefix(f"{path} ")
            continue
        sources.append(source)
        is_constant = bool(image.pixels.min() == image.pixels.max())
        facts[path] = _ImageFacts(image.pixels.shape[:2], stored.pixels.dtype.name, is_constant)
    same_size = len({source.image.pixels.shape[:2] for source in sources}) == 1
    if len(sources) == 2 and (same_size or reader.aligner.is_fitting):
        try:
            reader.join(*sources)
        except ImageReadError as error:
            facts[pair.path_b] = str(error)
    return facts


def _text(size: tuple[int, int]) -> str:
    return f"{size[1]} x {size[0]} pixels"


def _differing_sizes(pairs: list[ImagePair], facts: dict[Path, _ImageFacts | str]) -> Iterator[FolderProblem]:
    for pair in pairs:
        a, b = facts[pair.path_a], facts[pair.path_b]
        if not isinstance(a, str) and not isinstance(b, str) and a.size != b.size:
            yield FolderProblem("sizes differ", pair.name, f"A {_text(a.size)}, B {_text(b.size)}")


def _mixed_depths(paths: list[Path], facts: dict[Path, _ImageFacts | str]) -> Iterator[FolderProblem]:
    """Files whose depth differs from that of most files of their folder."""
    depths = {path: fact.depth for path in paths if not isinstance(fact := facts[path], str)}
    usual = max(set(depths.values()), key=list(depths.values()).count, default="")
    for path, depth in depths.items():
        if depth != usual:
            yield FolderProblem("bit depth", str(path), f"{depth}, most files of the folder are {usual}")


def _annotation_problems(pairs: list[ImagePair], folder: Path) -> Iterator[FolderProblem]:
    for pair in pairs:
        path = find_annotation_of(pair, folder)
        if path is None:
            yield FolderProblem("annotation", pair.name, f"none in {folder}")
            continue
        try:
            events = read_annotation(path).events
        except AnnotationError as error:
            yield FolderProblem("annotation", pair.name, str(error))
            continue
        without = [event.type for event in events if not event.description]
        if without:
            detail = f"{path.name}: no description of {', '.join(without)}"
            yield FolderProblem("annotation", pair.name, detail)
