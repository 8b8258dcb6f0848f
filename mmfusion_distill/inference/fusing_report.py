"""Report on the pairs of a fusion."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..images.pairing import ImagePair
from ..images.source_notes import Noted, write_notes


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
    """One report of what each process did, the same for any number of them.

    Args:
        parts (Sequence[FusingPart]): Of each process.
        pairs (Sequence[ImagePair]): What they shared.
        targets (Sequence[Path]): Where each pair is written.
    """
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
    """Ctrl-C while pairs were fused.

    Args:
        report (FusingReport): What was finished till then; the images are complete.
    """

    def __init__(self, report: FusingReport) -> None:
        super().__init__()
        self.report = report
