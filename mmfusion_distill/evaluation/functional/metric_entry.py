"""One line of the table of metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from .fusion_triple import FusionTriple
from .protocols import Protocol

__all__ = ["MetricEntry", "SourceScores"]

SourceScores: TypeAlias = Sequence[float]


@dataclass(frozen=True)
class MetricEntry:
    """One metric of the table.

    Args:
        name: Key in results.
        title: Full name.
        score: The fusion score of a triple under a protocol; a source-wise metric also gets the
            two per-source values.
        per_source: The values towards A and towards B; None if the metric has no such form.
        higher_is_better: Direction.
    """

    name: str
    title: str
    score: Callable[..., float]
    per_source: Callable[[FusionTriple, Protocol], SourceScores] | None = None
    higher_is_better: bool = True

    def balanced(self, values: SourceScores) -> float:
        """The worse of the two per-source values."""
        return min(values) if self.higher_is_better else max(values)
