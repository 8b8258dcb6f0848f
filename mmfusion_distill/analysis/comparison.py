"""Teacher and student side by side: size, time and quality."""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from mmengine.infer import BaseInferencer
from torch.utils.flop_counter import FlopCounterMode

from ..evaluation import baseline_images, compute_metrics
from ..io.image_io import read_image_pair

#: Columns of the table.
COMPARED_METRICS = ("EN", "SD", "SCD", "VIF", "SSIM", "Qabf", "quality", "balanced_quality")


@dataclass
class MethodResult:
    """One row of a comparison.

    Args:
        name (str): Name of the method.
        scores (dict[str, float]): Mean of every metric.
        parameters (int, optional): Parameters of the network; None for what is no network.
        gflops (float, optional): Mean of 10^9 operations per image, a multiply-add counted as 2.
        seconds (float, optional): Median time per image, without reading, writing and text encoding.
    """

    name: str
    scores: dict[str, float] = field(default_factory=dict)
    parameters: int | None = None
    gflops: float | None = None
    seconds: float | None = None


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
    times: dict[str, list[float]] = {name: [] for name in networks}
    gflops: dict[str, list[float]] = {name: [] for name in networks}
    for pair in pairs:
        sources = read_image_pair(pair["img_a"], pair["img_b"])
        img_a, img_b = (_gray_or_color(np.rint(source).astype(np.uint8)) for source in sources)
        fused = {name: network(pair)["predictions"][0] for name, network in networks.items()}
        for name, picture in {**fused, **baseline_images(img_a, img_b)}.items():
            scores.setdefault(name, []).append(compute_metrics(img_a, img_b, picture, metrics))
        batches = {name: next(network.preprocess([pair])) for name, network in networks.items()}
        for name, network in networks.items():
            gflops[name].append(count_gflops(network, batches[name]))
        for _ in range(repeats):
            for name, network in networks.items():
                times[name].append(_seconds(network, batches[name]))
    results = []
    for name, rows in scores.items():
        result = MethodResult(
            name, {metric: float(np.mean([row[metric] for row in rows])) for metric in metrics}
        )
        if name in networks:
            result.parameters = sum(p.numel() for p in networks[name].model.generator.parameters())
            result.gflops = statistics.fmean(gflops[name])
            result.seconds = statistics.median(times[name])
        results.append(result)
    return results


def count_gflops(network: BaseInferencer, batch: dict) -> float:
    """Operations of a forward pass in 10^9, a multiply-add counted as 2 (torch.utils.flop_counter)."""
    with FlopCounterMode(display=False) as counter:
        network.forward(batch)
    return counter.get_total_flops() / 1e9


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
    rows = [["", "parameters", "GFLOPs", "s/image", *metrics]]
    for result in results:
        size = [
            "-" if value is None else text.format(value)
            for value, text in (
                (result.parameters, "{:,}"),
                (result.gflops, "{:.2f}"),
                (result.seconds, "{:.3f}"),
            )
        ]
        rows.append([result.name, *size, *(f"{result.scores[metric]:.3f}" for metric in metrics)])
        if result.name == student and teacher in by_name:
            rows.append(["  of teacher", *_retention(result, by_name[teacher])])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        lines.append("  ".join(cells))
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _retention(student: MethodResult, teacher: MethodResult) -> list[str]:
    size = [
        student.parameters / teacher.parameters,
        student.gflops / teacher.gflops,
        student.seconds / teacher.seconds,
    ]
    quality = [
        student.scores[name] / teacher.scores[name] if teacher.scores[name] else float("nan")
        for name in student.scores
    ]
    return [f"{100 * ratio:.1f} %" for ratio in size + quality]


def _gray_or_color(image: np.ndarray) -> np.ndarray:
    return image[:, :, 0] if image.shape[2] == 1 else image


def _seconds(network: BaseInferencer, batch: dict) -> float:
    _synchronise()
    start = time.perf_counter()
    network.forward(batch)
    _synchronise()
    return time.perf_counter() - start


def _synchronise() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
