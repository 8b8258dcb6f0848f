"""Curves from the log of a run."""

import io
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure

#: Value by iteration.
Curve = dict[int, float]


def read_curves(work_dir: str | Path) -> tuple[dict[str, Curve], dict[str, Curve]]:
    """The scalars of a run, of all parts of it if it was resumed.

    Args:
        work_dir (str | Path): Its folder.

    Returns:
        tuple[dict[str, Curve], dict[str, Curve]]: Losses, and figures of the validations, by their names.
    """
    losses: dict[str, Curve] = defaultdict(dict)
    figures: dict[str, Curve] = defaultdict(dict)
    for path in sorted(Path(work_dir).glob("*/vis_data/scalars.json")):
        for line in path.read_text().splitlines():
            try:
                row = json.loads(line)
            except ValueError:  # cut off by a kill
                continue
            step = int(row.get("step", 0))
            is_training = "loss" in row
            for name, value in row.items():
                if is_training and name.startswith("loss"):
                    losses[name][step] = value
                elif not is_training and name not in ("step", "data_time", "time"):
                    figures[name][step] = value
    return dict(losses), dict(figures)


def draw_losses(losses: Mapping[str, Curve]) -> bytes:
    """The total and its terms over the iterations, as SVG."""
    figure = Figure(figsize=(9.0, 3.2), layout="constrained")
    total, terms = figure.subplots(1, 2)
    for name, curve in losses.items():
        axes = total if name == "loss" else terms
        steps = sorted(curve)
        values = [curve[step] for step in steps]
        if name == "loss":
            axes.plot(steps, values, color="0.8", linewidth=0.8)
            axes.plot(steps, _smooth(values), color="#1f6fb4")
        else:
            axes.plot(steps, _smooth(values), linewidth=1.2, label=name.removeprefix("loss_"))
    total.set_title("loss (gray: of single steps)", fontsize=10)
    terms.set_title("its terms", fontsize=10)
    if terms.has_data():
        terms.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    for axes in (total, terms):
        axes.set_xlabel("iteration", fontsize=9)
        axes.grid(alpha=0.25)
    return _svg(figure)


def draw_figures(
    figures: Mapping[str, Curve],
    before: Mapping[str, float],
    pyramid: Mapping[str, float],
    names: Sequence[str],
) -> bytes:
    """Figures of the validations beside the pyramid's, as SVG.

    Args:
        figures (Mapping[str, Curve]): Of the validations.
        before (Mapping[str, float]): Of the network at the start.
        pyramid (Mapping[str, float]): Of the pyramid.
        names (Sequence[str]): Which are shown.
    """
    columns = 5
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(12.0, 2.1 * rows), layout="constrained")
    for axes, name in zip(figure.subplots(rows, columns, squeeze=False).flat, names):
        curve = ({0: before[name]} if name in before else {}) | figures.get(name, {})
        steps = sorted(curve)
        axes.plot(steps, [curve[step] for step in steps], marker="o", markersize=3, color="#1f6fb4")
        axes.axhline(pyramid[name], color="0.45", linestyle="--", linewidth=1)
        axes.set_title(name, fontsize=10)
        axes.tick_params(labelsize=7)
        axes.grid(alpha=0.25)
    for axes in list(figure.axes)[len(names) :]:
        axes.set_axis_off()
    return _svg(figure)


def _smooth(values: Sequence[float]) -> list[float]:
    """Means over a tenth of the run, that end at each value."""
    width = max(1, len(values) // 10)
    return [
        sum(part) / len(part) for i in range(len(values)) if (part := values[max(0, i - width + 1) : i + 1])
    ]


def _svg(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg")
    return buffer.getvalue()
