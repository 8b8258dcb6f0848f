"""Where fused images are written, checked before anything is computed, and what became of the pairs."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..images.image_io import check_image_format, is_own_picture
from ..images.pairing import ImagePair, pairs_of, shorten
from ..images.source_notes import Noted, write_notes
from ..system.number_range import counted
from ..system.regular_file import check_writable
from ..user_errors import UserError


@dataclass(frozen=True)
class FusingReport:
    """The outcome of fusing a set of pairs.

    Args:
        written (list[Path]): The fused images.
        failures (list[str]): A sentence per pair that failed.
        notes (list[str]): What else a user should know.
        skipped (list[Path]): Images that were there already.
        failed (list[str]): Names of the pairs that failed, as `failures`.
        seen (dict[str, dict[str, float]]): Probabilities of events by name of the pair, if these were asked for.
        texts_are_told (bool): Whether a guided network was given texts from image statistics. Default: False.
    """

    written: list[Path]
    failures: list[str]
    notes: list[str] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    seen: dict[str, dict[str, float]] = field(default_factory=dict)
    texts_are_told: bool = False


@dataclass
class FusingPart:
    """The outcome of one process's share; pairs are numbered as in the list that all share.

    Args:
        written (set[int]): Pairs that were fused.
        skipped (set[int]): Pairs whose image was there.
        failures (dict[int, str]): A sentence per pair that failed.
        noted (Noted): What else a user should know.
        seen (dict[int, dict[str, float]]): Probabilities of the events that the network sees, if asked for.
        is_interrupted (bool): Whether Ctrl-C ended it.
        texts_are_told (bool): As for :class:`FusingReport`.
    """

    written: set[int] = field(default_factory=set)
    skipped: set[int] = field(default_factory=set)
    failures: dict[int, str] = field(default_factory=dict)
    noted: Noted = field(default_factory=dict)
    seen: dict[int, dict[str, float]] = field(default_factory=dict)
    is_interrupted: bool = False
    texts_are_told: bool = False


def report_of_parts(
    parts: Sequence[FusingPart], pairs: Sequence[ImagePair], targets: Sequence[Path]
) -> FusingReport:
    """One report of what each process did, the same for any number of them."""
    seen = {index: events for part in parts for index, events in part.seen.items()}
    failures = {index: sentence for part in parts for index, sentence in part.failures.items()}
    return FusingReport(
        written=[targets[index] for index in sorted(index for part in parts for index in part.written)],
        failures=[failures[index] for index in sorted(failures)],
        notes=write_notes(part.noted for part in parts),
        skipped=[targets[index] for index in sorted(index for part in parts for index in part.skipped)],
        failed=[pairs[index].name for index in sorted(failures)],
        seen={pairs[index].name: seen[index] for index in sorted(seen)},
        texts_are_told=any(part.texts_are_told for part in parts),
    )


class FusingInterrupted(KeyboardInterrupt):
    """Ctrl-C while pairs were fused."""

    def __init__(self, report: FusingReport) -> None:
        super().__init__()
        self.report = report


def find_targets(
    source_a: Path, source_b: Path, out: Path, overwrite: bool, pattern: Sequence[str] | None = None
) -> tuple[list[ImagePair], list[Path]]:
    """Pairs of two files or folders, and the target of each.

    Args:
        source_a (Path): Image or folder of source A.
        source_b (Path): Image or folder of source B.
        out (Path): Target image, or folder.
        overwrite (bool): Whether images are replaced that this package has not written.
        pattern (Sequence[str], optional): See :func:`~mmfusion_distill.images.pairing.pair_folders`. Default: None.

    Raises:
        PairingError: If the folders do not exist or nothing pairs up.
        UserError: If one source is a file and the other a folder, or a target is a source, no image format, or
            somebody else's image.
        OSError: If nothing can be written to the target's folder.
    """
    pairing = pairs_of(source_a, source_b, pattern)
    pairs, unmatched = pairing.pairs, pairing.unmatched
    if pairing.note:
        print(pairing.note)
    if unmatched:
        without = counted(len(unmatched), "file without a partner", "files without a partner")
        print(f"{without} left out: {shorten(unmatched)}")
    is_picture = not (source_a.is_dir() and source_b.is_dir()) and out.suffix
    targets = [out if is_picture else out / f"{pair.name}.png" for pair in pairs]
    _check_targets(pairs, targets, overwrite)
    return pairs, targets


def _check_targets(pairs: list[ImagePair], targets: list[Path], overwrite: bool) -> None:
    # Before anything is computed: a large image takes a while.
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
