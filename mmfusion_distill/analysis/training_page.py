"""Curves of a training, and the page of what became of it."""

import io
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from matplotlib.figure import Figure
from mmengine.config import Config

from ..evaluation import EvaluationResult, baseline_images, picture_grid
from ..evaluation.metrics.fusion_metric import WIN_MEASURES
from ..inference.fusion_inferencer import FusionInferencer
from ..system.html_page import HtmlPage, bold_best
from ..system.number_range import counted
from ..system.table import Table
from .scored_pairs import ScoredPair, fuse_pair, load_scored_pairs, score_pairs

#: Value by iteration.
Curve = dict[int, float]


def read_curves(work_dir: str | Path) -> tuple[dict[str, Curve], dict[str, Curve]]:
    """The scalars of a run, of all parts of it if it was resumed.

    Returns:
        tuple[dict[str, Curve], dict[str, Curve]]: Losses, and figures of the validations, by their names.
    """
    losses: dict[str, Curve] = defaultdict(dict)
    figures: dict[str, Curve] = defaultdict(dict)
    for path in sorted(Path(work_dir).glob("*/vis_data/scalars.json")):
        for row in scalar_rows(path):
            step = int(row.get("step", 0))
            is_training = "loss" in row
            for name, value in row.items():
                if is_training and name.startswith("loss"):
                    losses[name][step] = value
                elif not is_training and name not in ("step", "data_time", "time"):
                    figures[name][step] = value
    return dict(losses), dict(figures)


def scalar_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of scalars that MMEngine wrote, without one that a kill cut off."""
    for line in path.read_text().splitlines():
        with suppress(ValueError):
            yield json.loads(line)


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
    """Figures of the validations beside the pyramid's, as SVG."""
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


#: Columns of the table, and curves.
MEASURES = ("balanced_quality", *WIN_MEASURES, "quality")
PYRAMID = "pyramid"
_SHOWN, _CELL_WIDTH, _JPEG_QUALITY = 5, 360, 90


def write_training_page(
    path: str | Path, cfg: Config, weights: Mapping[str, str | Path], plan: str, commands: str
) -> EvaluationResult:
    """Score the validation pairs before and after, and write the page.

    Args:
        path (str | Path): The page.
        cfg (Config): The training.
        weights (Mapping[str, str | Path]): Files or names of weights by the names of rows, the start first; of a
            start without weights it is missing.
        plan (str): What was said of pairs and run before it.
        commands (str): What to do with the result.

    Returns:
        EvaluationResult: The scores, the pyramid's first.
    """
    dataset = {key: value for key, value in cfg.val_dataloader.dataset.to_dict().items() if key != "pipeline"}
    pairs = load_scored_pairs(dataset)
    networks = {name: FusionInferencer(weights=file) for name, file in weights.items()}
    fused = [
        {PYRAMID: baseline_images(pair.img_a, pair.img_b)[PYRAMID]}
        | {name: fuse_pair(network, pair, pair.annotation) for name, network in networks.items()}
        for pair in pairs
    ]
    result = score_pairs(pairs, fused, MEASURES)
    means = {
        method: dict(zip(MEASURES, map(float, row))) for method, row in zip(result.methods, result.means)
    }
    page = HtmlPage(f"Training: {Path(cfg.work_dir).name}", _verdict(means))
    page.code(plan)
    page.heading("Fuse with it")
    page.code(commands)
    page.heading(f"Validation, {counted(len(pairs), 'pair')}")
    rows = bold_best([list(means[method].values()) for method in result.methods])
    wins = [_wins(means, method) if method != PYRAMID else "" for method in result.methods]
    page.table(
        Table(
            ["", *MEASURES, "wins"],
            [[method, *row, won] for method, row, won in zip(result.methods, rows, wins)],
        )
    )
    page.text(
        "Means; the higher the better. The pyramid is the Laplacian pyramid's fusion, which needs no network: what "
        "does not beat it is of no use. wins: in how many of eight measures the mean is at least the pyramid's. "
        "docs/metrics.md says what the measures are."
    )
    losses, figures = read_curves(cfg.work_dir)
    before = means.get("before", means[PYRAMID])
    page.picture(
        draw_figures(figures, before, means[PYRAMID], MEASURES),
        "Measures of the validation pairs over the iterations; dashed: the pyramid.",
    )
    if losses:
        page.heading("Losses")
        page.picture(
            draw_losses(losses), "Losses over the iterations; coloured: means over a tenth of the run."
        )
    page.heading("Before and after")
    page.picture(
        _grid(pairs, fused, result), "The pairs that changed most in balanced_quality, by best weights."
    )
    page.write(path)
    return result


def _verdict(means: Mapping[str, Mapping[str, float]]) -> str:
    best, pyramid = means["best"]["balanced_quality"], means[PYRAMID]["balanced_quality"]
    start = means["before"]["balanced_quality"] if "before" in means else None
    before = "" if start is None else f" from {start:.3f}"
    advice = "" if start is None or best > start else " Not better yet: train longer, or on more pairs."
    return (
        f"balanced_quality went{before} to {best:.3f} on pairs that were not trained with; the pyramid has "
        f"{pyramid:.3f}.{advice}"
    )


def _wins(means: Mapping[str, Mapping[str, float]], method: str) -> str:
    return str(sum(means[method][name] >= means[PYRAMID][name] for name in WIN_MEASURES))


def _grid(
    pairs: Sequence[ScoredPair], fused: Sequence[Mapping[str, np.ndarray]], result: EvaluationResult
) -> bytes:
    """Sources and fusions of some pairs, as JPEG."""
    scores = result.scores[:, MEASURES.index("balanced_quality")]
    start = result.index("before" if "before" in result.methods else PYRAMID)
    order = np.argsort(-np.abs(scores[result.index("best")] - scores[start]))[:_SHOWN]
    methods = [method for method in result.methods if method != "last"]
    rows = [[pairs[i].img_a, pairs[i].img_b, *(fused[i][name] for name in methods)] for i in order]
    picture = picture_grid(rows, ["source A", "source B", *methods], width=_CELL_WIDTH)
    _, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return data.tobytes()
