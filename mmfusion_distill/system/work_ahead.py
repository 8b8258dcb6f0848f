"""Work that threads do ahead of time, in its order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
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


def read_ahead(items: Iterable[Item], count: int = 2) -> Iterator[Item]:
    """Items in their order, some of them made in a thread while others are used.

    A chain of such steps is as fast as its slowest one, as far as processors allow.

    Args:
        items (Iterable): Made in one thread, one after the other.
        count (int): How many are made ahead. Default: 2.
    """
    return (item for item in read_ahead_or_none(items, count, None) if item is not None)


def read_ahead_or_none(
    items: Iterable[Item], count: int = 2, seconds: float | None = None
) -> Iterator[Item | None]:
    """The same, with None whenever nothing has come for so many seconds.

    Args:
        items (Iterable): None of them is None.
        count (int): How many are made ahead. Default: 2.
        seconds (float, optional): Default: None, wait for ever.
    """
    iterator, end = iter(items), object()
    pool = ThreadPoolExecutor(1)
    try:
        pending: list[Future] = [pool.submit(next, iterator, end) for _ in range(count)]
        while True:
            if not wait(pending[:1], seconds).done:
                yield None
                continue
            item = pending.pop(0).result()
            if item is end:
                return
            pending.append(pool.submit(next, iterator, end))
            yield item
    finally:
        # Whoever ends early, Ctrl-C above all, does not wait for a source that sends nothing.
        pool.shutdown(wait=False, cancel_futures=True)
