"""Results as Markdown, LaTeX, CSV and JSON, and the files that an evaluation leaves behind."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from ...system.number_range import counted
from ...system.regular_file import write_text_atomically
from ...system.table import Cell, Table
from .bootstrap import BootstrapResult
from .results import EvaluationResult

_MARKS = {"better": "+", "worse": "-", "same": "=", "": ""}


def to_markdown(result: EvaluationResult, bootstrap: BootstrapResult | None = None) -> str:
    """Table with the best method bold and the second underlined.

    A dagger marks a baseline that beats every method. With a bootstrap, the half-widths of the
    intervals follow the means and marks say how a row differs from the reference.
    """
    return f"{_table(result, bootstrap).to_markdown()}\n\n{_caption(result, bootstrap)}\n"


def to_latex(result: EvaluationResult, bootstrap: BootstrapResult | None = None) -> str:
    """The same as a LaTeX ``tabular`` with booktabs rules."""
    comment = "\n".join("% " + line for line in _caption(result, bootstrap).splitlines())
    first_baseline = int(np.argmax(result.is_baseline)) if result.is_baseline.any() else 0
    table = _table(result, bootstrap).to_latex(rules_above={first_baseline} - {0})
    return f"{comment}\n{table}\n"


def summary_csv(result: EvaluationResult, bootstrap: BootstrapResult | None = None) -> str:
    """One row for each method and metric: mean, rank, interval, p-value, verdict."""
    ranks = result.ranks()
    rows = []
    for i, method in enumerate(result.methods):
        for j, metric in enumerate(result.metrics):
            interval = ["", ""] if bootstrap is None else [bootstrap.low[i, j], bootstrap.high[i, j]]
            test = ["", ""]
            if bootstrap is not None and bootstrap.p_values is not None and i != bootstrap.reference:
                test = [bootstrap.p_values[i, j], bootstrap.verdicts[i, j]]
            row = [method, metric, result.means[i, j], ranks[i, j], *interval, *test]
            rows.append([*row, len(result.names), result.protocol.name])
    titles = ("method", "metric", "mean", "rank", "low", "high", "p_value", "verdict", "pairs", "protocol")
    return Table(titles, rows).to_csv()


def per_image_csv(result: EvaluationResult) -> str:
    """One row for each pair and method, one column for each metric."""
    rows = [
        [name, method, *result.scores[i, :, k]]
        for k, name in enumerate(result.names)
        for i, method in enumerate(result.methods)
    ]
    return Table(["name", "method", *result.metrics], rows).to_csv()


def to_json(result: EvaluationResult, bootstrap: BootstrapResult | None = None) -> str:
    """Everything: protocol, means, ranks, intervals, tests, scores of each pair, problems."""
    means, mean_ranks = result.means, result.mean_ranks()
    document: dict[str, Any] = {
        "protocol": {"name": result.protocol.name, "differs": result.protocol.differences()},
        "pairs": result.names,
        "problems": result.problems,
        "direction": {
            metric: "higher" if up else "lower"
            for metric, up in zip(result.metrics, result.higher_is_better, strict=True)
        },
        "methods": {},
    }
    if bootstrap is not None:
        reference = None if bootstrap.reference is None else result.methods[bootstrap.reference]
        document["bootstrap"] = {
            "samples": bootstrap.samples,
            "level": bootstrap.level,
            "seed": bootstrap.seed,
            "reference": reference,
        }

    def by_metric(values: np.ndarray) -> dict[str, Any]:
        return dict(zip(result.metrics, values.tolist(), strict=True))

    for i, method in enumerate(result.methods):
        entry = document["methods"][method] = {
            "baseline": bool(result.is_baseline[i]),
            "mean_rank": float(mean_ranks[i]),
            "mean": by_metric(means[i]),
            "scores": by_metric(result.scores[i]),
        }
        if bootstrap is not None:
            entry["interval"] = by_metric(np.stack([bootstrap.low[i], bootstrap.high[i]], axis=1))
            if bootstrap.p_values is not None and i != bootstrap.reference:
                entry["p_value"] = by_metric(bootstrap.p_values[i])
                entry["verdict"] = by_metric(bootstrap.verdicts[i])
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def write_report(
    result: EvaluationResult,
    folder: str | Path,
    bootstrap: BootstrapResult | None = None,
    plots: bool = False,
) -> list[Path]:
    """Write tables, scores and, if asked, plots.

    Args:
        result: Scores.
        folder: Made if need be.
        bootstrap: Intervals and tests to include.
        plots: Also draw the box plots and, with three metrics or more, the radar plot.

    Returns:
        The files written.
    """
    folder = Path(folder)
    texts = {
        "results.json": to_json(result, bootstrap),
        "summary.csv": summary_csv(result, bootstrap),
        "per_image.csv": per_image_csv(result),
        "table.md": to_markdown(result, bootstrap),
        "table.tex": to_latex(result, bootstrap),
    }
    for name, text in texts.items():
        # Names of files need not be text.
        write_text_atomically(folder / name, text, "backslashreplace")
    written = [folder / name for name in texts]
    if plots:
        # matplotlib takes longer to import than most evaluations to run
        from .plots import plot_boxes, plot_radar

        plot_boxes(result, folder / "boxes.png")
        written.append(folder / "boxes.png")
        if len(result.metrics) >= 3:
            plot_radar(result, folder / "radar.png")
            written.append(folder / "radar.png")
    return written


def _table(result: EvaluationResult, bootstrap: BootstrapResult | None) -> Table:
    best, second = result.best_methods()
    beats = result.beats_all_methods()
    titles = ["method", *result.labels, "mean rank"]
    tested = bootstrap is not None and bootstrap.verdicts is not None
    if tested:
        titles.append(f"better/worse than {result.methods[bootstrap.reference]}")
    mean_ranks = result.mean_ranks()
    rows = []
    for i, method in enumerate(result.methods):
        row: list[str | Cell] = [method]
        for j in range(len(result.metrics)):
            emphasis = "bold" if best[i, j] else "underline" if second[i, j] else ""
            after = "†" if beats[i, j] else ""
            if bootstrap is not None:
                after += f" ±{_number((bootstrap.high[i, j] - bootstrap.low[i, j]) / 2)}"
            if tested:
                after += _MARKS[bootstrap.verdicts[i, j]]
            row.append(Cell(_number(result.means[i, j]), emphasis, after))
        row.append(f"{mean_ranks[i]:.2f}")
        if tested:
            row.append(_tally(bootstrap, i))
        rows.append(row)
    return Table(titles, rows)


def _tally(bootstrap: BootstrapResult, row: int) -> str:
    if row == bootstrap.reference:
        return ""
    verdicts = bootstrap.verdicts[row]
    return f"{int((verdicts == 'better').sum())}/{int((verdicts == 'worse').sum())}"


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.2f}"


def _caption(result: EvaluationResult, bootstrap: BootstrapResult | None) -> str:
    protocol = result.protocol
    lines = [f"Means over {counted(len(result.names), 'pair')}, protocol {protocol.name}."]
    if protocol.differences():
        choices = ", ".join(f"{k}={v}" for k, v in protocol.differences().items())
        lines.append(f"It differs from the standard in: {choices}.")
    # Only marks that the table has.
    best, second = result.best_methods()
    marks = ("Best method bold" + ", second underlined" * bool(second.any()) + "; ") * bool(best.any())
    lines.append(
        f"{marks}mean rank among all rows, over the metrics but not their composites and per-source forms."
    )
    if result.beats_all_methods().any():
        lines.append("Dagger: a fusion without a network that beats every method.")
    if bootstrap is not None:
        lines.append(
            f"± is half the {bootstrap.level:.0%} interval of a paired bootstrap "
            f"({bootstrap.samples} samples, seed {bootstrap.seed})."
        )
        if bootstrap.verdicts is not None:
            reference = result.methods[bootstrap.reference]
            lines.append(
                f"+, -, =: better than, worse than, not different from {reference} "
                "(paired bootstrap, Holm-corrected)."
            )
    return "\n".join(lines)
