"""Processes that read for a data loader end with the one that computes, not before it."""

import os
import signal
import threading
from collections.abc import Callable
from functools import partial

from torch.utils.data import DataLoader

_END = {signal.SIGTERM}


def heed_only_the_parent(loader: DataLoader) -> None:
    """Let the workers of a data loader end when their parent says so, and heed no SIGTERM of anybody else.

    Schedulers (slurm, systemd, `timeout`) send it to every process of a job. PyTorch's workers would die of it, and
    the parent of their death, in the middle of the step that it is to finish.

    Args:
        loader (DataLoader): Changed; its workers have not been started.
    """
    loader.worker_init_fn = partial(_begin, loader.worker_init_fn)


def _begin(also: Callable[[int], None] | None, worker: int) -> None:
    if hasattr(signal, "sigwaitinfo"):
        # Threads that are started later have the same mask, so that only this one gets it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _END)
        threading.Thread(target=_wait_for_parent, args=(os.getppid(),), daemon=True).start()
    if also is not None:
        also(worker)


def _wait_for_parent(parent: int) -> None:
    while signal.sigwaitinfo(_END).si_pid != parent:
        pass
    os._exit(0)
