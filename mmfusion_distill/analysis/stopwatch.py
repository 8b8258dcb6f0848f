"""Time, processor time and peak memory of functions of a pair of images."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import cv2
import torch
from torch import Tensor

from .networks_at_random import example_pair
from .peak_memory import in_fresh_process, peak_bytes
from .preparers import Preparer

Runnable = Callable[[Tensor, Tensor], object]

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


def set_threads(threads: int) -> None:
    """Threads of PyTorch and of OpenCV."""
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)


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


@torch.inference_mode()
def _peak_of_prepared(prepare: Preparer, height: int, width: int, threads: int) -> int | None:
    set_threads(threads)
    # What a library loads at its first run is not part of what a picture takes.
    prepare(*example_pair(*_WARM_UP_SIZE))()
    return peak_bytes(prepare(*example_pair(height, width)))


def _synchronise(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize()
