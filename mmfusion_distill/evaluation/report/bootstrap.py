"""Paired bootstrap over the pairs of a test set."""

from dataclasses import dataclass

import numpy as np

from .results import EvaluationResult


@dataclass
class BootstrapResult:
    """Uncertainty of the means of a result.

    Args:
        low: (methods, metrics) lower ends of the confidence intervals of the means.
        high: Upper ends.
        reference: Row that all others are compared with, or None.
        p_values: (methods, metrics) two-sided p-values of the difference to the reference,
            corrected after Holm over the other rows of a metric; NaN in the reference's row. None
            without a reference.
        verdicts: (methods, metrics) of ``better``, ``worse``, ``same`` (not significant at the
            level of the intervals) or an empty string in the reference's row.
        samples: Number of resamples.
        level: Confidence level.
        seed: Seed of the resampling.
    """

    low: np.ndarray
    high: np.ndarray
    reference: int | None
    p_values: np.ndarray | None
    verdicts: np.ndarray | None
    samples: int
    level: float
    seed: int


def paired_bootstrap(
    result: EvaluationResult,
    reference: str | None = None,
    samples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> BootstrapResult:
    """Resample the pairs, with the same draws for all methods and metrics.

    No p-value is below 2 / 2^n for n pairs, that of the exact sign-flip test: with up to 5 pairs nothing is
    significant at 5 %.

    Args:
        result: Scores.
        reference: Method to compare the others with.
        samples: Number of resamples.
        level: Confidence level of the percentile intervals, and 1 - level of the tests.
        seed: Seed; equal seeds give equal results.

    Raises:
        UserError: If there is no method of the reference's name.
    """
    generator = np.random.default_rng(seed)
    pairs = result.scores.shape[2]
    # Weights of a resample: how often each pair was drawn, over the number of draws.
    weights = generator.multinomial(pairs, np.full(pairs, 1 / pairs), size=samples) / pairs
    means = np.einsum("sp,mkp->smk", weights, result.scores)
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail], axis=0)
    if reference is None:
        return BootstrapResult(low, high, None, None, None, samples, level, seed)
    row = result.index(reference)
    differences = means - means[:, row : row + 1]
    # Resamples of few pairs that agree never cross zero; what n signs can show at all is 2 / 2^n.
    p_values = _holm(np.maximum(_two_sided(differences), min(1.0, 2.0 * 0.5**pairs)), row)
    observed = result.means - result.means[row]
    better = np.where(result.higher_is_better, observed > 0, observed < 0)
    verdicts = np.where(p_values < 1 - level, np.where(better, "better", "worse"), "same")
    verdicts[row] = ""
    return BootstrapResult(low, high, row, p_values, verdicts, samples, level, seed)


def _two_sided(differences: np.ndarray) -> np.ndarray:
    """Twice the share of resamples on the rarer side of zero; never below 1 / samples."""
    samples = len(differences)
    below = (differences <= 0).sum(axis=0)
    above = (differences >= 0).sum(axis=0)
    return np.minimum(1.0, 2 * (np.minimum(below, above) + 1) / (samples + 1))


def _holm(p_values: np.ndarray, reference: int) -> np.ndarray:
    corrected = np.full(p_values.shape, np.nan)
    others = [row for row in range(len(p_values)) if row != reference]
    for column in range(p_values.shape[1]):
        order = sorted(others, key=lambda row: p_values[row, column])
        running = 0.0
        for rank, row in enumerate(order):
            running = max(running, (len(order) - rank) * p_values[row, column])
            corrected[row, column] = min(1.0, running)
    return corrected
