"""Teacher and student side by side, and whether the student keeps what the paper claims."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import numpy as np
from mmengine.infer import BaseInferencer
from PIL import Image

from ..evaluation import baseline_images, compute_metrics
from ..images.image_io import read_image_pair
from ..images.pixels import to_uint8, without_single_channel
from ..system.table import Table
from ..user_errors import UserError
from .named_network import count_gflops, count_parameters
from .stopwatch import conditions, in_fresh_process, peak_bytes, time_in_turn

#: Columns of the table.
COMPARED_METRICS = ("EN", "SD", "SCD", "VIF", "SSIM", "Qabf", "quality", "balanced_quality")


@dataclass
class MethodResult:
    """One row of a comparison.

    Args:
        name (str): Name of the method.
        scores (dict[str, float]): Mean of every metric.
        parameters (int, optional): Parameters of the network; None for what is no network.
        gflops (float, optional): Mean of 10^9 operations per image, see :func:`count_gflops`.
        seconds (float, optional): Median time per image, of the medians of each; without reading, writing and text
            encoding.
        peak_bytes (int, optional): Memory that a forward pass needs beyond the loaded network.
    """

    name: str
    scores: dict[str, float] = field(default_factory=dict)
    parameters: int | None = None
    gflops: float | None = None
    seconds: float | None = None
    peak_bytes: int | None = None

    def share_of(self, other: "MethodResult", quantity: str) -> float:
        """This over another row's metric, or `parameters`, `gflops`, `seconds`, `peak_bytes`.

        NaN where the other's is zero or was not measured.
        """
        mine, theirs = (
            row.scores[quantity] if quantity in row.scores else getattr(row, quantity)
            for row in (self, other)
        )
        return mine / theirs if theirs else float("nan")


def compare(
    networks: Mapping[str, BaseInferencer],
    pairs: Sequence[dict],
    metrics: Sequence[str] = COMPARED_METRICS,
    repeats: int = 3,
) -> list[MethodResult]:
    """Score and time networks on the same pairs, in turn.

    Args:
        networks (Mapping[str, BaseInferencer]): The networks by name.
        pairs (Sequence[dict]): Inputs of :class:`FusionInferencer`, with paths.
        metrics (Sequence[str]): Metrics of :func:`compute_metrics`. Default: `COMPARED_METRICS`.
        repeats (int): Timed runs of every network on every pair, after one to warm up. Default: 3.

    Returns:
        list[MethodResult]: The networks, then a copy of A, a copy of B, mean, maximum and pyramid of the sources.
    """
    scores: dict[str, list[dict[str, float]]] = {}
    # Pairs of a set are often of one size.
    count = cache(lambda name, height, width: count_gflops(networks[name].model.generator, height, width))
    times: dict[str, list[float]] = {name: [] for name in networks}
    gflops: dict[str, list[float]] = {name: [] for name in networks}
    for pair in pairs:
        sources = read_image_pair(pair["img_a"], pair["img_b"])
        img_a, img_b = (without_single_channel(to_uint8(source)) for source in sources)
        fused = {name: network(pair)["predictions"][0] for name, network in networks.items()}
        for name, picture in {**fused, **baseline_images(img_a, img_b)}.items():
            scores.setdefault(name, []).append(compute_metrics(img_a, img_b, picture, metrics))
        runs = {}
        for name, network in networks.items():
            runs[name] = partial(network.forward, next(network.preprocess([pair])))
            gflops[name].append(count(name, *img_a.shape[:2]))
            device = next(network.model.parameters()).device.type
        # Fusing it was the warm-up.
        for name, measured in time_in_turn(runs, repeats, device, warm_ups=0).items():
            times[name].append(measured.seconds)
    results = []
    for name, rows in scores.items():
        result = MethodResult(
            name, {metric: float(np.mean([row[metric] for row in rows])) for metric in metrics}
        )
        if name in networks:
            result.parameters = count_parameters(networks[name].model.generator)
            result.gflops = statistics.fmean(gflops[name])
            result.seconds = statistics.median(times[name])
        results.append(result)
    return results


ROLES = ("teacher", "student")


@dataclass(frozen=True)
class Claim:
    """Limits of the paper's claim (arXiv 2504.07029), as shares of the teacher's value.

    Args:
        parameters: At most this share of the parameters.
        seconds: At most this share of the time.
        quality: At least this share of the composite quality.
    """

    parameters: float = 0.10
    seconds: float = 0.10
    quality: float = 0.90


PAPERS_CLAIM = Claim()


@dataclass(frozen=True)
class RetentionReport:
    """Teacher and student on one set.

    Args:
        results: Rows of :func:`~mmfusion_distill.analysis.retention.compare`, networks first, with
            their peak memory on the largest pair if the system tells it.
        conditions: How it was measured, for a person.
    """

    results: list[MethodResult]
    conditions: str

    def row(self, role: str) -> MethodResult:
        """The teacher's or the student's row."""
        return next(result for result in self.results if result.name == role)

    def ratio(self, quantity: str) -> float:
        """Student over teacher, see :meth:`MethodResult.share_of`."""
        teacher, student = map(self.row, ROLES)
        return student.share_of(teacher, quantity)

    def verdicts(self, claim: Claim = PAPERS_CLAIM) -> dict[str, bool]:
        """Which parts of a claim hold; both composites are judged."""
        return {
            "parameters": self.ratio("parameters") <= claim.parameters,
            "seconds": self.ratio("seconds") <= claim.seconds,
            "quality": self.ratio("quality") >= claim.quality,
            "balanced_quality": self.ratio("balanced_quality") >= claim.quality,
        }


def measure_retention(
    networks: Mapping[str, tuple[str | Path | None, str | Path]],
    pairs: Sequence[dict],
    load: Callable[..., BaseInferencer],
    metrics: Sequence[str] = COMPARED_METRICS,
    repeats: int = 5,
    device: str | None = None,
) -> RetentionReport:
    """Score, time and weigh teacher and student on the same pairs.

    Runs alternate between the networks after one warm-up each; the median counts. Memory is
    measured in a fresh process for each network.

    Args:
        networks: (config or None, weights) for ``teacher`` and ``student``, as
            :class:`FusionInferencer` takes them.
        pairs: Inputs of the inferencer with paths; with annotations if the teacher needs text.
        load: Makes an inferencer of config, weights and device: the class :class:`PyTorchInferencer`.
        metrics: Metrics besides ``quality`` and ``balanced_quality``.
        repeats: Timed runs of each network on each pair.
        device: Where to run; None for the GPU if there is one.

    Raises:
        UserError: If there is no pair.
    """
    if not pairs:
        raise UserError("retention needs at least one pair")
    inferencers = {role: load(*networks[role], device) for role in ROLES}
    keys = list(dict.fromkeys([*metrics, "quality", "balanced_quality"]))
    results = compare(inferencers, pairs, keys, repeats)
    largest = max(pairs, key=lambda pair: _pixels(pair["img_a"]))
    place = str(next(inferencers["student"].model.parameters()).device)
    measured = f"{len(pairs)} pairs; {conditions(repeats, place)}, without reading, writing and text encoding"
    report = RetentionReport(results, measured)
    for role in ROLES:
        # Alone in a process: what an allocator keeps from earlier work would hide it.
        report.row(role).peak_bytes = in_fresh_process(
            _peak_of_forward, load, *networks[role], largest, device
        )
    return report


def retention_table(report: RetentionReport, claim: Claim = PAPERS_CLAIM) -> str:
    """The claim as one Markdown table, with the verdict below it."""
    rows = [report.row(role) for role in ROLES]
    cells = {
        "parameters": ("parameters", [f"{row.parameters:,}" for row in rows]),
        "gflops": ("GFLOPs per pair", [f"{row.gflops:.2f}" for row in rows]),
        "seconds": ("seconds per pair", [f"{row.seconds:.4f}" for row in rows]),
    }
    if all(row.peak_bytes is not None for row in rows):
        cells["peak_bytes"] = ("peak memory, MiB", [f"{row.peak_bytes / 2**20:.1f}" for row in rows])
    for metric in rows[0].scores:
        cells[metric] = (metric, [f"{row.scores[metric]:.4f}" for row in rows])
    table = Table(
        ["", *ROLES, "student / teacher"],
        [[title, *values, f"{report.ratio(key):.1%}"] for key, (title, values) in cells.items()],
    )
    verdicts = report.verdicts(claim)
    lines = [
        f"Claim: at most {claim.parameters:.0%} of the parameters, {claim.seconds:.0%} of the time, at least "
        f"{claim.quality:.0%} of the quality."
    ]
    for name, holds in verdicts.items():
        lines.append(f"- {name}: {report.ratio(name):.1%}, {'holds' if holds else 'does not hold'}")
    lines.append("Verdict: the claim " + ("holds." if all(verdicts.values()) else "does not hold."))
    return "\n".join([table.to_markdown(), "", *lines, "", report.conditions])


def _pixels(path: str | Path) -> int:
    with Image.open(path) as image:
        return math.prod(image.size)


def _peak_of_forward(
    load: Callable[..., BaseInferencer],
    config: str | Path | None,
    weights: str | Path,
    pair: dict,
    device: str | None,
) -> int | None:
    network = load(config, weights, device)
    batch = next(network.preprocess([pair]))
    place = next(network.model.parameters()).device
    return peak_bytes(lambda: network.forward(batch), place.type)
