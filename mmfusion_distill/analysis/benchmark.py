"""Time, operations and memory of networks, beside the cheapest fusions there are."""

import statistics
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import torch
from mmagic.registry import MODELS
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.flop_counter import FlopCounterMode

from ..evaluation.functional.laplacian_pyramid import laplacian_pyramid_fusion
from ..io.config_files import read_config
from .peak_memory import in_fresh_process, peak_bytes

Runnable = Callable[[Tensor, Tensor], object]
#: Makes, of a pair of images, what is timed. It pickles, for the process in which memory is measured.
Preparer = Callable[[Tensor, Tensor], Callable[[], object]]

#: Row whose time is the unit of the others: the luminance of a pair, fused without a network.
PYRAMID = "pyramid"
# Threads of some runtimes spin for a while after a run, and would take time from the next one.
_PAUSE = 0.02
_WARM_UP_SIZE = (64, 64)


@dataclass(frozen=True)
class Measurement:
    """What one network needs for one pair of images.

    Args:
        seconds (float): Median time.
        cpu_seconds (float): Median processor time over all threads; other programs disturb it less.
        peak_bytes (int | None): Largest memory above that before the run; None if unknown.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int | None


def network_config(config: str | Path | dict) -> dict:
    """The network in a config: `model.generator`, or a distillation's `model.student`."""
    cfg = config if isinstance(config, dict) else read_config(config)
    return cfg["model"].get("generator") or cfg["model"]["student"]


def build_network(network: dict, device: str = "cpu") -> nn.Module:
    """A network with random weights, the same at every call."""
    torch.manual_seed(0)
    return MODELS.build(network).to(device).eval()


def random_text(net: nn.Module, device: str = "cpu") -> Tensor | None:
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


def count_parameters(network: dict) -> int:
    """Parameters of a network; nothing is allocated."""
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in MODELS.build(network).parameters())


def set_threads(threads: int) -> None:
    """Threads of PyTorch and of OpenCV."""
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)


def prepare_copy(img_a: Tensor, img_b: Tensor) -> Callable[[], object]:
    """NumPy's copy of A: the time that no fusion goes below."""
    return img_a.cpu().numpy().copy


def prepare_pyramid(img_a: Tensor, img_b: Tensor, color: bool = False) -> Callable[[], object]:
    """The Laplacian pyramid in OpenCV: of luminance, or of an 8-bit colour picture to an 8-bit colour picture."""
    sources = [image[0].permute(1, 2, 0).mul(255).round().byte().cpu().numpy() for image in (img_a, img_b)]
    if not color:
        sources = [
            cv2.cvtColor(sources[0], cv2.COLOR_RGB2GRAY).astype("float32"),
            sources[1].astype("float32"),
        ]
    return partial(laplacian_pyramid_fusion, *sources)


def prepare_network(img_a: Tensor, img_b: Tensor, network: dict) -> Callable[[], object]:
    """A network with random weights; a guided one gets a random text embedding: encoding is not part of the time."""
    net = build_network(network, str(img_a.device))
    text = random_text(net, str(img_a.device))
    return partial(net, img_a, img_b, text)


def prepare_exported(img_a: Tensor, img_b: Tensor, path: str) -> Callable[[], object]:
    """An exported file in its runtime, with as many threads as PyTorch has."""
    # ONNX Runtime and OpenVINO are optional.
    from ..deployment import ExportedFusion

    device = "cpu" if img_a.device.type == "cpu" else str(img_a.device)
    exported = ExportedFusion(path, threads=torch.get_num_threads(), device=device)
    return partial(exported, img_a.cpu().numpy(), img_b.cpu().numpy())


