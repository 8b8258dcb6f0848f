"""A metric: its name, its direction, and how its function uses two sources."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from .gray_image import FusionTriple
from .protocols import Protocol
from .weighted_score import weighted_mean

#: What a source-wise metric has besides the fusion score.
FORMS = ("A", "B", "balanced")

SourceScores: TypeAlias = tuple[float, float]
Options: TypeAlias = Callable[[Protocol], dict[str, Any]]


class Scoring:
    """One fused image under one protocol, and what metrics have computed of it.

    Args:
        triple: The images.
        protocol: The choices of the evaluator.
    """

    def __init__(self, triple: FusionTriple, protocol: Protocol) -> None:
        self.sources = [triple.img_a, triple.img_b]
        self.fused = triple.fused
        self.protocol = protocol
        #: What source-wise metrics found, by name and by the indices of the sources they looked at.
        self.results: dict[tuple[str, tuple[int, ...]], Any] = {}


@dataclass(frozen=True)
class MetricEntry(ABC):
    """One metric.

    Args:
        name: Key in results.
        title: Full name.
        function: The pure function; what it takes is said by the kind of metric.
        options: Its further arguments by the protocol.
        direction: ``higher`` or ``lower``: which values are better.
    """

    name: str
    title: str
    function: Callable[..., Any]
    options: Options = lambda protocol: {}
    direction: str = "higher"

    @abstractmethod
    def total(self, scoring: Scoring) -> float:
        """The fusion score."""

    def value(self, scoring: Scoring, form: str = "") -> float:
        """The fusion score, or one of its `FORMS`, which only a source-wise metric has."""
        return self.total(scoring)


class FusedMetric(MetricEntry):
    """``function(fused)``: a metric of the fused image alone."""

    def total(self, scoring: Scoring) -> float:
        """The fusion score."""
        return self.function(scoring.fused, **self.options(scoring.protocol))


class SourceWiseMetric(MetricEntry):
    """A metric that has a value towards each of the two sources."""

    @abstractmethod
    def per_source(self, scoring: Scoring) -> SourceScores:
        """The values towards A and towards B, computed at the first call."""

    def value(self, scoring: Scoring, form: str = "") -> float:
        """The fusion score; ``A`` or ``B``, the value towards one source; or ``balanced``, the worse of these."""
        if form == "balanced":
            return (min if self.direction == "higher" else max)(self.per_source(scoring))
        return self.per_source(scoring)[FORMS.index(form)] if form else self.total(scoring)

    def _call(self, scoring: Scoring, *sources: int) -> Any:
        """What the function says of some of the sources, computed once."""
        key = (self.name, sources)
        if key not in scoring.results:
            pictures = [scoring.sources[index] for index in sources]
            options = self.options(scoring.protocol)
            scoring.results[key] = self.function(pictures, scoring.fused, **options)
        return scoring.results[key]


@dataclass(frozen=True)
class SummedMetric(SourceWiseMetric):
    """``function(sources, fused)`` gives a value for each source, of which the fusion score is the sum or the mean.

    Args:
        combine: ``sum`` or ``mean``, by the protocol.
    """

    combine: Callable[[Protocol], str] = lambda protocol: "sum"

    def per_source(self, scoring: Scoring) -> SourceScores:
        """The values towards A and towards B."""
        return tuple(self._call(scoring, 0, 1))

    def total(self, scoring: Scoring) -> float:
        """The fusion score."""
        total = sum(self.per_source(scoring))
        return total / 2 if self.combine(scoring.protocol) == "mean" else total


class WeightedMetric(SourceWiseMetric):
    """``function(sources, fused)`` gives a :class:`WeightedScore` for each, of which the fusion score is the mean."""

    def per_source(self, scoring: Scoring) -> SourceScores:
        """The values towards A and towards B."""
        return tuple(score.value for score in self._call(scoring, 0, 1))

    def total(self, scoring: Scoring) -> float:
        """The fusion score."""
        return weighted_mean(self._call(scoring, 0, 1))


class JointMetric(SourceWiseMetric):
    """``function(sources, fused)`` gives one value for all sources together, and for one alone."""

    def per_source(self, scoring: Scoring) -> SourceScores:
        """The values towards A and towards B."""
        return self._call(scoring, 0), self._call(scoring, 1)

    def total(self, scoring: Scoring) -> float:
        """The fusion score."""
        return self._call(scoring, 0, 1)
