"""Steps of a chain that work at the same time."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

Item = TypeVar("Item")


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
