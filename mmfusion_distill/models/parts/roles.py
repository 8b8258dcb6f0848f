"""The base of each role that a part can have: what a network asks of it, with defaults that ask nothing.

A class registered below one of these can be named in configs and in files of weights, by anybody.
"""

from collections.abc import Iterable, Sequence

from mmengine.model import BaseModule
from torch import Tensor, nn


class Block(BaseModule):
    """One block of a level: (N, C, H, W) to the same shape.

    Built with `channels`, the width of the level, beside the arguments of its config.
    """

    #: What heights and widths must be multiples of.
    multiple: int = 1
    #: Pixels on each side that a value depends on; None: the whole map, so that its level is not computed in tiles.
    reach: int | None = None


class Stem(BaseModule):
    """The first layer of an encoder: (N, in_channels, H, W) to (N, channels, H / stride, W / stride)."""

    #: Pixels of the image along one side of a pixel of its map.
    stride: int = 1
    #: As of :class:`Block`, in pixels of its map.
    reach: int | None = None


class Encoder(BaseModule):
    """One source to a map per level, the finest first, each half as high and wide as the one before.

    Built with `in_channels`, `widths`, `blocks`, `num_blocks`, `stem` and `resample` of the network.
    """

    #: Whether it can begin and end at any level, as tiles need: :meth:`HierarchicalEncoder.descend`.
    is_local: bool = False

    @property
    def stride(self) -> int:
        """Pixels of the image along one side of a pixel of the finest map."""
        return 1

    def blocks_of(self, level: int) -> Iterable[nn.Module]:
        """The blocks of a level, 0 being the finest, whose `multiple` and `reach` the network heeds."""
        return ()


class Neck(BaseModule):
    """Two lists of maps, of A and of B, to one: per level two (N, C, H, W) to one of the same shape.

    Args:
        channels (Sequence[int]): Width of each level, the finest first; the network fills it in.
        init_cfg (dict, optional): As in mmengine. Default: None.
    """

    def __init__(self, channels: Sequence[int], init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        #: Per level what `multiple` and `reach` are of a :class:`Block`.
        self.multiples: list[int] = [1] * len(channels)
        self.reaches: list[int | None] = [None] * len(channels)

    def merge(self, a: Tensor, b: Tensor, level: int) -> Tensor:
        """Merge the maps of one level, 1 being the finest."""
        raise NotImplementedError(f"{type(self).__name__} has no merge")

    def forward(self, features_a: Sequence[Tensor], features_b: Sequence[Tensor]) -> list[Tensor]:
        """Merge level by level: two lists of (N, C_l, H_l, W_l) to one of the same shapes."""
        return [
            self.merge(a, b, level)
            for level, (a, b) in enumerate(zip(features_a, features_b, strict=True), 1)
        ]


class Guidance(BaseModule):
    """Maps of the decoder and a text embedding, or a prior, to maps of the same shape.

    Built with `channels`, the widths of all levels. Without a prior it reads texts itself, and then has
    `text_channels`, `null` and `embed` of :class:`FeatureWiseAffine`.
    """


class Head(BaseModule):
    """The decoder's maps and both sources to the result; see :meth:`LaplacianBlendHead.forward`.

    Built with `channels` and `strides` of the levels, and `prior_channels` of a network with a prior.
    """

    #: What heights and widths of images must be multiples of.
    multiple: int = 1
    #: Whether it can be computed in tiles that know the whole: `whole`, `coarse` and `fine` of
    #: :class:`LaplacianBlendHead`.
    is_local: bool = False


class Connector(BaseModule):
    """Features of the student, (N, in_channels, H, W), to the teacher's width, (N, out_channels, H, W)."""
