"""The interface of a network to commands that work on many pairs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any, Protocol, TypeVar

import numpy as np

from ..images.image_source import PictureSource

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
    """Batches of neighbours of equal size, in their order, made as they are asked for.

    Args:
        items (Iterable[Item]): What is to be fused.
        size_of (Callable[[Item], tuple]): What is equal in a batch.
        batch_size (int): Most items of a batch.
    """
    for _, group in groupby(items, key=size_of):
        while batch := list(islice(group, batch_size)):
            yield batch
