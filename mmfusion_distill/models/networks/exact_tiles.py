"""Large images in tiles, with the result of the whole image.

The finest levels of a network look only at a neighbourhood. They go tile by tile, twice: on the way down to the maps
that the deep levels take, and on the way up from what these made of the whole picture. So attention, statistics and
tone curves see the whole picture, and there is nothing to blend at the seams.
"""

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from .fusion_unet import FusionUNet


def fuse_in_exact_tiles(
    network: FusionUNet, img_a: Tensor, img_b: Tensor, text_emb: Tensor | None, tile: int
) -> Tensor:
    """Fuse images in tiles to what the network makes of the whole, but for rounding.

    Args:
        network (FusionUNet): A network with `num_local_levels` of at least 1.
        img_a (Tensor): Source A, (N, 1 or 3, H, W) in [0, 1].
        img_b (Tensor): Source B, (N, in_channels_b, H, W).
        text_emb (Tensor, optional): Text embeddings, (N, C_text).
        tile (int): Side of a tile with its surroundings, in pixels; at least twice the surroundings are needed.

    Returns:
        Tensor: (N, out_channels, H, W), not clamped.
    """
    local = network.num_local_levels
    a, b, text = network.prepare(img_a, img_b, text_emb)
    margin = -(-_reach(network, local) // network.multiple) * network.multiple
    inner = max(tile // network.multiple * network.multiple - 2 * margin, network.multiple)
    size = img_a.shape[-2:]

    # Down: what enters the deep levels of each encoder.
    stride = network.strides[local]
    deep_inputs = []
    for encoder, image in ((network.encoder_a, a), (network.encoder_b, b)):
        deep = None
        for part in _tiles(image.shape[-2:], inner, margin):
            x = encoder.descend(encoder.stem(part.cut(image)), 0, local)[-1]
            deep = part.put(encoder.downs[local - 1](x), deep, stride)
        deep_inputs.append(deep)

    # The deep levels, once.
    maps = [
        _deep_maps(encoder, x, local)
        for encoder, x in zip((network.encoder_a, network.encoder_b), deep_inputs)
    ]
    del deep_inputs
    skips = [None] * local + [
        network.neck.merge(*pair, level) for level, pair in enumerate(zip(*maps), local + 1)
    ]
    del maps
    features = network.decode(skips[-1], skips, text, len(skips))
    below = features[-1]
    band = stride.bit_length() - 1
    coarse = network.head.coarse([None] * local + features[::-1], a, b, size, band)
    del features, skips

    # Up again.
    fused: Tensor | None = None
    for part in _tiles(a.shape[-2:], inner, margin):
        tile_a, tile_b = part.cut(a), part.cut(b)
        pairs = zip(
            *(
                encoder.descend(encoder.stem(image), 0, local)
                for encoder, image in ((network.encoder_a, tile_a), (network.encoder_b, tile_b))
            )
        )
        skips = [network.neck.merge(*pair, level) for level, pair in enumerate(pairs, 1)]
        features = network.decode(part.cut(below, stride), skips, text, local)
        cut = coarse._replace(fused=part.cut(coarse.fused, stride))
        result = network.head.fine(features[::-1], tile_a, tile_b, cut, band)
        # Colour by tiles too: at full size its intermediate images would be the largest of all.
        source = part.cut(img_a)
        result = network.finish(result[..., : source.shape[2], : source.shape[3]], source)
        fused = part.put(result, fused, 1, size)
    return fused


class _Part:
    """A tile and its surroundings; its own pixels are those that no other tile has.

    Args:
        inner (tuple[slice, slice]): Its own rows and columns.
        outer (tuple[slice, slice]): With the surroundings.
        size (tuple[int, int]): Height and width of the image.
    """

    def __init__(self, inner: tuple[slice, slice], outer: tuple[slice, slice], size: tuple[int, int]) -> None:
        self.inner, self.outer, self.size = inner, outer, size

    def cut(self, x: Tensor, stride: int = 1) -> Tensor:
        """The tile with its surroundings out of a map of the whole image."""
        rows, columns = (slice(part.start // stride, part.stop // stride) for part in self.outer)
        return x[..., rows, columns]

    def put(
        self, x: Tensor, whole: Tensor | None, stride: int, size: tuple[int, int] | None = None
    ) -> Tensor:
        """Put the tile's own pixels into a map of the whole image, which is made for the first tile.

        Args:
            x (Tensor): Map of the tile with its surroundings; it may lack what lies beyond `size`.
            whole (Tensor, optional): The map so far.
            stride (int): Stride of both.
            size (tuple[int, int], optional): Height and width of the image without padding, if the map is to have
                none. Default: None.
        """
        if whole is None:
            whole = x.new_empty(*x.shape[:2], *(length // stride for length in size or self.size))
        tops = [(own.start - all_.start) // stride for own, all_ in zip(self.inner, self.outer)]
        rows, columns = (slice(part.start // stride, part.stop // stride) for part in self.inner)
        target = whole[..., rows, columns]
        own = x[..., tops[0] : tops[0] + target.shape[2], tops[1] : tops[1] + target.shape[3]]
        target.copy_(own)
        return whole


def _tiles(size: tuple[int, int], inner: int, margin: int) -> Iterator[_Part]:
    height, width = size
    for top in range(0, height, inner):
        for left in range(0, width, inner):
            starts = (top, left)
            own: Any = tuple(slice(start, min(start + inner, length)) for start, length in zip(starts, size))
            outer: Any = tuple(
                slice(max(part.start - margin, 0), min(part.stop + margin, length))
                for part, length in zip(own, size)
            )
            yield _Part(own, outer, size)


def _deep_maps(encoder: torch.nn.Module, x: Tensor, first: int) -> list[Tensor]:
    x = encoder.levels[first](x)
    return [x, *encoder.descend(x, first + 1)]


def _reach(network: FusionUNet, local: int) -> int:
    """Pixels around it that a value of the local levels and of the head depends on, at least."""
    reach = network.encoder_a.stem.reach * network.strides[0]
    for level in range(local):
        blocks = [*network.encoder_a.levels[level], *network.decoder_levels[level]]
        # The neck, a convolution of the head, and change of resolution in both directions.
        others = network.neck.reaches[level] + 1 + 2
        reach += network.strides[level] * (sum(block.reach for block in blocks) + others)
    # Bands: reduction, expansion and energy, each a kernel of 5.
    return reach + math.ceil(6 * network.strides[local])
