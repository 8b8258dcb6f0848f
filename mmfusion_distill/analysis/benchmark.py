"""The table of networks' time, operations and memory, beside the cheapest fusions there are."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import cv2
import torch

from .networks_at_random import count_gflops, count_parameters, example_pair, network_config
from .preparers import (
    Preparer,
    export_networks,
    prepare_copy,
    prepare_exported,
    prepare_network,
    prepare_pyramid,
)
from .stopwatch import measure, measure_prepared, set_threads

__all__ = [
    "benchmark_table",
    "count_gflops",
    "count_parameters",
    "example_pair",
    "export_networks",
    "measure",
    "measure_prepared",
    "network_config",
    "prepare_pyramid",
    "set_threads",
]

#: Row whose time is the unit of the others: the luminance of a pair, fused without a network.
PYRAMID = "pyramid"


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
        networks (Mapping[str, dict]): Configs by name; times are also given relative to the first.
        sizes (Sequence[tuple[int, int]]): Heights and widths.
        repeats (int): Timed runs. Default: 3.
        device (str): Default: 'cpu'.
        exported (Mapping[str, str | Path], optional): Exported files by name. Default: None.
        scores (Mapping[str, Mapping[str, float]], optional): Further columns by network. Default: None.

    Returns:
        str: Markdown.
    """
    plain = {name: _plain(network) for name, network in networks.items()}
    preparers: dict[str, Preparer] = {
        "copy": prepare_copy,
        PYRAMID: prepare_pyramid,
        f"{PYRAMID}, colour": partial(prepare_pyramid, color=True),
        **{name: partial(prepare_network, network=network) for name, network in plain.items()},
        **{name: partial(prepare_exported, path=str(path)) for name, path in (exported or {}).items()},
    }
    further = list(next(iter(scores.values()))) if scores else []
    columns = ["", "parameters", "size", "GFLOPs", "ms", "CPU ms", f"of {PYRAMID}", "of the first", "peak MB"]
    lines = [f"| {' | '.join([*columns, *further])} |"]
    lines.append("|---" + "|---:" * (len(columns) + len(further) - 1) + "|")
    for height, width in sizes:
        results = measure_prepared(preparers, height, width, repeats, device)
        first = results[next(iter(plain), PYRAMID)].seconds
        for name, result in results.items():
            network = plain.get(name)
            cells = [
                name,
                f"{count_parameters(network):,}" if network else "-",
                f"{width}x{height}",
                f"{count_gflops(network, height, width):.2f}" if network else "-",
                _milliseconds(result.seconds),
                _milliseconds(result.cpu_seconds),
                f"{result.seconds / results[PYRAMID].seconds:.1f} x",
                f"{100 * result.seconds / first:.2f} %",
                "-" if result.peak_bytes is None else f"{result.peak_bytes / 1e6:.0f}",
                *(f"{scores[name][key]:.3f}" if name in scores else "-" for key in further),
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n\n" + _conditions(repeats, device)


def _plain(network: dict) -> dict:
    # mmengine's dicts keep a reference to their file, which does not pickle everywhere.
    return network.to_dict() if hasattr(network, "to_dict") else dict(network)


def _conditions(repeats: int, device: str) -> str:
    where = ", in a process of its own" if device == "cpu" else ""
    return (
        f"Batch 1, {device}, {torch.get_num_threads()} threads, torch {torch.__version__}, "
        f"OpenCV {cv2.__version__}; one process, in turn, median of {repeats} after a warm-up; random weights. "
        "GFLOPs: a multiply-add counts 2. CPU ms: processor time of all threads. copy: NumPy's of A, float32. "
        "pyramid: of luminance, without a network; in colour from 8-bit to 8-bit pictures. Peak: memory of a run "
        f"above that before it, with everything loaded{where}."
    )


def _milliseconds(seconds: float) -> str:
    milliseconds = 1e3 * seconds
    return f"{milliseconds:.{2 if milliseconds < 10 else 1 if milliseconds < 100 else 0}f}"
