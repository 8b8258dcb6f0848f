"""How much the text matters to a guided network, on degraded pairs of which the clean sources are known."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from mmengine.infer import BaseInferencer

from ..data.degradations.degradation_kinds import INFRARED_VISIBLE_KINDS, MEDICAL_KINDS
from ..evaluation import EvaluationResult, paired_bootstrap, picture_grid
from ..evaluation.metrics.fusion_metric import WIN_MEASURES
from ..images.image_io import write_image
from ..system.regular_file import write_text_atomically
from ..system.table import Table
from ..user_errors import UserError
from .scored_pairs import ScoredPair, fuse_pair, score_pairs

#: What the network may read: the pair's text, nothing, another pair's text.
TEXTS = ("right", "none", "wrong")
#: Columns of the table; the first decides.
MEASURES = ("balanced_quality", *WIN_MEASURES)
#: By how much the right text should beat the others in the first measure.
WANTED = {"none": 0.01, "wrong": 0.02}
_LEVEL = 0.95
_PICTURED = 3


@dataclass(frozen=True)
class TextSensitivity:
    """Scores of the same images with the right text, none and a wrong one.

    Args:
        pairs (Sequence[ScoredPair]): The pairs.
        scores (EvaluationResult): One row a text, :data:`TEXTS` (without 'none' if the network needs text).
        differences (EvaluationResult): Per pair, right text minus each of the others.
        low (np.ndarray): (differences, measures) lower ends of the bootstrap intervals of the mean differences.
        high (np.ndarray): Upper ends.
        wrong (list[str]): Per pair, the pair whose text it got as the wrong one.
        fused (list[dict[str, np.ndarray]]): Per pair, the images by text.
    """

    pairs: Sequence[ScoredPair]
    scores: EvaluationResult
    differences: EvaluationResult
    low: np.ndarray
    high: np.ndarray
    wrong: list[str]
    fused: list[dict[str, np.ndarray]]

    def by_kind(self) -> dict[str, tuple[int, list[float]]]:
        """Per kind of degradation its number of pairs and the means of the first measure's differences."""
        first = self.differences.scores[:, 0]
        table = {}
        for kind in (*INFRARED_VISIBLE_KINDS, *MEDICAL_KINDS):
            rows = [index for index, pair in enumerate(self.pairs) if kind in pair.kinds]
            if rows:
                table[kind] = (len(rows), first[:, rows].mean(axis=1).tolist())
        return table

    def verdicts(self) -> dict[str, bool]:
        """Whether the right text is above each other text by what is wanted, with an interval clear of 0."""
        means = self.differences.means[:, 0]
        return {
            text: bool(means[row] >= WANTED[text] and self.low[row, 0] > 0)
            for row, text in enumerate(self.scores.methods[1:])
        }


def wrong_texts(pairs: Sequence[ScoredPair]) -> list[int]:
    """Whose annotation each pair gets as the wrong one.

    Every annotation is used once, and by another pair; of all such choices the one whose texts name the least of what
    was applied to the pair, then of its other events. It depends on the pairs alone.

    Returns:
        list[int]: Per pair, the index of the other.

    Raises:
        UserError: If it is impossible to give each pair other events than its own.
    """
    from scipy.optimize import linear_sum_assignment

    named = [frozenset(pair.annotation.event_types) for pair in pairs]
    known = {**INFRARED_VISIBLE_KINDS, **MEDICAL_KINDS}
    applied = [
        frozenset(known[kind].event for kind in pair.kinds) or named[i] for i, pair in enumerate(pairs)
    ]
    impossible = 10.0 * len(pairs)
    cost = np.full((len(pairs), len(pairs)), impossible)
    for row, (own, done) in enumerate(zip(named, applied)):
        for column, other in enumerate(named):
            if row != column and own != other:
                cost[row, column] = 2 * len(done & other) / len(done) + len(own & other) / len(own | other)
    rows, columns = linear_sum_assignment(cost)
    if cost[rows, columns].max() >= impossible:
        raise UserError(
            f"{len(pairs)} pairs with these annotations leave no wrong text for each of them: take more pairs, of "
            "different events"
        )
    return columns.tolist()


def measure_text_sensitivity(
    network: BaseInferencer, pairs: Sequence[ScoredPair], seed: int = 0
) -> TextSensitivity:
    """Fuse degraded pairs with the right text, none and a wrong one, and score against the clean sources.

    Returns:
        TextSensitivity: The scores.

    Raises:
        UserError: If the network reads no text, or the pairs leave no wrong text.
    """
    if not network.guided:
        raise UserError("the network is not guided by text: name a teacher's config")
    texts = [text for text in TEXTS if text != "none" or network.model.generator.text_reader.null is not None]
    others = wrong_texts(pairs)
    pictures = []
    for pair, other in zip(pairs, others):
        annotations = dict(right=pair.annotation, none=None, wrong=pairs[other].annotation)
        pictures.append({text: fuse_pair(network, pair, annotations[text]) for text in texts})
    scored = score_pairs(pairs, pictures, MEASURES)
    titles = [f"right - {text}" for text in texts[1:]]
    differences = replace(scored, methods=titles, scores=scored.scores[:1] - scored.scores[1:])
    # The mean of the differences resampled: each draw takes a pair with all its texts.
    bootstrap = paired_bootstrap(differences, level=_LEVEL, seed=seed)
    return TextSensitivity(
        pairs=pairs,
        scores=scored,
        differences=differences,
        low=bootstrap.low,
        high=bootstrap.high,
        wrong=[scored.names[other] for other in others],
        fused=pictures,
    )


