"""Scores towards sources that weigh differently."""

from collections.abc import Sequence
from typing import NamedTuple


class WeightedScore(NamedTuple):
    """Score towards one source and the weight it has in the combined one."""

    value: float
    weight: float


def weighted_mean(scores: Sequence[WeightedScore]) -> float:
    """The fusion score; the plain mean where nothing has weight."""
    weight = sum(score.weight for score in scores)
    if weight == 0:
        return sum(score.value for score in scores) / len(scores)
    return sum(score.value * score.weight for score in scores) / weight
