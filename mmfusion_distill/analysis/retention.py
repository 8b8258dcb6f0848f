"""What a distilled student keeps of its teacher, against the claim of the paper."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import torch
from mmengine.infer import BaseInferencer
from PIL import Image

from ..user_errors import UserError
from .comparison import COMPARED_METRICS, MethodResult, compare
from .peak_memory import in_fresh_process, peak_bytes

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


@dataclass(frozen=True)
class RetentionReport:
    """Teacher and student on one set.

    Args:
        results: Rows of :func:`~mmfusion_distill.analysis.comparison.compare`, networks first.
        memory: Peak memory of a forward pass on the largest pair in bytes, by role; empty if the
            system does not tell.
        pairs: Number of pairs.
        conditions: How it was measured, for a person.
    """

    results: list[MethodResult]
    memory: dict[str, int]
    pairs: int
    conditions: str

    def row(self, role: str) -> MethodResult:
        """The teacher's or the student's row."""
        return next(result for result in self.results if result.name == role)

    def ratio(self, quantity: str) -> float:
        """Student over teacher of a metric, or of ``parameters``, ``gflops``, ``seconds``, ``memory``.

        NaN where the teacher's value is zero or was not measured.
        """
        student: float
        teacher: float
        if quantity == "memory":
            student, teacher = (self.memory.get(role, 0) for role in reversed(ROLES))
        elif quantity in ("parameters", "gflops", "seconds"):
            student, teacher = (getattr(self.row(role), quantity) for role in reversed(ROLES))
        else:
            student, teacher = (self.row(role).scores[quantity] for role in reversed(ROLES))
        return student / teacher if teacher else float("nan")

    def verdicts(self, claim: Claim | None = None) -> dict[str, bool]:
        """Which parts of a claim hold; both composites are judged."""
        claim = claim or Claim()
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
        load: Makes an inferencer of config, weights and device: the class :class:`FusionInferencer`.
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
    memory = {}
    for role in ROLES:
        used = peak_memory(load, *networks[role], largest, device)
        if used is not None:
            memory[role] = used
    place = next(inferencers["student"].model.parameters()).device
    conditions = (
        f"{len(pairs)} pairs; device {place}, {torch.get_num_threads()} PyTorch threads, "
        f"{cv2.getNumThreads()} OpenCV threads; median of {repeats} alternating runs on each pair "
        f"after a warm-up, without reading, writing and text encoding; PyTorch {torch.__version__}"
    )
    return RetentionReport(results, memory, len(pairs), conditions)


def _pixels(path: str | Path) -> int:
    with Image.open(path) as image:
        return math.prod(image.size)


def peak_memory(
    load: Callable[..., BaseInferencer],
    config: str | Path | None,
    weights: str | Path,
    pair: dict,
    device: str | None = None,
) -> int | None:
    """Peak memory in bytes that a forward pass needs beyond the loaded network.

    Measured in a process of its own: what an allocator keeps from earlier work would hide it.

    Returns:
        Bytes; None where the system does not tell the resident size (other than Linux, on a CPU).
    """
    return in_fresh_process(_peak_memory_here, load, config, weights, pair, device)


def retention_table(report: RetentionReport, claim: Claim | None = None) -> str:
    """The claim as one Markdown table, with the verdict below it."""
    claim = claim or Claim()
    teacher, student = (report.row(role) for role in ROLES)
    lines = ["| | teacher | student | student / teacher |", "|---|---:|---:|---:|"]
    for quantity, title, text in (
        ("parameters", "parameters", "{:,}"),
        ("gflops", "GFLOPs per pair", "{:.2f}"),
        ("seconds", "seconds per pair", "{:.4f}"),
    ):
        values = [text.format(getattr(row, quantity)) for row in (teacher, student)]
        lines.append(_line(title, values, report.ratio(quantity)))
    if report.memory:
        values = [f"{report.memory[role] / 2**20:.1f}" for role in ROLES]
        lines.append(_line("peak memory, MiB", values, report.ratio("memory")))
    for metric in teacher.scores:
        values = [f"{row.scores[metric]:.4f}" for row in (teacher, student)]
        lines.append(_line(metric, values, report.ratio(metric)))
    verdicts = report.verdicts(claim)
    lines += ["", f"Claim: at most {claim.parameters:.0%} of the parameters, "]
    lines[-1] += f"{claim.seconds:.0%} of the time, at least {claim.quality:.0%} of the quality."
    for name, holds in verdicts.items():
        lines.append(f"- {name}: {report.ratio(name):.1%}, {'holds' if holds else 'does not hold'}")
    lines.append("Verdict: the claim " + ("holds." if all(verdicts.values()) else "does not hold."))
    return "\n".join([*lines, "", report.conditions])


def _line(title: str, values: Sequence[str], ratio: float) -> str:
    return f"| {title} | {' | '.join(values)} | {ratio:.1%} |"


def _peak_memory_here(
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
