"""What commands that work on many pairs ask of a network."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from .picture_source import PictureSource


class PairFuser(Protocol):
    """What fuses pairs: :class:`FusionInferencer` and :class:`ExportedInferencer`."""

    @property
    def guided(self) -> bool:
        """Whether the network reads text."""

    def fuse(self, img_a: PictureSource, img_b: PictureSource) -> np.ndarray:
        """Fuse one pair to a picture."""

    def load(self, pair: dict, text: str | None = None) -> Any:
        """Read a pair (`img_a`, `img_b`, `key`, optional `annotation`); called in several threads."""

    def size_of(self, loaded: Any) -> tuple:
        """What is equal for pairs that may be fused in one batch."""

    def fuse_loaded(self, batch: Sequence[Any]) -> list[np.ndarray]:
        """Fuse pairs of equal size to pictures."""
