"""Results as Markdown, LaTeX, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from .bootstrap import BootstrapResult
from .results import EvaluationResult

__all__ = ["per_image_csv", "summary_csv", "to_json", "to_latex", "to_markdown"]

_MARKS = {"better": "+", "worse": "-", "same": "=", "": ""}


def to_markdown(result: EvaluationResult, bootstrap: BootstrapResult | None = None) -> str:
    """Table with the best method bold and the second underlined.

    A dagger marks a baseline that beats every method. With a bootstrap, the half-widths of the
    intervals follow the means and marks say how a row differs from the reference.
    """
    style = _Style(
        bold=lambda text: f"**{text}**",
        underline=lambda text: f"<u>{text}</u>",
        dagger="†",
        up="↑",
        down="↓",
        plus_minus=" ±",
        escape=lambda text: text.replace("|", r"\|"),
    )
    rows = _cells(result, bootstrap, style)
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" + "---:|" * (len(rows[0]) - 1))
    return "\n".join(lines) + "\n\n" + _caption(result, bootstrap) + "\n"


def to_latex(result: EvaluationResult, bootstrap: BootstrapResult | None = None) -> str:
    """The same as a LaTeX ``tabular`` with booktabs rules."""
    style = _Style(
        bold=lambda text: rf"\textbf{{{text}}}",
        underline=lambda text: rf"\underline{{{text}}}",
        dagger=r"$^\dagger$",
        up=r"$\uparrow$",
        down=r"$\downarrow$",
        plus_minus=r"$\pm$",
        escape=_escape_latex,
    )
    header, *body = _cells(result, bootstrap, style)
    first_baseline = int(np.argmax(result.is_baseline)) if result.is_baseline.any() else None
    lines = [r"\begin{tabular}{l" + "r" * (len(header) - 1) + "}", r"\toprule"]
    lines += [" & ".join(header) + r" \\", r"\midrule"]
    for index, row in enumerate(body):
        if index == first_baseline and index:
            lines.append(r"\midrule")
        lines.append(" & ".join(row) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}"]
    comment = "\n".join("% " + line for line in _caption(result, bootstrap).splitlines())
    return comment + "\n" + "\n".join(lines) + "\n"


def summary_csv(result: EvaluationResult, bootstrap: BootstrapResult | None = None) -> str:
    """One row for each method and metric: mean, rank, interval, p-value, verdict."""
    ranks = result.ranks()
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(
        ["method", "metric", "mean", "rank", "low", "high", "p_value", "verdict", "pairs", "protocol"]
    )
    for i, method in enumerate(result.methods):
        for j, metric in enumerate(result.metrics):
            interval = ["", ""] if bootstrap is None else [bootstrap.low[i, j], bootstrap.high[i, j]]
            test = ["", ""]
            if bootstrap is not None and bootstrap.p_values is not None and i != bootstrap.reference:
                test = [bootstrap.p_values[i, j], bootstrap.verdicts[i, j]]
            writer.writerow(
                [method, metric, result.means[i, j], ranks[i, j], *interval, *test]
                + [len(result.names), result.protocol.name]
            )
    return buffer.getvalue()


def per_image_csv(result: EvaluationResult) -> str:
    """One row for each pair and method, one column for each metric."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["name", "method", *result.metrics])
    for k, name in enumerate(result.names):
        for i, method in enumerate(result.methods):
            writer.writerow([name, method, *result.scores[i, :, k]])
    return buffer.getvalue()


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
    for i, method in enumerate(result.methods):
        document["methods"][method] = {
            "baseline": bool(result.is_baseline[i]),
            "mean_rank": float(mean_ranks[i]),
            "mean": dict(zip(result.metrics, means[i].tolist(), strict=True)),
            "scores": dict(zip(result.metrics, result.scores[i].tolist(), strict=True)),
        }
    if bootstrap is not None:
        _add_bootstrap(document, result, bootstrap)
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _add_bootstrap(document: dict, result: EvaluationResult, bootstrap: BootstrapResult) -> None:
    reference = None if bootstrap.reference is None else result.methods[bootstrap.reference]
    document["bootstrap"] = {
        "samples": bootstrap.samples,
        "level": bootstrap.level,
        "seed": bootstrap.seed,
        "reference": reference,
    }
    for i, method in enumerate(result.methods):
        entry = document["methods"][method]
        intervals = np.stack([bootstrap.low[i], bootstrap.high[i]], axis=1).tolist()
        entry["interval"] = dict(zip(result.metrics, intervals, strict=True))
        if bootstrap.p_values is not None and i != bootstrap.reference:
            entry["p_value"] = dict(zip(result.metrics, bootstrap.p_values[i].tolist(), strict=True))
            entry["verdict"] = dict(zip(result.metrics, bootstrap.verdicts[i].tolist(), strict=True))


class _Style:
    """How a table language writes emphasis and signs."""

    def __init__(
        self,
        bold: Callable[[str], str],
        underline: Callable[[str], str],
        dagger: str,
        up: str,
        down: str,
        plus_minus: str,
        escape: Callable[[str], str],
    ) -> None:
        self.bold = bold
        self.underline = underline
        self.dagger = dagger
        self.up = up
        self.down = down
        self.plus_minus = plus_minus
        self.escape = escape


def _cells(result: EvaluationResult, bootstrap: BootstrapResult | None, style: _Style) -> list[list[str]]:
    best, second = result.best_methods()
    beats = result.beats_all_methods()
    arrows = [style.up if up else style.down for up in result.higher_is_better]
    header = [
        "method",
        *(f"{style.escape(m)} {arrow}" for m, arrow in zip(result.metrics, arrows, strict=True)),
        "mean rank",
    ]
    tested = bootstrap is not None and bootstrap.verdicts is not None
    if tested:
        header.append(f"better/worse than {style.escape(result.methods[bootstrap.reference])}")
    mean_ranks = result.mean_ranks()
    rows = [header]
    for i, method in enumerate(result.methods):
        row = [style.escape(method)]
        for j in range(len(result.metrics)):
            text = _number(result.means[i, j])
            if best[i, j]:
                text = style.bold(text)
            elif second[i, j]:
                text = style.underline(text)
            elif beats[i, j]:
                text += style.dagger
            if bootstrap is not None:
                half_width = (bootstrap.high[i, j] - bootstrap.low[i, j]) / 2
                text += style.plus_minus + _number(half_width)
            if tested:
                text += _MARKS[bootstrap.verdicts[i, j]]
            row.append(text)
        row.append(f"{mean_ranks[i]:.2f}")
        if tested:
            row.append(_tally(bootstrap, i))
        rows.append(row)
    return rows


def _tally(bootstrap: BootstrapResult, row: int) -> str:
    if row == bootstrap.reference:
        return ""
    verdicts = bootstrap.verdicts[row]
    return f"{int((verdicts == 'better').sum())}/{int((verdicts == 'worse').sum())}"


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.2f}"


def _caption(result: EvaluationResult, bootstrap: BootstrapResult | None) -> str:
    protocol = result.protocol
    lines = [f"Means over {len(result.names)} pairs, protocol {protocol.name}."]
    if protocol.differences():
        choices = ", ".join(f"{k}={v}" for k, v in protocol.differences().items())
        lines.append(f"It differs from the standard in: {choices}.")
    lines.append(
        "Best method bold, second underlined; mean rank among all rows, over the metrics but not their composites "
        "and per-source forms."
    )
    if result.is_baseline.any():
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


_LATEX = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}", **{sign: "\\" + sign for sign in "_%&#${}"}}


def _escape_latex(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in text)
