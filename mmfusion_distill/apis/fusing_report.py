"""What became of pairs that were to be fused."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class FusingReport:
    """What became of a set of pairs.

    Args:
        written (list[Path]): The fused pictures.
        failures (list[str]): A sentence per pair that failed.
        notes (list[str]): What else a user should know.
        skipped (list[Path]): Pictures that were there already.
        failed (list[str]): Names of the pairs that failed, as `failures`.
    """

    written: list[Path]
    failures: list[str]
    notes: list[str] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


class FusingInterrupted(KeyboardInterrupt):
    """Ctrl-C while pairs were fused.

    Args:
        report (FusingReport): What was finished till then; the pictures are complete.
    """

    def __init__(self, report: FusingReport) -> None:
        super().__init__()
        self.report = report
