"""Running many calls at the same time, a bounded number of them."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def stream_results(
    submit: Callable[[Item], "Future[Result]"], items: Iterable[Item], limit: int
) -> Iterator[Result]:
    """Results of submitted calls as they get ready.

    Items are taken as calls end, so that an endless iterable is fine. When the caller stops (Ctrl-C), calls that
    wait are cancelled.

    Args:
        submit (Callable): Starts the call for an item.
        items (Iterable): The items.
        limit (int): Calls at the same time.

    Yields:
        One result per item.
    """
    items = iter(items)
    running = {submit(item) for item in islice(items, limit)}
    try:
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {submit(item) for item in islice(items, len(done))}
            for future in done:
                yield future.result()
    finally:
        for future in running:
            future.cancel()


def map_unordered(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[Result]:
    """Results of ``function`` from several threads, as they get ready; in order if ``workers`` is 1."""
    if workers <= 1:
        yield from map(function, items)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from stream_results(lambda item: pool.submit(function, item), items, workers)
