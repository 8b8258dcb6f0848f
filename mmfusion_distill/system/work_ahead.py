"""Work that is done by threads, and asked for in its order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def submit_ahead(
    pool: ThreadPoolExecutor, function: Callable[[Item], Result], items: Iterable[Item], ahead: int
) -> "Iterator[Future[Result]]":
    """Futures in the order of the items.

    Args:
        pool (ThreadPoolExecutor): Calls the function.
        function (Callable): Of an item.
        items (Iterable): Taken as they are needed.
        ahead (int): How many more are under way than were taken.
    """
    pending: deque[Future[Result]] = deque()
    for item in items:
        pending.append(pool.submit(function, item))
        if len(pending) > ahead:
            yield pending.popleft()
    yield from pending


def map_ahead(function: Callable[[Item], Result], items: Iterable[Item], at_once: int) -> Iterator[Result]:
    """Results in the order of the items, several made at the same time; of one at a time by the caller's thread."""
    if at_once == 1:
        yield from map(function, items)
        return
    pool = ThreadPoolExecutor(at_once)
    try:
        # One more, so that no thread waits for the one that takes the results.
        for future in submit_ahead(pool, function, items, at_once):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)
