"""Time, operations and memory of networks."""

import ctypes
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from mmagic.registry import MODELS
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.flop_counter import FlopCounterMode

from .config_files import read_config

Runnable = Callable[[torch.Tensor, torch.Tensor], object]


@dataclass(frozen=True)
class Measurement:
    """What one network needs for one pair of images.

    Args:
        seconds (float): Median time.
        cpu_seconds (float): Median processor time over all threads; other programs disturb it less.
        peak_bytes (int): Largest memory above that before the run.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def network_config(config: str | Path | dict) -> dict:
    """The network in a config: `model.generator`, or a distillation's `model.student`."""
    cfg = config if isinstance(config, dict) else read_config(config)
    return cfg["model"].get("generator") or cfg["model"]["student"]


def build_runnable(network: dict, device: str = "cpu") -> tuple[Runnable, int]:
    """A network with random weights as a function of both sources, and its number of parameters.

    A guided network gets a random text embedding: encoding the text is not part of the time.
    """
    torch.manual_seed(0)
    net = MODELS.build(network).to(device).eval()
    text = random_text(net, device)
    return lambda a, b: net(a, b, text), sum(parameter.numel() for parameter in net.parameters())


def random_text(net: nn.Module, device: str = "cpu") -> torch.Tensor | None:
    """A random text embedding for a guided network, None for any other."""
    guidance = getattr(net, "guidance", None)
    return None if guidance is None else torch.randn(1, guidance.text_channels, device=device)


def count_gflops(network: dict, height: int, width: int) -> float:
    """Operations of a forward pass in 10^9, a multiply-add counted as 2; nothing is computed."""
    with FakeTensorMode():
        net = MODELS.build(network)
        img_a, img_b = torch.rand(1, 3, height, width), torch.rand(1, 1, height, width)
        text = random_text(net)
        with FlopCounterMode(display=False) as counter:
            net(img_a, img_b, text)
    return counter.get_total_flops() / 1e9


@torch.inference_mode()
def measure(
    runnables: Mapping[str, Runnable], height: int, width: int, repeats: int = 3, device: str = "cpu"
) -> dict[str, Measurement]:
    """Time functions of a pair of images in turn, so that what else the machine does meets all of them.

    Args:
        runnables (Mapping[str, Callable]): By name.
        height (int): Of the images.
        width (int): Of the images.
        repeats (int): Timed runs of each, after one to warm up. Default: 3.
        device (str): Device of the images. Default: 'cpu'.

    Returns:
        dict[str, Measurement]: By name.
    """
    generator = torch.Generator().manual_seed(0)
    img_a = torch.rand(1, 3, height, width, generator=generator).to(device)
    img_b = torch.rand(1, 1, height, width, generator=generator).to(device)
    peaks = {name: _peak_bytes(lambda run=run: run(img_a, img_b), device) for name, run in runnables.items()}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in runnables}
    for _ in range(repeats):
        for name, run in runnables.items():
            start, cpu_start = time.perf_counter(), time.process_time()
            run(img_a, img_b)
            _synchronise(device)
            times[name].append((time.perf_counter() - start, time.process_time() - cpu_start))
    return {
        name: Measurement(*(statistics.median(column) for column in zip(*times[name])), peaks[name])
        for name in runnables
    }


def _peak_bytes(run: Callable[[], object], device: str) -> int:
    if device != "cpu":
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        run()
        torch.cuda.synchronize()
        return torch.cuda.max_memory_allocated() - before
    _return_free_memory()
    done = threading.Event()
    before = peak = _resident_bytes()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.005):
            peak = max(peak, _resident_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        run()
    finally:
        done.set()
        watcher.join()
    return peak - before


def _return_free_memory() -> None:
    # What the network before left in the C library's pool would hide what this one takes.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _resident_bytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return 1024 * int(line.split()[1])
    return 0


def _synchronise(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize()


def benchmark_table(
    networks: Mapping[str, dict],
    sizes: Sequence[tuple[int, int]],
    repeats: int = 3,
    device: str = "cpu",
    exported: Mapping[str, str | Path] | None = None,
    scores: Mapping[str, Mapping[str, float]] | None = None,
) -> str:
    """Measure networks and give a Markdown table.

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
    built = {name: build_runnable(network, device) for name, network in networks.items()}
    runnables = {name: run for name, (run, _) in built.items()}
    for name, path in (exported or {}).items():
        runnables[name] = _exported_runnable(path, device)
    further = list(next(iter(scores.values()))) if scores else []
    columns = [
        "network",
        "parameters",
        "size",
        "GFLOPs",
        "ms",
        "images/s",
        "CPU ms",
        "of the first",
        "peak MB",
    ]
    columns += further
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for height, width in sizes:
        results = measure(runnables, height, width, repeats, device)
        shares = _of_the_first(results, device)
        for name, result in results.items():
            parameters = f"{built[name][1]:,}" if name in built else "-"
            gflops = f"{count_gflops(networks[name], height, width):.1f}" if name in networks else "-"
            lines.append(
                f"| {name} | {parameters} | {width}x{height} | {gflops} | {1e3 * result.seconds:.0f} "
                f"| {1 / result.seconds:.2f} | {1e3 * result.cpu_seconds:.0f} "
                f"| {100 * shares[name]:.2f} % | {result.peak_bytes / 1e6:.0f} |"
                + "".join(f" {scores[name][key]:.3f} |" if name in scores else " - |" for key in further)
            )
    note = (
        f"Batch 1, {device}, {torch.get_num_threads()} threads, torch {torch.__version__}; one process, in turn, "
        f"median of {repeats} after a warm-up. GFLOPs: a multiply-add counts 2. CPU ms: processor time of all "
        f"threads. Percentages: of {'processor time' if device == 'cpu' else 'time'}. Peak: memory of the first run "
        "above that before it."
    )
    return "\n".join(lines) + "\n\n" + note


def _of_the_first(results: Mapping[str, Measurement], device: str) -> dict[str, float]:
    # Other programs disturb processor time less, but on a GPU it is only that of the launches.
    times = {
        name: result.cpu_seconds if device == "cpu" else result.seconds for name, result in results.items()
    }
    first = next(iter(times.values()))
    return {name: seconds / first for name, seconds in times.items()}


def _exported_runnable(path: str | Path, device: str) -> Runnable:
    # ONNX Runtime and OpenVINO are optional.
    from ..deployment import ExportedFusion

    exported = ExportedFusion(path, threads=torch.get_num_threads(), device=device)
    return lambda a, b: exported(a.cpu().numpy(), b.cpu().numpy())
