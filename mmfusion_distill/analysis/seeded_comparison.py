"""Trainings that were repeated with several seeds, beside the first of them."""

from collections.abc import Mapping

import numpy as np

from ..system.table import Table

_SAMPLES, _TAIL = 4000, 0.025


def difference_interval(values: np.ndarray, reference: np.ndarray) -> tuple[float, float, float]:
    """Mean difference of two trainings, and its 95 % interval over other seeds and other pairs.

    The trainings are resampled by themselves, for equal seeds do not make them pairs; the images are resampled alike.

    Args:
        values (np.ndarray): Scores of the trainings of one kind, (seeds, pairs).
        reference (np.ndarray): Of the other kind, (seeds, pairs), of the same pairs.

    Returns:
        tuple[float, float, float]: Difference, lower and upper end.
    """
    generator = np.random.default_rng(0)
    pairs = values.shape[1]
    weights = generator.multinomial(pairs, np.full(pairs, 1 / pairs), size=_SAMPLES) / pairs
    resampled = []
    for scores in (values, reference):
        trainings = generator.integers(len(scores), size=(_SAMPLES, len(scores)))
        resampled.append((scores[trainings].mean(axis=1) * weights).sum(axis=1))
    low, high = np.quantile(resampled[0] - resampled[1], [_TAIL, 1 - _TAIL])
    return float(values.mean() - reference.mean()), float(low), float(high)


def seeded_table(scores: Mapping[str, np.ndarray]) -> str:
    """Mean scores of trainings, each seed's, and the difference to the first training, as Markdown.

    Args:
        scores (Mapping[str, np.ndarray]): By training: one score for each seed and pair, (seeds, pairs).

    Returns:
        str: The table.
    """
    first = next(iter(scores.values()))
    rows = []
    for name, values in scores.items():
        of_seeds = ", ".join(f"{value:.3f}" for value in values.mean(axis=1))
        row = [name, f"{values.mean():.3f}", of_seeds]
        if values is first:
            row += ["", ""]
        else:
            difference, low, high = difference_interval(values, first)
            row += [f"{difference:+.3f}", f"{low:+.3f} to {high:+.3f}"]
        rows.append(row)
    return Table(["training", "mean", "seeds", "difference", "95 %"], rows).to_markdown()
