"""The page of results: networks beside fusions without a network, on clean and on degraded pairs."""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from ..annotation.annotation_types import Annotation
from ..evaluation import EvaluationResult, baseline_images, paired_bootstrap, picture_grid
from ..evaluation.functional.operator_measures import OPERATOR_MEASURES, operator_measures
from ..evaluation.metrics.fusion_metric import WIN_MEASURES
from ..images.image_io import write_image
from ..system.number_range import counted
from ..system.regular_file import write_text_atomically
from ..system.table import Table, shown
from .named_network import NamedNetwork
from .scored_pairs import ScoredPair, fuse_pair, load_scored_pairs, score_pairs

#: Columns of the tables of scores, besides wins.
COLUMNS = (*WIN_MEASURES, "balanced_quality", "quality")
PYRAMID = EvaluationResult.BASELINE_TITLES["pyramid"]
_BASELINES = ("pyramid", "mean", "maximum", "A", "B")
_HARDEST, _EASIEST = 3, 2
_CELL_WIDTH = 240
_HEAD = """# Results

A section with a command at its head is written by it; do not edit it by hand. Everything is scored against the clean
sources; a degraded pair is what the network sees. `wins`: how many of the eight measures before `balanced_quality`
have a mean that is at least the pyramid's. Interval: 95 % of a paired bootstrap of the mean of `balanced_quality`;
beside it whether the method is better or worse than the pyramid, or the same (not significant at 5 %,
Holm-corrected). [metrics.md](metrics.md) says what the measures are.
"""


@dataclass(frozen=True)
class SetScores:
    """Methods on one set.

    Args:
        pairs (Sequence[ScoredPair]): The pairs.
        result (EvaluationResult): Networks (a guided one with and without text), then :data:`PYRAMID` and the others.
        fused (list[dict[str, np.ndarray]]): Per pair, the images by method.
    """

    pairs: Sequence[ScoredPair]
    result: EvaluationResult
    fused: list[dict[str, np.ndarray]]

    def wins(self) -> list[int]:
        """Per method, how many of the eight measures have a mean that is at least the pyramid's."""
        means = self.result.columns(WIN_MEASURES)
        return (means >= means[self.result.index(PYRAMID)]).sum(axis=1).tolist()


def score_set(networks: Sequence[NamedNetwork], pairs: Sequence[ScoredPair]) -> SetScores:
    """Fuse and score pairs with every network and without one.

    Returns:
        SetScores: Their scores.
    """
    titles = EvaluationResult.BASELINE_TITLES
    pictures = []
    for pair in pairs:
        fused = {
            row: fuse_pair(network.inferencer, pair, annotation)
            for network in networks
            for row, annotation in _rows_of(network, pair).items()
        }
        without = baseline_images(pair.img_a, pair.img_b)
        pictures.append({**fused, **{titles[name]: without[name] for name in _BASELINES}})
    return SetScores(pairs, score_pairs(pairs, pictures, COLUMNS), pictures)


def score_sets(
    networks: Sequence[NamedNetwork], dataset: dict, seed: int = 0, limit: int | None = None
) -> Iterator[tuple[str, SetScores]]:
    """Fuse and score the pairs of a data set, first unchanged, then degraded.

    Args:
        networks (Sequence[NamedNetwork]): The networks.
        dataset (dict): As :func:`load_scored_pairs` takes it.
        seed (int): Of the degradations. Default: 0, those our configs validate on.
        limit (int, optional): The first pairs only. Default: None, all.

    Yields:
        tuple[str, SetScores]: `clean` or `degraded`, and the scores.
    """
    for name, degradation in (("clean", None), ("degraded", seed)):
        yield name, score_set(networks, load_scored_pairs(dataset, degradation, limit))


def scores_table(scores: SetScores) -> str:
    """Means, interval of balanced_quality and wins, as Markdown."""
    result = scores.result
    bootstrap = paired_bootstrap(result, PYRAMID)
    column = COLUMNS.index("balanced_quality")
    titles = [*COLUMNS[: column + 1], "interval", "", *COLUMNS[column + 1 :], "wins"]
    rows = []
    for row, (method, wins) in enumerate(zip(result.methods, scores.wins())):
        values = [f"{value:.3f}" for value in result.means[row]]
        interval = f"{bootstrap.low[row, column]:.3f} to {bootstrap.high[row, column]:.3f}"
        verdict = bootstrap.verdicts[row, column]
        rows.append([method, *values[: column + 1], interval, verdict, *values[column + 1 :], str(wins)])
    return Table(["method", *titles], rows).to_markdown()


def balanced_scores(scores: SetScores, network: NamedNetwork) -> np.ndarray:
    """The balanced_quality of a network, with its text if it reads any, for each pair, (pairs,)."""
    return scores.result.scores[scores.result.index(main_row(network)), COLUMNS.index("balanced_quality")]