def export_networks(
    networks: Mapping[str, dict], formats: Iterable[str], folder: str | Path
) -> tuple[dict[str, Path], list[str]]:
    """Export networks with random weights.

    Args:
        networks (Mapping[str, dict]): Configs by name.
        formats (Iterable[str]): Of :data:`~mmfusion_distill.deployment.FORMATS`.
        folder (str | Path): Where the files go.

    Returns:
        tuple[dict[str, Path], list[str]]: Files by `name, format`; and a sentence for each network that has no file.
    """
    from ..deployment import FORMATS, export_network

    files, problems = {}, []
    for index, (name, network) in enumerate(networks.items()):
        net = build_network(network)
        for file_format in formats:
            target = Path(folder) / f"{index}{FORMATS[file_format]}"
            try:
                with warnings.catch_warnings():
                    # Exporters warn of every shape that they take for a constant.
                    warnings.simplefilter("ignore")
                    files[f"{name}, {file_format}"] = export_network(net, target, file_format)
            except ValueError as error:
                problems.append(f"No row for {name}, {file_format}: {error}.")
    return files, problems


@torch.inference_mode()
def time_in_turn(
    runs: Mapping[str, Callable[[], object]], repeats: int = 3, device: str = "cpu"
) -> dict[str, tuple[float, float]]:
    """Time calls in turn, so that what else the machine does meets all of them.

    Args:
        runs (Mapping[str, Callable]): By name; warm.
        repeats (int): Timed runs of each. Default: 3.
        device (str): Waited for. Default: 'cpu'.

    Returns:
        dict[str, tuple[float, float]]: Medians of seconds and processor seconds, by name.
    """
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            time.sleep(_PAUSE)
            start, cpu_start = time.perf_counter(), time.process_time()
            run()
            _synchronise(device)
            times[name].append((time.perf_counter() - start, time.process_time() - cpu_start))
    return {name: tuple(map(statistics.median, zip(*rows))) for name, rows in times.items()}


@torch.inference_mode()
def measure(
    runnables: Mapping[str, Runnable], height: int, width: int, repeats: int = 3, device: str = "cpu"
) -> dict[str, Measurement]:
    """Time functions of a pair of images in turn, and take the memory of their first run.

    Args:
        runnables (Mapping[str, Callable]): By name.
        height (int): Of the images.
        width (int): Of the images.
        repeats (int): Timed runs of each, after one to warm up. Default: 3.
        device (str): Device of the images. Default: 'cpu'.

    Returns:
        dict[str, Measurement]: By name.
    """
    images = example_pair(height, width, device)
    runs = {name: partial(run, *images) for name, run in runnables.items()}
    peaks = {name: peak_bytes(run, device) for name, run in runs.items()}
    times = time_in_turn(runs, repeats, device)
    return {name: Measurement(times[name][0], times[name][1], peaks[name]) for name in runs}


@torch.inference_mode()
def measure_prepared(
    preparers: Mapping[str, Preparer], height: int, width: int, repeats: int = 3, device: str = "cpu"
) -> dict[str, Measurement]:
    """Time methods in turn, and take the memory of each in a process of its own.

    Args:
        preparers (Mapping[str, Preparer]): By name.
        height (int): Of the images.
        width (int): Of the images.
        repeats (int): Timed runs of each, after one to warm up. Default: 3.
        device (str): Device of the images. Default: 'cpu'.

    Returns:
        dict[str, Measurement]: By name.
    """
    images = example_pair(height, width, device)
    runs = {name: prepare(*images) for name, prepare in preparers.items()}
    peaks = {}
    for name, run in runs.items():
        run()
        if device == "cpu":
            arguments = (preparers[name], height, width, torch.get_num_threads())
            peaks[name] = in_fresh_process(_peak_of_prepared, *arguments)
        else:
            peaks[name] = peak_bytes(run, device)
    times = time_in_turn(runs, repeats, device)
    return {name: Measurement(times[name][0], times[name][1], peaks[name]) for name in runs}


def example_pair(height: int, width: int, device: str = "cpu") -> tuple[Tensor, Tensor]:
    """Random images (1, 3, H, W) and (1, 1, H, W), the same at every call."""
    generator = torch.Generator().manual_seed(0)
    return tuple(
        torch.rand(1, channels, height, width, generator=generator).to(device) for channels in (3, 1)
    )


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


@torch.inference_mode()
def _peak_of_prepared(prepare: Preparer, height: int, width: int, threads: int) -> int | None:
    set_threads(threads)
    # What a library loads at its first run is not part of what a picture takes.
    prepare(*example_pair(*_WARM_UP_SIZE))()
    return peak_bytes(prepare(*example_pair(height, width)))


def _synchronise(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize()
