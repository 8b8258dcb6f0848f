"""Running a function over many items in threads."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_unordered(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[Result]:
    """Results of ``function`` as they get ready.

    Items are taken as threads become free, so that an endless iterable is fine, and what is not started when the
    caller stops (Ctrl-C) never starts.

    Args:
        function (Callable): Called once per item, from several threads if ``workers`` is above 1.
        items (Iterable): The items.
        workers (int): Calls at the same time.

    Yields:
        One result per item.
    """
    if workers <= 1:
        yield from map(function, items)
        return
    items = iter(items)
    with ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(function, item) for item in islice(items, 2 * workers)}
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                running |= {pool.submit(function, item) for item in islice(items, len(done))}
                for future in done:
                    yield future.result()
        finally:
            for future in running:
                future.cancel()
