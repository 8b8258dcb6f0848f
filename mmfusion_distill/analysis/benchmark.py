"""Tables of time: of networks beside the cheapest fusions there are, of training steps, of metrics."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import torch
from torch import nn

from ..data.generated_scenes import generate_pair
from ..evaluation import DEFAULT_METRICS, baseline_images, compute_metrics
from ..registry import MODELS
from ..system.table import Table
from .named_network import (
    FLOPS_CONVENTION,
    build_network,
    count_gflops,
    count_parameters,
    example_pair,
    random_text,
)
from .preparers import Preparer, prepare_copy, prepare_exported, prepare_network, prepare_pyramid
from .stopwatch import conditions, measure, time_in_turn

#: Row whose time is the unit of the others: the luminance of a pair, fused without a network.
PYRAMID = "pyramid"
_COLUMNS = ("", "parameters", "size", "GFLOPs", "ms", "CPU ms", f"of {PYRAMID}", "of the first", "peak MB")


def benchmark_table(
    networks: Mapping[str, dict],
    sizes: Sequence[tuple[int, int]],
    repeats: int = 3,
    device: str = "cpu",
    exported: Mapping[str, str | Path] | None = None,
    scores: Mapping[str, Mapping[str, float]] | None = None,
) -> str:
    """Measure networks, a copy and the Laplacian pyramid, and give a Markdown table.

    Args:
        networks (Mapping[str, dict]): Configs by name, in plain dicts; times are also given relative to the first.
        sizes (Sequence[tuple[int, int]]): Heights and widths.
        repeats (int): Timed runs. Default: 3.
        device (str): Default: 'cpu'.
        exported (Mapping[str, str | Path], optional): Exported files by name. Default: None.
        scores (Mapping[str, Mapping[str, float]], optional): Further columns by network. Default: None.

    Returns:
        str: Markdown.
    """
    preparers: dict[str, Preparer] = {
        "copy": prepare_copy,
        PYRAMID: prepare_pyramid,
        f"{PYRAMID}, colour": partial(prepare_pyramid, color=True),
        **{name: partial(prepare_network, network=network) for name, network in networks.items()},
        **{name: partial(prepare_exported, path=str(path)) for name, path in (exported or {}).items()},
    }
    further = list(next(iter(scores.values()))) if scores else []
    rows = []
    for height, width in sizes:
        results = measure(preparers, height, width, repeats, device)
        pyramid, first = (results[name].times.seconds for name in (PYRAMID, next(iter(networks), PYRAMID)))
        for name, result in results.items():
            network = networks.get(name)
            seconds, cpu_seconds = result.times
            rows.append(
                [
                    name,
                    f"{count_parameters(network):,}" if network else "-",
                    f"{width}x{height}",
                    f"{count_gflops(network, height, width):.2f}" if network else "-",
                    _milliseconds(seconds),
                    _milliseconds(cpu_seconds),
                    f"{seconds / pyramid:.1f} x",
                    f"{100 * seconds / first:.2f} %",
                    "-" if result.peak_bytes is None else f"{result.peak_bytes / 1e6:.0f}",
                    *(f"{scores[name][key]:.3f}" if name in scores else "-" for key in further),
                ]
            )
    where = ", in a process of its own" if device == "cpu" else ""
    return (
        f"{Table([*_COLUMNS, *further], rows).to_markdown()}\n\n"
        f"Batch 1, {conditions(repeats, device)}; random weights. {FLOPS_CONVENTION}. CPU ms: processor time of all "
        "threads. copy: NumPy's of A, float32. pyramid: of luminance, without a network; in colour from 8-bit to "
        f"8-bit images. Peak: memory of a run above that before it, with everything loaded{where}."
    )


def training_table(
    networks: Mapping[str, dict],
    size: int = 64,
    batch: int = 4,
    repeats: int = 5,
    device: str = "cpu",
    with_bfloat16: bool = False,
    with_compile: bool = False,
) -> str:
    """Time steps of forward pass, fusion loss, backward pass and AdamW on random crops.

    Args:
        networks (Mapping[str, dict]): Configs by name.
        size (int): Side of the crops, a multiple of 64. Default: 64.
        batch (int): Crops of a step. Default: 4.
        repeats (int): Timed steps of each. Default: 5.
        device (str): Default: 'cpu'.
        with_bfloat16 (bool): A row of each under autocast to bfloat16 as well. Default: False.
        with_compile (bool): A row of each by `torch.compile` as well: minutes for the first step. Default: False.

    Returns:
        str: A Markdown table, milliseconds.
    """
    steps = {}
    for name, network in networks.items():
        step = partial(training_step, size=size, batch=batch, device=device)
        steps[name] = step(build_network(network, device))
        if with_bfloat16:
            steps[f"{name}, bfloat16"] = step(build_network(network, device), bfloat16=True)
        if with_compile:
            steps[f"{name}, torch.compile"] = step(build_network(network, device), compiled=True)
    times = time_in_turn(steps, repeats, device)
    first = next(iter(times.values())).seconds
    rows = [[name, f"{1e3 * one.seconds:.0f}", f"{one.seconds / first:.2f} x"] for name, one in times.items()]
    table = Table(["training step", "ms", "of the first"], rows).to_markdown()
    return f"{table}\n\nBatch {batch} of {size}x{size}, {conditions(repeats, device)}; random weights."


def training_step(
    network: nn.Module,
    size: int,
    batch: int,
    device: str = "cpu",
    bfloat16: bool = False,
    compiled: bool = False,
) -> Callable[[], None]:
    """A function that does one step; see :func:`training_table`."""
    loss = MODELS.build(dict(type="FusionLoss", use_events=False))
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    images = [image.expand(batch, -1, -1, -1) for image in example_pair(size, size, device)]
    text = random_text(network, device)
    text = None if text is None else text.expand(batch, -1)
    forward = torch.compile(network) if compiled else network

    def step() -> None:
        optimizer.zero_grad()
        with torch.autocast(torch.device(device).type, torch.bfloat16, enabled=bfloat16):
            fused = forward(*images, text)
        sum(loss(fused.float(), *images, events=None).values()).backward()
        optimizer.step()

    return step


def metrics_table(width: int, height: int, metrics: Sequence[str], repeats: int = 5) -> str:
    """Time each metric alone, and the ten usual ones together, on a generated colour pair.

    Returns:
        str: A Markdown table, milliseconds.
    """
    img_a, img_b = generate_pair(0, height, width)
    mean = baseline_images(img_a, img_b[:, :, 0])["mean"]
    chosen = {metric: [metric] for metric in metrics}
    chosen[f"{' '.join(DEFAULT_METRICS)} together"] = list(DEFAULT_METRICS)
    runs = {name: partial(compute_metrics, img_a, img_b, mean, keys) for name, keys in chosen.items()}
    times = time_in_turn(runs, repeats)
    rows = [[name, f"{1e3 * one.seconds:.1f}"] for name, one in times.items()]
    table = Table(["metric", f"ms at {width}x{height}"], rows).to_markdown()
    return f"{table}\n\n{conditions(repeats)}."


def _milliseconds(seconds: float) -> str:
    milliseconds = 1e3 * seconds
    return f"{milliseconds:.{2 if milliseconds < 10 else 1 if milliseconds < 100 else 0}f}"
