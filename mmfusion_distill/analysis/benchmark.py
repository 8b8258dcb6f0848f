"""The table of networks' time, operations and memory, beside the cheapest fusions there are."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from ..io.table import Table
from .flops import FLOPS_CONVENTION, count_gflops, count_parameters
from .preparers import Preparer, prepare_copy, prepare_exported, prepare_network, prepare_pyramid
from .stopwatch import conditions, measure

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
        networks (Mapping[str, dict]): Configs by name; times are also given relative to the first.
        sizes (Sequence[tuple[int, int]]): Heights and widths.
        repeats (int): Timed runs. Default: 3.
        device (str): Default: 'cpu'.
        exported (Mapping[str, str | Path], optional): Exported files by name. Default: None.
        scores (Mapping[str, Mapping[str, float]], optional): Further columns by network. Default: None.

    Returns:
        str: Markdown.
    """
    # mmengine's dicts keep a reference to their file, which does not pickle everywhere.
    plain = {
        name: network.to_dict() if hasattr(network, "to_dict") else dict(network)
        for name, network in networks.items()
    }
    preparers: dict[str, Preparer] = {
        "copy": prepare_copy,
        PYRAMID: prepare_pyramid,
        f"{PYRAMID}, colour": partial(prepare_pyramid, color=True),
        **{name: partial(prepare_network, network=network) for name, network in plain.items()},
        **{name: partial(prepare_exported, path=str(path)) for name, path in (exported or {}).items()},
    }
    further = list(next(iter(scores.values()))) if scores else []
    rows = []
    for height, width in sizes:
        results = measure(preparers, height, width, repeats, device)
        pyramid, first = (results[name].times.seconds for name in (PYRAMID, next(iter(plain), PYRAMID)))
        for name, result in results.items():
            network = plain.get(name)
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
        f"8-bit pictures. Peak: memory of a run above that before it, with everything loaded{where}."
    )


def _milliseconds(seconds: float) -> str:
    milliseconds = 1e3 * seconds
    return f"{milliseconds:.{2 if milliseconds < 10 else 1 if milliseconds < 100 else 0}f}"
