"""Memory that a call needs above what there was before."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import TypeVar

import torch

from ..system.memory import return_free_memory

Result = TypeVar("Result")


def peak_bytes(run: Callable[[], object], device: str = "cpu") -> int | None:
    """The largest memory during a call above that before it, in this process.

    What earlier work left in pools hides some of it: see :func:`in_fresh_process`.

    Args:
        run (Callable): The call.
        device (str): Where it computes; of a GPU, its memory counts. Default: 'cpu'.

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

    Args:
        function (Callable): The function, which pickles, as its arguments and result do.
        *args: Its arguments.

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
