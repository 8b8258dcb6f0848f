"""Time, processor time and peak memory of calls, and of what is made ready for a pair of images."""

import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import NamedTuple, TypeVar

import cv2
import torch

from ..system.memory import return_free_memory
from .named_network import example_pair
from .preparers import Preparer

Result = TypeVar("Result")


def peak_bytes(run: Callable[[], object], device: str = "cpu") -> int | None:
    """The largest memory during a call above that before it, in this process.

    What earlier work left in pools hides some of it: see :func:`in_fresh_process`.

    Returns:
        int | None: Bytes; None where the system does not tell (other than Linux, on a CPU); it has run all the same.
    """
    if device != "cpu":
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        run()
        torch.cuda.synchronize()
        return torch.cuda.max_memory_allocated() - before
    # What was used before and is in the C library's pool now would hide what the call takes.
    return_free_memory()
    before = _restart_peak()
    run()
    return None if before is None else max(0, _status_bytes("VmHWM") - before)


def in_fresh_process(function: Callable[..., Result], *args: object) -> Result | None:
    """Call a function of a module in a process that has done nothing but importing this package.

    Returns:
        object: Its result; None where the system has no server to fork from (Windows).
    """
    if "forkserver" not in get_all_start_methods():
        return None
    context = get_context("forkserver")
    # Imported once, in a process that is forked for each call.
    context.set_forkserver_preload([__package__ + ".benchmark"])
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *args).result()


def _restart_peak() -> int | None:
    """Make the kernel's peak start again; the resident size, None where it cannot be had."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
        return _status_bytes("VmRSS")
    except OSError:
        return None


def _status_bytes(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


# Threads of some runtimes spin for a while after a run, and would take time from the next one.
_PAUSE = 0.02
_WARM_UP_SIZE = (64, 64)


class Times(NamedTuple):
    """Medians over the runs of one thing.

    Args:
        seconds (float): Time.
        cpu_seconds (float): Processor time over all threads; other programs disturb it less.
    """

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Measurement:
    """Time and memory of one method for one pair of images.

    Args:
        times (Times): Of a run.
        peak_bytes (int | None): Largest memory above that before the run; None if unknown.
    """

    times: Times
    peak_bytes: int | None


def set_threads(threads: int | None) -> None:
    """Threads of PyTorch and of OpenCV; None leaves them."""
    if threads is not None:
        torch.set_num_threads(threads)
        cv2.setNumThreads(threads)


def time_in_turn(
    runs: Mapping[str, Callable[[], object]], repeats: int = 3, device: str = "cpu", warm_ups: int = 1
) -> dict[str, Times]:
    """Time calls in turn, so that what else the machine does meets all of them.

    Returns:
        dict[str, Times]: Medians by name.
    """
    times: dict[str, list[Times]] = {name: [] for name in runs}
    for _ in range(warm_ups + repeats):
        for name, run in runs.items():
            time.sleep(_PAUSE)
            start, cpu_start = time.perf_counter(), time.process_time()
            run()
            if torch.device(device).type == "cuda":
                torch.cuda.synchronize()
            times[name].append(Times(time.perf_counter() - start, time.process_time() - cpu_start))
    return {name: Times(*map(statistics.median, zip(*rows[warm_ups:]))) for name, rows in times.items()}


@torch.inference_mode()
def measure(
    preparers: Mapping[str, Preparer], height: int, width: int, repeats: int = 3, device: str = "cpu"
) -> dict[str, Measurement]:
    """Time methods in turn, and take the memory of each; on a CPU in a process of its own.

    Returns:
        dict[str, Measurement]: By name.
    """
    images = example_pair(height, width, device)
    runs = {name: prepare(*images) for name, prepare in preparers.items()}
    times = time_in_turn(runs, repeats, device)
    if device == "cpu":
        size = (height, width, torch.get_num_threads())
        peaks = {
            name: in_fresh_process(_peak_of_prepared, prepare, *size) for name, prepare in preparers.items()
        }
    else:
        peaks = {name: peak_bytes(run, device) for name, run in runs.items()}
    return {name: Measurement(times[name], peaks[name]) for name in runs}


def conditions(repeats: int, device: str = "cpu") -> str:
    """How :func:`time_in_turn` measured, for a person."""
    return (
        f"device {device}, {torch.get_num_threads()} threads of PyTorch and {cv2.getNumThreads()} of OpenCV, torch "
        f"{torch.__version__}, OpenCV {cv2.__version__}; one process, in turn, median of {repeats} after a warm-up"
    )


@torch.inference_mode()
def _peak_of_prepared(prepare: Preparer, height: int, width: int, threads: int) -> int | None:
    set_threads(threads)
    # What a library loads at its first run is not part of what an image takes.
    prepare(*example_pair(*_WARM_UP_SIZE))()
    return peak_bytes(prepare(*example_pair(height, width)))
