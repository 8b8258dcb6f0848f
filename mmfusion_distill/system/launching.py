"""Work that several machines or processes share, which a launcher started: each its part, and one speaks for all."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from ..user_errors import OptionError, UserError, is_user_error, reason_of
from .stop_signals import answered_by, interrupted_once

Item = TypeVar("Item")


@dataclass(frozen=True)
class Shard:
    """Part `index` of `count` parts: every `count`-th pair, so that all parts together are each pair once.

    Args:
        index (int): From 1. Default: 1.
        count (int): Default: 1, all.

    Raises:
        UserError: If there is no such part.
    """

    index: int = 1
    count: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.index <= self.count:
            raise UserError(
                f"there is no shard {self}: number them from 1/{self.count} to {self.count}/{self.count}"
            )

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        """This part of a sequence."""
        return items[self.index - 1 :: self.count]

    def split(self, part: int, parts: int) -> "Shard":
        """Part `part` (from 0) of this one."""
        return Shard(self.index + part * self.count, self.count * parts)


T = TypeVar("T")

#: What a launcher tells its processes in the environment.
_TOLD = {
    "pytorch": ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"),
    "slurm": ("SLURM_PROCID", "SLURM_NTASKS", "SLURM_NODELIST", "SLURM_LOCALID"),
    "mpi": ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "MASTER_ADDR"),
}
_STARTED_BY = {
    "pytorch": "torchrun",
    "slurm": "srun",
    "mpi": "mpirun, with the first machine's name in MASTER_ADDR",
}
#: Seconds for all processes to start.
_START = 600
#: For the last share to be done: the launcher, and not a clock, says that a process has died.
_PATIENCE = timedelta(days=365)


@dataclass(frozen=True)
class Processes:
    """The processes that work together, seen from one of them; by itself: this one alone."""

    rank: int = 0
    count: int = 1
    group: Any = None

    @property
    def is_first(self) -> bool:
        """Whether this process speaks for all."""
        return self.rank == 0

    def share(self, shard: Shard) -> Shard:
        """What this process has to do of a part that they do together."""
        return shard.split(self.rank, self.count)

    def gather(self, item: T) -> list[T]:
        """What each process gives, in the order of the processes; every process has to come here.

        Raises:
            UserError: If one has died.
        """
        if self.count == 1:
            return [item]
        from mmengine.dist import all_gather_object

        # While waiting signals are ignored: what the others send would be lost.
        with answered_by(signal.SIG_IGN):
            try:
                return all_gather_object(item, self.group)
            except RuntimeError as error:
                raise UserError(
                    "another process ended before its share was done: what was finished is kept; fix what it says "
                    "and run the same command again (fuse: with --skip-existing)"
                ) from error

    def agree(self, function: Callable[[], T]) -> T:
        """Call a function on every process; what a user can fix on one of them ends all, with one sentence.

        Returns:
            T: What it returned here.

        Raises:
            UserError: On the first process; the others end in silence.
        """
        outcome, failure = None, None
        try:
            outcome = function()
        except Exception as error:
            if self.count == 1 or not is_user_error(error):
                raise
            # The kind too: it is the exit code.
            failure = (OptionError if isinstance(error, OptionError) else UserError), str(error)
        failures = self.gather(failure)
        rank = next((rank for rank, failed in enumerate(failures) if failed is not None), None)
        if rank is None:
            return outcome  # type: ignore[return-value]
        if not self.is_first:
            # Not 1: launchers kill the others then, perhaps before the first has said why.
            sys.exit(0)
        kind, message = failures[rank]
        raise kind(message if rank == 0 else f"process {rank} of {self.count}: {message}")

    def first(self, function: Callable[[], T]) -> T:
        """Let the first process call a function for all; every process has to come here.

        Returns:
            T: What it returned there.

        Raises:
            UserError: As :meth:`agree`.
        """
        return self.gather(self.agree(function if self.is_first else lambda: None))[0]  # type: ignore[return-value]


@contextlib.contextmanager
def launched(launcher: str = "none") -> Iterator[Processes]:
    """Join the processes that a launcher started; only the first prints while they work.

    See :func:`interrupted_once` for what ends them: there is a report of what was done.

    Args:
        launcher (str): 'none', 'pytorch', 'slurm' or 'mpi'. Default: 'none', this process alone; needs no PyTorch.

    Yields:
        Processes: All of them.

    Raises:
        UserError: If the launcher has not started this process, or the processes do not find each other.
    """
    if launcher == "none":
        yield Processes()
        return
    processes = _join(launcher)
    try:
        with open(os.devnull, "w") as nowhere, interrupted_once(), contextlib.ExitStack() as silence:
            if not processes.is_first:
                silence.enter_context(contextlib.redirect_stdout(nowhere))
                silence.enter_context(contextlib.redirect_stderr(nowhere))
            yield processes
    finally:
        from torch.distributed import destroy_process_group

        destroy_process_group()


def check_launcher(launcher: str) -> None:
    """Check that a launcher has started this process.

    Raises:
        UserError: If it has not.
    """
    missing = [name for name in _TOLD.get(launcher, ()) if not os.environ.get(name)]
    if missing:
        raise UserError(
            f"--launcher {launcher}: the environment has no {missing[0]}: start the command with "
            f"{_STARTED_BY[launcher]}, or leave the option out"
        )


def _join(launcher: str) -> Processes:
    check_launcher(launcher)
    from mmengine.dist import get_rank, get_world_size, init_dist
    from torch.distributed import new_group

    from .. import compat

    compat.allow_launchers_on_cpu()
    try:
        # Reports are no tensors, for which nccl is.
        init_dist(launcher, backend="gloo", timeout=_START)
        return Processes(get_rank(), get_world_size(), new_group(backend="gloo", timeout=_PATIENCE))
    except (RuntimeError, ValueError, KeyError) as error:
        raise UserError(
            f"--launcher {launcher}: this process cannot join the others ({reason_of(error)}): check MASTER_ADDR and "
            "MASTER_PORT, and start no more processes on a machine than it has GPUs, if it has some"
        ) from error
