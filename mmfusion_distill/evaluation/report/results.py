"""Scores of several methods on one set of pairs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...user_errors import UserError
from ..functional.compute import higher_is_better, parse_metric_names
from ..functional.protocols import Protocol


@dataclass
class EvaluationResult:
    """Scores of methods (rows) on the same pairs.

    Args:
        names: Pairs that were scored, in order.
        methods: Rows: the methods as given, then baselines named ``copy of A`` and so on.
        metrics: Result keys (columns).
        scores: (methods, metrics, pairs) float64, finite.
        protocol: The choices under which they were made.
        problems: One sentence for each file that was missing, unreadable or without a partner.
    """

    names: list[str]
    methods: list[str]
    metrics: list[str]
    scores: np.ndarray
    protocol: Protocol
    problems: list[str] = field(default_factory=list)

    BASELINE_TITLES = {
        "A": "copy of A",
        "B": "copy of B",
        "mean": "mean",
        "maximum": "maximum",
        "pyramid": "pyramid",
    }

    @property
    def is_baseline(self) -> np.ndarray:
        """(methods,) bool."""
        titles = self.BASELINE_TITLES.values()
        return np.array([method in titles for method in self.methods], bool)

    @property
    def higher_is_better(self) -> np.ndarray:
        """(metrics,) bool."""
        return np.array([higher_is_better(metric) for metric in self.metrics], bool)

    @property
    def labels(self) -> list[str]:
        """Titles of the columns: the metrics with an arrow towards what is better."""
        return [f"{m} {'↑' if up else '↓'}" for m, up in zip(self.metrics, self.higher_is_better)]

    @property
    def means(self) -> np.ndarray:
        """(methods, metrics) mean over the pairs."""
        return self.scores.mean(axis=2)

    def ranks(self) -> np.ndarray:
        """(methods, metrics) rank of the means among all rows, 1 is best, ties share the mean."""
        from scipy.stats import rankdata

        return rankdata(-self._goodness(), axis=0)

    def mean_ranks(self) -> np.ndarray:
        """(methods,) mean rank over the metrics; composites and per-source forms repeat others and do not count.

        If there are no others, they do.
        """
        plain = [entry is not None and not form for _, entry, form in parse_metric_names(self.metrics)]
        return self.ranks()[:, plain if any(plain) else slice(None)].mean(axis=1)

    def best_methods(self) -> tuple[np.ndarray, np.ndarray]:
        """(methods, metrics) bool, twice: best and second best among methods (no baselines)."""
        goodness = self._goodness()
        goodness[self.is_baseline] = -np.inf
        best = goodness == goodness.max(axis=0)
        rest = np.where(best, -np.inf, goodness)
        second = (rest == rest.max(axis=0)) & np.isfinite(rest)
        best &= ~self.is_baseline[:, None]
        return best, second

    def beats_all_methods(self) -> np.ndarray:
        """(methods, metrics) bool: a baseline that is better than every method."""
        goodness = self._goodness()
        if self.is_baseline.all():
            return np.zeros_like(goodness, bool)
        top = goodness[~self.is_baseline].max(axis=0)
        return (goodness > top) & self.is_baseline[:, None]

    def index(self, method: str) -> int:
        """Row of a method.

        Raises:
            UserError: If there is none; the message lists those that exist.
        """
        if method not in self.methods:
            raise UserError(f"No method '{method}'; there are {', '.join(self.methods)}")
        return self.methods.index(method)

    def columns(self, metrics: Sequence[str]) -> np.ndarray:
        """(methods, len(metrics)) means of some metrics."""
        return self.means[:, [self.metrics.index(metric) for metric in metrics]]

    def _goodness(self) -> np.ndarray:
        # Rounding keeps methods of equal images tied whatever the order of summation was.
        return np.round(np.where(self.higher_is_better, self.means, -self.means), 9)
