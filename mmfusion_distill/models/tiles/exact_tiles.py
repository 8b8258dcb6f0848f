"""Large images in tiles, with the result of the whole image.

The finest levels of a network look only at a neighbourhood. They go tile by tile, twice: on the way down to the maps
that the deep levels take, and on the way up from what these made of the whole image. So attention, statistics and
tone curves see the whole image, and there is nothing to blend at the seams.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from ...system.memory import return_free_memory
from ..networks.fusion_unet import FusionUNet
from ..ops.laplacian_bands import COARSE, gaussian_pyramid
from ..parts.guidance import steered
from ..parts.laplacian_blend_head import Whole

#: Stride from which on maps of the whole image are small.
COARSE_STRIDE = 8

#: Pixels around it that the bands of a tile depend on in the sources.
SOURCE_REACH = 80

#: Of the merged maps of the local levels; what takes more is made a second time.
KEPT_BYTES = 256 * 2**20


def fuse_in_exact_tiles(
    network: FusionUNet,
    img_a: Tensor,
    img_b: Tensor,
    text_emb: Tensor | None,
    tile: int,
    prior: Tensor | None = None,
) -> Tensor:
    """Fuse images in tiles to what the network makes of the whole, but for rounding.

    Args:
        network (FusionUNet): A network with `num_local_levels` of at least 1.
        img_a (Tensor): Source A, (N, 1 or 3, H, W) in [0, 1].
        img_b (Tensor): Source B, (N, in_channels_b, H, W).
        text_emb (Tensor, optional): Text embeddings, (N, C_text).
        tile (int): Side of a tile with its surroundings, in pixels; at least twice the surroundings are needed.
        prior (Tensor, optional): As for the network. Default: None, its own.

    Returns:
        Tensor: (N, out_channels, H, W), not clamped.
    """
    local = levels_in_tiles(network)
    a, b, text = network.prepare(img_a, img_b, text_emb)
    size, padded = img_a.shape[-2:], a.shape[-2:]
    stride = network.strides[local]
    kept_bytes = a.shape[0] * padded[0] * padded[1] * _skip_bytes(network, local)
    keeps_skips = kept_bytes <= KEPT_BYTES

    # Here and below: what is free between pieces in use would come on top of the next step's maps.
    return_free_memory()
    # Down: what enters the deep levels of each encoder, and what joins the decoder on the way up.
    deep_inputs: list[Tensor | None] = [None, None]
    kept: list[Tensor | None] = [None] * local
    for part in _tiles(padded, tile, reach_down(network, local), stride):
        pairs = local_maps(network, part.cut(a), part.cut(b), local)
        for source, encoder in enumerate((network.encoder_a, network.encoder_b)):
            deep = encoder.downs[local - 1](pairs[-1][source])
            deep_inputs[source] = part.put(deep, deep_inputs[source], stride)
        if keeps_skips:
            for level, skip in enumerate(merged(network, pairs)):
                kept[level] = part.put(skip, kept[level], network.strides[level])

    return_free_memory()
    # The deep levels, once.
    maps = [
        deep_maps(encoder, x, local)
        for encoder, x in zip((network.encoder_a, network.encoder_b), deep_inputs)
    ]
    del deep_inputs
    return_free_memory()
    skips = [None] * local + [
        network.neck.merge(*pair, level) for level, pair in enumerate(zip(*maps), local + 1)
    ]
    del maps
    return_free_memory()
    statistics, own = network.own_prior(network.measured(a, b, size, skips[-1]), text)
    condition = steered(own, prior)
    guide = text if network.prior is None else own
    features = network.decode(skips[-1], skips, guide, len(skips))
    below = features[-1]
    features = [None] * local + features[::-1]
    whole = network.head.whole(a, b, size, condition, statistics, own)
    reach = reach_up(network, local) + (0 if keeps_skips else reach_down(network, local))
    parts = list(_tiles(padded, tile, max(reach, SOURCE_REACH), max(stride, 2**COARSE)))
    reduced = _reduced_sources(network, a, b, whole, parts, stride)
    coarse = network.head.coarse(features, reduced, whole, stride.bit_length() - 1)
    del features, skips, reduced
    return_free_memory()

    # Up again.
    fused: Tensor | None = None
    for part in parts:
        tile_a, tile_b = part.cut(a), part.cut(b)
        if keeps_skips:
            skips = [part.cut(skip, step) for skip, step in zip(kept, network.strides)]
        else:
            skips = merged(network, local_maps(network, tile_a, tile_b, local))
        features = network.decode(part.cut(below, stride), skips, guide, local)
        result, toned_a = network.head.fine(features[::-1], tile_a, tile_b, whole, part.cut(coarse, stride))
        # Colour by tiles too: at full size its intermediate images would be the largest of all.
        source = part.cut(img_a)
        cut = ..., slice(source.shape[2]), slice(source.shape[3])
        result = network.finish(result[cut], toned_a[cut], source)
        fused = part.put(result, fused, 1, size)
    return fused


def levels_in_tiles(network: FusionUNet) -> int:
    """How many of the finest levels go in tiles: more would save little memory and widen their surroundings."""
    return sum(step < COARSE_STRIDE for step in network.strides[: network.num_local_levels])


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
            shape = (*x.shape[:2], *(length // stride for length in size or self.size))
            # Convolutions of maps stored channels last are several times as fast.
            layout = torch.channels_last if x.shape[1] > 3 else torch.contiguous_format
            whole = torch.empty(shape, dtype=x.dtype, device=x.device, memory_format=layout)
        rows, columns = (slice(part.start // stride, part.stop // stride) for part in self.inner)
        target = whole[..., rows, columns]
        target.copy_(self.own(x, stride)[..., : target.shape[2], : target.shape[3]])
        return whole

    def own(self, x: Tensor, stride: int = 1) -> Tensor:
        """The tile's own pixels of a map of the tile with its surroundings."""
        rows, columns = (
            slice((own.start - all_.start) // stride, (own.stop - all_.start) // stride)
            for own, all_ in zip(self.inner, self.outer)
        )
        return x[..., rows, columns]


def _tiles(size: tuple[int, int], side: int, reach: int, multiple: int) -> Iterator[_Part]:
    """Tiles of `side` pixels with their surroundings, or as small as these allow.

    Args:
        size (tuple[int, int]): Height and width of the image.
        side (int): Side of a tile with its surroundings.
        reach (int): How wide the surroundings are at least.
        multiple (int): What tiles start at multiples of.
    """
    height, width = size
    margin = -(-reach // multiple) * multiple
    inner = max((side - 2 * margin) // multiple * multiple, margin)
    for top in range(0, height, inner):
        for left in range(0, width, inner):
            starts = (top, left)
            own: Any = tuple(slice(start, min(start + inner, length)) for start, length in zip(starts, size))
            outer: Any = tuple(
                slice(max(part.start - margin, 0), min(part.stop + margin, length))
                for part, length in zip(own, size)
            )
            yield _Part(own, outer, size)


def local_maps(network: FusionUNet, a: Tensor, b: Tensor, local: int) -> list[tuple[Tensor, Tensor]]:
    """Maps of both sources at the local levels, the finest first."""
    maps = [
        encoder.descend(encoder.stem(image), 0, local)
        for encoder, image in ((network.encoder_a, a), (network.encoder_b, b))
    ]
    return list(zip(*maps))


def merged(network: FusionUNet, pairs: list[tuple[Tensor, Tensor]]) -> list[Tensor]:
    """Merged maps of these levels."""
    return [network.neck.merge(*pair, level) for level, pair in enumerate(pairs, 1)]


def deep_maps(encoder: torch.nn.Module, x: Tensor, first: int) -> list[Tensor]:
    """Maps of one source from level index `first` on, of what enters that level."""
    x = encoder.levels[first](x)
    return [x, *encoder.descend(x, first + 1)]


def _reduced_sources(
    network: FusionUNet, a: Tensor, b: Tensor, whole: Whole, parts: list[_Part], stride: int
) -> Tensor:
    """The tuned and lifted sources at the resolution of the coarse bands."""
    reduced: Tensor | None = None
    for part in parts:
        images = network.head.lifted(network.head.tuned(part.cut(a), part.cut(b), whole), whole)
        reduced = part.put(gaussian_pyramid(images, stride.bit_length() - 1)[-1], reduced, stride)
    return reduced


def _skip_bytes(network: FusionUNet, local: int) -> int:
    """Bytes per pixel of the merged maps of the local levels."""
    widths = network.decoder_widths[:local]
    return sum(4 * width // step**2 for width, step in zip(widths, network.strides))


def reach_down(network: FusionUNet, local: int) -> int:
    """Pixels around it that a merged map of the local levels, or what enters the deep ones, depends on at most."""
    reach = network.encoder_a.stem.reach * network.strides[0]
    for level, step in enumerate(network.strides[:local]):
        blocks = sum(block.reach for block in network.encoder_a.levels[level])
        # The neck, and the convolution of a change of resolution.
        reach += step * (blocks + network.neck.reaches[level] + 1)
    return reach


def reach_up(network: FusionUNet, local: int) -> int:
    """Pixels around it that a pixel depends on in the merged maps: by decoder, head and the bands' expansion.

    Of the sources it depends on less than `SOURCE_REACH`: reduction and expansion of the low band, then of the bands,
    energy, and a pixel for the noise filter.
    """
    reach = network.strides[local]
    for level, step in enumerate(network.strides[:local]):
        # A change of resolution, and the convolution of the head.
        reach += step * (sum(block.reach for block in network.decoder_levels[level]) + 2)
    return reach
