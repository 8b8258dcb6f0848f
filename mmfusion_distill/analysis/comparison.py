"""Teacher and student side by side: size, time and quality."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

import numpy as np
from mmengine.infer import BaseInferencer

from ..evaluation import baseline_images, compute_metrics
from ..images.image_io import read_image_pair
from ..images.pixels import to_uint8, without_single_channel
from ..system.table import Table, shown
from .named_network import count_gflops, count_parameters
from .stopwatch import time_in_turn

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


def comparison_table(results: Sequence[MethodResult], student: str, teacher: str) -> str:
    """A text table of a comparison, with a line for what the student retains of the teacher.

    Args:
        results (Sequence[MethodResult]): Rows.
        student (str): Name of the student's row.
        teacher (str): Name of the teacher's row.

    Returns:
        str: Lines of equal columns.
    """
    by_name = {result.name: result for result in results}
    metrics = list(results[0].scores)
    rows = []
    for result in results:
        size = shown(result.parameters, ",d"), shown(result.gflops, ".2f"), shown(result.seconds, ".3f")
        rows.append([result.name, *size, *(f"{result.scores[metric]:.3f}" for metric in metrics)])
        if result.name == student and teacher in by_name:
            quantities = ("parameters", "gflops", "seconds", *metrics)
            shares = [result.share_of(by_name[teacher], quantity) for quantity in quantities]
            rows.append(["  of teacher", *(f"{100 * share:.1f} %" for share in shares)])
    return Table(["", "parameters", "GFLOPs", "s/image", *metrics], rows).to_text()
