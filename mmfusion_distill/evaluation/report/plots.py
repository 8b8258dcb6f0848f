"""Plots of results: radar over metrics, one box plot for each metric."""

import io
import itertools
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ...system.regular_file import write_atomically
from ...user_errors import UserError
from .results import EvaluationResult

_BASELINE_LINES = (":", "--", "-.", (0, (1, 4)))


def plot_radar(result: EvaluationResult, path: str | Path) -> None:
    """Draw the methods' means over all metrics, each axis from the worst to the best row.

    Metrics of which lower is better are turned around, so outside is always better. Baselines are
    thin gray.

    Raises:
        UserError: With fewer than three metrics there is no area to draw.
    """
    if len(result.metrics) < 3:
        raise UserError(f"A radar plot needs three metrics or more; got {result.metrics}")
    goodness = np.where(result.higher_is_better, result.means, -result.means)
    low, high = goodness.min(axis=0), goodness.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    radii = 0.1 + 0.9 * (goodness - low) / span
    angles = np.linspace(0, 2 * np.pi, len(result.metrics), endpoint=False)
    closed = np.append(angles, angles[0])
    figure = _figure(8.0, 6.0)
    axes = figure.add_subplot(projection="polar")
    baseline_lines = itertools.cycle(_BASELINE_LINES)
    for row, method in enumerate(result.methods):
        style: dict[str, Any] = dict(linewidth=1.8)
        if result.is_baseline[row]:
            style = dict(color="0.5", linewidth=1.0, linestyle=next(baseline_lines))
        axes.plot(closed, np.append(radii[row], radii[row, 0]), label=method, **style)
    axes.set_xticks(angles, result.labels)
    axes.set_yticks([])
    axes.set_ylim(0, 1.05)
    axes.legend(loc="center left", bbox_to_anchor=(1.12, 0.5), frameon=False)
    axes.set_title("Centre: worst row, rim: best row, per metric", fontsize=9, pad=18)
    _save(figure, path)


def plot_boxes(result: EvaluationResult, path: str | Path) -> None:
    """Draw for each metric the spread of every row's scores over the pairs.

    Boxes span the quartiles with the median, whiskers 1.5 box lengths; baselines are gray.
    """
    columns = min(4, len(result.metrics))
    rows = -(-len(result.metrics) // columns)
    height = 0.9 + 0.28 * len(result.methods)
    figure = _figure(3.4 * columns + 1.0, height * rows)
    grid = figure.subplots(rows, columns, squeeze=False)
    labels = result.labels
    for index, axes in enumerate(grid.flat):
        if index >= len(labels):
            axes.set_axis_off()
            continue
        boxes = axes.boxplot(
            list(result.scores[:, index]),
            orientation="horizontal",
            patch_artist=True,
            widths=0.6,
            flierprops=dict(marker=".", markersize=3),
            medianprops=dict(color="black"),
        )
        for box, baseline in zip(boxes["boxes"], result.is_baseline, strict=True):
            box.set_facecolor("0.85" if baseline else "#7aa6d8")
        names = result.methods if index % columns == 0 else [""] * len(result.methods)
        axes.set_yticks(range(1, len(result.methods) + 1), names)
        axes.invert_yaxis()
        axes.set_title(labels[index], fontsize=10)
        axes.grid(axis="x", alpha=0.3)
    _save(figure, path)


def _figure(width: float, height: float) -> Figure:
    # Without pyplot there is no global state: safe in threads, and nothing opens a window.
    return Figure(figsize=(width, height), layout="constrained")


def _save(figure: Figure, path: str | Path) -> None:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=Path(path).suffix[1:], dpi=130)
    write_atomically(path, buffer.getvalue())