def operator_table(scores: SetScores) -> str:
    """Means of what an operator looks for over the scenes that tell it, as Markdown; see docs/metrics.md."""
    rows = []
    for method in scores.result.methods:
        values = [
            list(operator_measures(pair.img_a, pair.img_b, fused[method]).values())
            for pair, fused in zip(scores.pairs, scores.fused)
        ]
        told = [[value for value in column if not math.isnan(value)] for column in zip(*values)]
        rows.append([method, *(f"{fmean(column):.2f} ({len(column)})" if column else "-" for column in told)])
    return Table(["method", *(f"{name} (scenes)" for name in OPERATOR_MEASURES)], rows).to_markdown()


def networks_table(networks: Sequence[NamedNetwork], sets: Mapping[str, SetScores]) -> str:
    """Size of the networks and, where a guided one is among them, what the others keep of the first such one.

    Returns:
        str: Markdown.
    """
    teacher = next((network for network in networks if network.inferencer.guided), None)
    titles = ["network", "parameters", "GFLOPs at 640x480", "weights (SHA-256)"]
    kept = [(name, metric) for metric in ("balanced_quality", "quality") for name in sets] if teacher else []
    titles += [f"of {teacher.name}: parameters", "GFLOPs"] if teacher else []
    rows = []
    for network in networks:
        digest = hashlib.sha256(network.weights.read_bytes()).hexdigest()[:12]
        row = [network.name, shown(network.parameters, ",d"), shown(network.gflops, ".2f")]
        row.append(f"`{network.weights.name}` ({digest})")
        if teacher:
            row += [_share(getattr(network, key), getattr(teacher, key)) for key in ("parameters", "gflops")]
        for name, metric in kept:
            result = sets[name].result
            values = [
                float(result.columns([metric])[result.index(main_row(one)), 0]) for one in (network, teacher)
            ]
            row.append(_share(*values))
        rows.append(row)
    return Table([*titles, *(f"{metric}, {name}" for name, metric in kept)], rows).to_markdown()


def write_hardest_picture(scores: SetScores, method: str, others: Sequence[str], path: str | Path) -> str:
    """Show the pairs on which a method has the lowest balanced_quality, and those with the highest.

    Returns:
        str: Markdown: what each row of the image is.
    """
    result = scores.result
    column = COLUMNS.index("balanced_quality")
    order = np.argsort(result.scores[result.index(method), column], kind="stable").tolist()
    shown = order if len(order) <= _HARDEST + _EASIEST else order[:_HARDEST] + order[-_EASIEST:]
    methods = [PYRAMID, method, *others]
    rows, lines = [], []
    for index in shown:
        pair = scores.pairs[index]
        pictures = [pair.img_a, pair.img_b, *(scores.fused[index][name] for name in methods), pair.target_a]
        rows.append(pictures)
        values = [
            f"{name} {result.scores[result.index(name), column, index]:.3f}"
            for name in (method, PYRAMID, *others)
        ]
        lines.append([pair.name, ", ".join(pair.kinds), ", ".join(values)])
    titles = ["A, degraded", "B, degraded", *methods, "A, clean"]
    write_image(path, picture_grid(rows, titles, width=_CELL_WIDTH))
    return Table(["row", "degradations", "balanced_quality"], lines).to_markdown()


def results_section(
    title: str,
    command: str,
    networks: Sequence[NamedNetwork],
    sets: Mapping[str, SetScores],
    picture: str,
    picture_rows: str,
) -> str:
    """One section of the page.

    Returns:
        str: Markdown.
    """
    parts = [f"## {title}", f"```bash\n{command}\n```", networks_table(networks, sets)]
    for name, scores in sets.items():
        parts += [f"### {name.capitalize()}, {counted(len(scores.pairs), 'pair')}", scores_table(scores)]
        if name == "clean":
            parts += ["What an operator looks for, and in how many scenes:", operator_table(scores)]
    parts += [
        "### Hardest and easiest",
        "Degraded pairs with the lowest balanced_quality, then those with the highest. The command writes them, "
        f"beside the pyramid's, to `{picture}` (not in the repository, since the images are a data set's).",
        picture_rows,
    ]
    return "\n\n".join(parts) + "\n"


def write_section(path: str | Path, title: str, section: str) -> None:
    """Put a section into a page in place of that of the same title, or behind the others."""
    path = Path(path)
    page = path.read_text(encoding="utf-8") if path.is_file() else _HEAD
    _, *parts = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    titles = [part.splitlines()[0] for part in parts]
    heading = f"## {title}"
    if heading in titles:
        parts[titles.index(heading)] = section
    else:
        parts.append(section)
    write_text_atomically(path, "\n".join(part.rstrip() + "\n" for part in [_HEAD, *parts]))


def main_row(network: NamedNetwork) -> str:
    """The row of a network, with its text if it reads any."""
    return f"{network.name} with text" if network.inferencer.guided else network.name


def _rows_of(network: NamedNetwork, pair: ScoredPair) -> dict[str, Annotation | None]:
    """Annotations that a network is given, by row."""
    if not network.inferencer.guided:
        return {network.name: None}
    rows: dict[str, Annotation | None] = {main_row(network): pair.annotation}
    reader = getattr(network.inferencer.model.generator, "text_reader", None)
    if getattr(reader, "null", None) is not None:
        rows[f"{network.name} without text"] = None
    return rows


def _share(value: float | None, whole: float | None) -> str:
    return "-" if value is None or not whole else f"{100 * value / whole:.1f} %"
