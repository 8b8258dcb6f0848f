"""How many cores a program gets, and how it shares them between threads that compute and processes that read."""

import math
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_CPUS = Path("/sys/devices/system/cpu")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_MOST_WORKERS = 4
#: Of OpenMP: threads that wait for each other soon sleep, since those that spin hinder who still computes. Not at
#: once, since between two operations they wait for less time than it takes to wake them.
_WAITING = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "20000"}


@dataclass(frozen=True)
class CorePlan:
    """How the cores are used."""

    threads: int
    workers: int
    reason: str

    def __str__(self) -> str:
        words = [f"{self.threads} thread" + "s" * (self.threads != 1)]
        words.append(f"{self.workers} reading process" + "es" * (self.workers != 1))
        return f"{' and '.join(words)} ({self.reason})"


def plan_cores() -> CorePlan:
    """Choose so that nothing waits for a core: a step that does takes many times as long.

    `OMP_NUM_THREADS` is heeded. Else there are as many threads as physical cores that this process may use (affinity,
    quota of its cgroup) and others leave free (load of the last minute), at least one.
    """
    usable, cores = usable_cpus(), physical_cores()
    try:
        busy = round(os.getloadavg()[0])
    except OSError:
        busy = 0
    threads, reason = _threads_asked_for(), "OMP_NUM_THREADS"
    if threads is None:
        threads = max(1, min(cores, usable - busy))
        reason = f"{cores} core{'s' * (cores != 1)}" + (f", load {busy}" if busy else "")
    # Readers need little: one is of use even where it shares a core.
    workers = max(1, min(_MOST_WORKERS, usable - threads))
    return CorePlan(threads, workers, reason)


def let_waiting_threads_sleep() -> None:
    """Set how OpenMP's threads wait, unless the environment says it; only before PyTorch is imported."""
    for name, value in _WAITING.items():
        os.environ.setdefault(name, value)


def usable_threads() -> int:
    """Threads of a network that runs alone: `OMP_NUM_THREADS`, else :func:`usable_cpus`."""
    return _threads_asked_for() or usable_cpus()


def usable_cpus() -> int:
    """Processors that this process may use: its affinity, and the quota of its cgroup."""
    count = len(_affinity())
    try:
        quota, period = _QUOTA.read_text().split()
    except (OSError, ValueError):
        return count
    return count if quota == "max" else max(1, min(count, math.ceil(int(quota) / int(period))))


def physical_cores() -> int:
    """Cores behind :func:`usable_cpus`: two threads of one core count once."""
    siblings = {_siblings(cpu) for cpu in _affinity()}
    return max(1, min(len(siblings), usable_cpus()))


def _threads_asked_for() -> int | None:
    told = os.environ.get("OMP_NUM_THREADS", "")
    return (int(told) or None) if told.isdecimal() else None


def _affinity() -> Collection[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return range(os.cpu_count() or 1)


def _siblings(cpu: int) -> str:
    try:
        return (_CPUS / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text()
    except OSError:
        return str(cpu)


@contextmanager
def opencv_in_one_thread() -> Iterator[None]:
    """Keep OpenCV from threads of its own: beside ours these wait for each other a third of the time."""
    import cv2  # not needed to ask for help

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


@contextmanager
def numpy_in_one_thread() -> Iterator[None]:
    """Keep NumPy's products of matrices (BLAS) from threads of its own.

    Beside ours these wait for each other too, and their number changes the last digits.
    """
    from threadpoolctl import threadpool_limits  # not there where pairs are only fused

    with threadpool_limits(1, user_api="blas"):
        yield
