"""Fusing many pairs as fast as the processors allow."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .pair_fuser import PairFuser

#: Pairs from which on it pays to find out.
MANY = 100
_ROUNDS = 1


def for_many(inferencer: PairFuser, loaded: Any, count: int | None) -> tuple[PairFuser, int]:
    """What fuses many pairs fastest, by a trial with one of them.

    Threads that share one image wait for each other at every layer, so that of a fast network each brings little;
    with an image each, they do not. Which is faster the processor and the network decide.

    Args:
        inferencer (PairFuser): What fuses.
        loaded (Any): A pair that it has loaded.
        count (int, optional): How many pairs there are. Default: None, nobody knows.

    Returns:
        tuple[PairFuser, int]: What fuses, and how many pairs at a time.
    """
    alone = getattr(inferencer, "with_one_thread", None)
    if alone is None or (count is not None and count < MANY):
        return inferencer, 1
    threads, single = alone([loaded])
    if threads < 2:
        return inferencer, 1
    try:
        with ThreadPoolExecutor(threads) as pool:
            together = _seconds(lambda: inferencer.fuse_loaded([loaded]))
            apart = _seconds(lambda: list(pool.map(single.fuse_loaded, [[loaded]] * threads))) / threads
    except Exception:  # who fuses that pair will say it
        return inferencer, 1
    return (single, threads) if apart < together else (inferencer, 1)


def _seconds(run: Callable[[], object]) -> float:
    """The shortest of a few runs after one to warm up."""
    times = []
    for _ in range(1 + _ROUNDS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times[1:])