def sensitivity_table(result: TextSensitivity) -> str:
    """Means by text, differences with their intervals and by kind of degradation, and whether they suffice."""
    measures = result.scores.metrics
    rows = [
        [text, *(f"{value:.4f}" for value in means)]
        for text, means in zip(result.scores.methods, result.scores.means)
    ]
    for row, title in enumerate(result.differences.methods):
        rows.append([title, *(f"{value:+.4f}" for value in result.differences.means[row])])
        intervals = [f"[{low:+.3f}, {high:+.3f}]" for low, high in zip(result.low[row], result.high[row])]
        rows.append([f"  {_LEVEL:.0%} interval", *intervals])
    kinds = [
        [kind, str(count), *(f"{value:+.4f}" for value in means)]
        for kind, (count, means) in result.by_kind().items()
    ]
    lines = [Table(["text", *measures], rows).to_text(), ""]
    lines += [f"{measures[0]} by kind (a pair has one or two):"]
    lines += [Table(["degradation", "pairs", *result.differences.methods], kinds).to_text(), ""]
    for text, enough in result.verdicts().items():
        lines.append(
            f"Right text above {text} by {WANTED[text]} or more in {measures[0]}, interval clear of 0: "
            f"{'yes' if enough else 'no'}"
        )
    if "none" not in result.scores.methods:
        lines.append("Without text this network does not run: it was built without null_embedding=True.")
    lines.append(f"{len(result.pairs)} degraded pairs against their clean sources; paired bootstrap.")
    return "\n".join(lines)


def write_sensitivity(result: TextSensitivity, path: str | Path) -> None:
    """Write the scores of all pairs as .csv, everything as .json, or the table as .txt.

    Raises:
        UserError: If the ending is none of these.
    """
    check_report_path(path)
    write_text_atomically(path, _REPORTS[Path(path).suffix](result), "backslashreplace")


def check_report_path(path: str | Path) -> None:
    """Refuse an ending that :func:`write_sensitivity` does not know, before anything is computed."""
    if Path(path).suffix not in _REPORTS:
        raise UserError(f"{path}: the report ends in one of {', '.join(_REPORTS)}")


def write_sensitivity_picture(result: TextSensitivity, path: str | Path) -> None:
    """Show the pairs that gain most from their text, then those that lose most (or gain least)."""
    order = np.argsort(-result.differences.scores[0, 0], kind="stable").tolist()
    shown = order if len(order) <= 2 * _PICTURED else order[:_PICTURED] + order[-_PICTURED:]
    chosen = [(result.pairs[index], result.fused[index]) for index in shown]
    rows = [[pair.img_a, pair.img_b, pair.target_a, *fused.values()] for pair, fused in chosen]
    titles = ["A, degraded", "B, degraded", "A, clean", *(f"text: {text}" for text in result.scores.methods)]
    write_image(path, picture_grid(rows, titles))


def _csv(result: TextSensitivity) -> str:
    rows = []
    for index, (pair, wrong) in enumerate(zip(result.pairs, result.wrong)):
        sources = dict(right=pair.name, none="", wrong=wrong)
        for text, values in zip(result.scores.methods, result.scores.scores[:, :, index]):
            rows.append([pair.name, " ".join(pair.kinds), text, sources[text], *values])
    return Table(["name", "kinds", "text", "text_of", *result.scores.metrics], rows).to_csv()


def _json(result: TextSensitivity) -> str:
    measures, differences = result.scores.metrics, result.differences
    intervals = np.stack([result.low, result.high], axis=2)

    def by_text_and_measure(values: np.ndarray) -> dict[str, dict]:
        return {text: dict(zip(measures, row)) for text, row in zip(result.scores.methods, values.tolist())}

    document = {
        "pairs": [
            dict(name=pair.name, kinds=list(pair.kinds), wrong_text_of=wrong)
            for pair, wrong in zip(result.pairs, result.wrong)
        ],
        "means": by_text_and_measure(result.scores.means),
        "scores": by_text_and_measure(result.scores.scores),
        "differences": {
            title: {
                measure: dict(mean=mean, interval=interval)
                for measure, mean, interval in zip(measures, means.tolist(), limits.tolist())
            }
            for title, means, limits in zip(differences.methods, differences.means, intervals)
        },
        "by_kind": {
            kind: dict(pairs=count, **dict(zip(differences.methods, means)))
            for kind, (count, means) in result.by_kind().items()
        },
        "level": _LEVEL,
        "wanted": result.verdicts(),
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


#: What :func:`write_sensitivity` writes, by the ending of the file.
_REPORTS: dict[str, Callable[[TextSensitivity], str]] = {
    ".csv": _csv,
    ".json": _json,
    ".txt": lambda result: sensitivity_table(result) + "\n",
}
