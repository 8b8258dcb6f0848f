"""What fuses pairs, as commands that work on many of them see it, and how many it fuses at a time."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice
from typing import Any, Protocol, TypeVar

import numpy as np

from ..images.image_source import PictureSource, check_pairs

Item = TypeVar("Item")

#: Longer side, in pixels, that images are shrunk to before a network says what it sees in them.
LONGEST_SEEN = 1600


class PairFuser(Protocol):
    """What fuses pairs: :class:`FusionInferencer`, and what it hands the pairs to."""

    @property
    def guided(self) -> bool:
        """Whether the network reads text."""

    def fuse(self, img_a: PictureSource, img_b: PictureSource) -> np.ndarray:
        """Fuse one pair to an image."""

    def load(self, pair: dict, text: str | None = None) -> Any:
        """Read a pair; called in several threads.

        Args:
            pair (dict): `img_a`, `img_b`, `key`, optional `annotation`, and `read` (:class:`SourcePair`) if the
                sources were read already.
            text (str, optional): Description for a guided network. Default: None.
        """

    def size_of(self, loaded: Any) -> tuple:
        """A key that is equal for pairs that may be fused in one batch."""

    def fuse_loaded(self, batch: Sequence[Any]) -> list[np.ndarray]:
        """Fuse pairs of equal size to images."""

    def seen(self, loaded: Any) -> dict[str, float]:
        """Probabilities of the events that the network sees in a pair, by name.

        Raises:
            UserError: If it reads a text, or names no events.
        """


def batches_of_equal_size(
    items: Iterable[Item], size_of: Callable[[Item], tuple], batch_size: int
) -> Iterator[list[Item]]:
    """Batches of neighbours of equal size, in their order, made as they are asked for."""
    for _, group in groupby(items, key=size_of):
        while batch := list(islice(group, batch_size)):
            yield batch


class ArrayFuser(PairFuser):
    """Base of what fuses arrays without PyTorch: pairs are loaded, put into batches, and fused."""

    def __call__(self, inputs: dict | Sequence[dict], batch_size: int = 1, text: str | None = None) -> dict:
        """Fuse pairs as :class:`FusionInferencer` does."""
        pairs = [self.load(pair, text) for pair in check_pairs(inputs, batch_size)]
        batches = batches_of_equal_size(pairs, self.size_of, batch_size)
        return dict(predictions=[picture for batch in batches for picture in self.fuse_loaded(batch)])

    def fuse(self, img_a: PictureSource, img_b: PictureSource, text: str | None = None) -> np.ndarray:
        """Fuse one pair; see :meth:`__call__`."""
        return self(dict(img_a=img_a, img_b=img_b), text=text)["predictions"][0]


#: Pairs from which on it pays to find out.
MANY = 100


def for_many(inferencer: PairFuser, loaded: Any, count: int | None) -> tuple[PairFuser, int]:
    """What fuses many pairs fastest, by a trial with one of them.

    Threads that share one image wait for each other at every layer, so that of a fast network each brings little;
    with an image each, they do not. Which is faster the processor and the network decide.

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
    """Of a run after one to warm up."""
    run()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
