"""The fusion without a network, instead of one: `--weights pyramid`."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..evaluation import laplacian_pyramid_fusion
from ..images.no_data import show_a_in_gaps
from ..images.pixels import to_uint8, without_single_channel
from ..images.source_notes import FIRST_PAIRS, warn_of_source
from ..images.source_options import SourceOptions
from ..registration.pair_reader import PairReader
from ..user_errors import UserError
from .given import given_annotation
from .pair_fuser import ArrayFuser


class _Pair(NamedTuple):
    """Sources (H, W) or (H, W, 3) and (H, W), uint8, and (H, W) bool, where B shows nothing."""

    img_a: np.ndarray
    img_b: np.ndarray
    missing: np.ndarray | None


class PyramidInferencer(ArrayFuser):
    """What :class:`~mmfusion_distill.inference.fusion_inferencer.FusionInferencer` fuses with for 'pyramid'.

    Args:
        sources (SourceOptions, optional): How images are read, as there. Default: None.
    """

    guided = False

    def __init__(self, sources: SourceOptions | None = None) -> None:
        self.reader = PairReader(sources, warn_of_source, looked_at=FIRST_PAIRS, in_python=True)

    def load(self, pair: dict, text: str | None = None) -> _Pair:
        """Read a pair; see :class:`~mmfusion_distill.inference.pair_fuser.PairFuser`."""
        given_annotation(pair, text, self.guided)
        if pair.get("events"):
            raise UserError(
                "the pyramid does the same whatever the events: leave them out, or take a student"
            )
        read = pair.get("read") or self.reader.read(pair["img_a"], pair["img_b"])
        img_a, img_b = (without_single_channel(to_uint8(image)) for image in (read.img_a, read.img_b))
        return _Pair(img_a, img_b, read.missing)

    def seen(self, loaded: _Pair) -> dict[str, float]:
        """Is refused: the pyramid does the same whatever is wrong with a pair."""
        raise UserError("the pyramid sees no degradations: ask a student")

    def size_of(self, loaded: _Pair) -> tuple:
        """Shapes of both sources."""
        return loaded.img_a.shape, loaded.img_b.shape

    def fuse_loaded(self, batch: Sequence[_Pair]) -> list[np.ndarray]:
        """Fuse pairs; see :class:`~mmfusion_distill.inference.pair_fuser.PairFuser`."""
        return [
            show_a_in_gaps(
                laplacian_pyramid_fusion(pair.img_a, pair.img_b), np.atleast_3d(pair.img_a), pair.missing
            )
            for pair in batch
        ]
