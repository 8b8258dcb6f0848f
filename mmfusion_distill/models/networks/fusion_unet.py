"""The fusion network of teachers and students."""

import math
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NoReturn

import torch
from torch import Tensor, nn

from ...registry import MODELS
from ...user_errors import UserError, check_choice
from ..ops.color import recolor, rgb_to_gray
from ..ops.runtime_forms import reflect_pad_to_multiple
from ..ops.statistics import Measures, PairStatistics, pair_statistics
from ..parts.encoder import RESAMPLERS
from ..parts.guidance import steered
from .fusion_network import FusionNetwork, check_sources

COLORS = ("rgb", "luminance")


@MODELS.register_module()
class FusionUNet(FusionNetwork):
    """U-shaped fusion network: an encoder per source, a neck, a decoder that text may guide, a head.

    Every part is named in the config and knows only its channels, so that each can be swapped. A teacher is this
    network with `guidance`, a student without. :class:`XRestormerFusionNet` is the published one.

    Args:
        widths (Sequence[int]): Channels of the levels, the finest first.
        blocks (dict | Sequence[dict]): Config of the blocks, for all levels or for each; `channels` is filled in.
        num_blocks (Sequence[int]): Blocks of each level of the encoders.
        decoder_blocks (Sequence[int], optional): Blocks of each level of the decoder. Default: None, as `num_blocks`.
        stem (dict): Config of the stem; channels are filled in. Default: :class:`PixelUnshuffleStem`.
        encoder (dict): Config of the encoders; channels, blocks and stem are filled in.
            Default: :class:`HierarchicalEncoder`.
        resample (str): How the resolution changes between levels: 'strided', or 'shuffle' as published.
            Default: 'strided'.
        neck (dict): Config of the neck; `channels` is filled in. Default: :class:`SpatialChannelCrossFusion`.
        guidance (dict, optional): Config of the guidance; `channels` is filled in, and with a prior its length.
            Default: None.
        prior (dict, optional): Config of the :class:`Prior` that guidance and head read; `channels` of the deepest
            map is filled in. Default: None: the guidance reads the text embedding.
        head (dict): Config of the head; `channels` and `strides` of the decoder's maps are filled in, finest first,
            and with a prior its length. Default: :class:`LaplacianBlendHead`.
        color (str): 'luminance': luminance is fused and A's chroma kept (:func:`recolor`). 'rgb': all channels
            are fused. Default: 'luminance'.
        reduce_finest (bool): Whether the finest level of the decoder brings upsampled map and skip to one width, as
            the other levels do. The published network works on at twice the width there. Default: True.
        in_channels_a (int): Channels of source A, 1 or 3. Default: 3.
        in_channels_b (int): Channels of source B. Default: 1.
        out_channels (int): Channels of the result, 1 or 3. Default: 3.
        init_cfg (dict, optional): As in mmengine. Default: None.

    Raises:
        UserError: If the per-level arguments differ in length, or `color` or `resample` is unknown.
    """

    def __init__(
        self,
        widths: Sequence[int],
        blocks: dict | Sequence[dict],
        num_blocks: Sequence[int],
        decoder_blocks: Sequence[int] | None = None,
        stem: dict = dict(type="PixelUnshuffleStem"),  # noqa: B006  (configs are not changed)
        encoder: dict = dict(type="HierarchicalEncoder"),  # noqa: B006
        resample: str = "strided",
        neck: dict = dict(type="SpatialChannelCrossFusion"),  # noqa: B006
        guidance: dict | None = None,
        prior: dict | None = None,
        head: dict = dict(type="LaplacianBlendHead"),  # noqa: B006
        color: str = "luminance",
        reduce_finest: bool = True,
        in_channels_a: int = 3,
        in_channels_b: int = 1,
        out_channels: int = 3,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        blocks = [blocks] * len(widths) if isinstance(blocks, dict) else list(blocks)
        decoder_blocks = num_blocks if decoder_blocks is None else decoder_blocks
        if not len(widths) == len(blocks) == len(num_blocks) == len(decoder_blocks):
            raise UserError(
                f"widths {list(widths)}, blocks (of {len(blocks)} levels), num_blocks {list(num_blocks)} and "
                f"decoder_blocks {list(decoder_blocks)} must have one entry per level each"
            )
        check_choice("color", color, COLORS)
        check_choice("resample", resample, RESAMPLERS)
        self.color = color
        self.in_channels_a = in_channels_a
        self.in_channels_b = in_channels_b
        self.out_channels = out_channels

        encoder = dict(
            widths=widths, blocks=blocks, num_blocks=num_blocks, stem=stem, resample=resample, **encoder
        )
        seen_of_a = 1 if color == "luminance" else in_channels_a
        self.encoder_a = MODELS.build(dict(in_channels=seen_of_a, **encoder))
        self.encoder_b = MODELS.build(dict(in_channels=in_channels_b, **encoder))
        self.neck = MODELS.build(dict(channels=widths, **neck))
        # Guidance meets the upsampled map before the skip is joined to it.
        self.prior = MODELS.build(dict(channels=widths[-1], **prior)) if prior else None
        length = dict(text_channels=self.prior.num_values) if self.prior else {}
        self.guidance = MODELS.build(dict(channels=widths, **length, **guidance)) if guidance else None

        decoder_widths = list(widths) if reduce_finest else [2 * widths[0], *widths[1:]]
        self.decoder_levels = nn.ModuleList(
            nn.Sequential(*(MODELS.build(dict(channels=width, **block)) for _ in range(number)))
            for width, block, number in zip(decoder_widths, blocks, decoder_blocks)
        )
        upsample = RESAMPLERS[resample][1]
        self.ups = nn.ModuleList(upsample(deep, wide) for wide, deep in zip(widths[:-1], widths[1:]))
        self.first_reduced = 0 if reduce_finest else 1
        self.reduces = nn.ModuleList(
            nn.Conv2d(2 * width, width, 1, bias=False) for width in widths[self.first_reduced : -1]
        )
        self.strides = [self.encoder_a.stride * 2**level for level in range(len(widths))]
        length = dict(prior_channels=self.prior.num_values) if self.prior else {}
        self.head = MODELS.build(dict(channels=decoder_widths, strides=self.strides, **length, **head))
        self.decoder_widths = decoder_widths
        #: What images are padded to multiples of.
        self.multiple = math.lcm(self.head.multiple, *self._level_multiples())

    def forward(
        self,
        img_a: Tensor,
        img_b: Tensor,
        text_emb: Tensor | None = None,
        prior: Tensor | None = None,
        return_features: bool = False,
        return_prior: bool = False,
    ) -> Any:
        """Fuse two sources.

        Args:
            img_a (Tensor): Source A, (N, 1 or 3, H, W) in [0, 1], RGB; any H, W >= 1. A gray source A (one
                channel) gives a gray result.
            img_b (Tensor): Source B, (N, in_channels_b, H, W) in [0, 1].
            text_emb (Tensor, optional): Text embeddings, (N, C_text). A network that reads no text ignores it.
            prior (Tensor, optional): Values of the prior, (N or 1, num_values), that the head reads in place of the
                network's own, which stay where it is NaN; guidance reads the own. Default: None, its own.
            return_features (bool): Whether to return the decoder's maps too. Default: False.
            return_prior (bool): Whether to return the network's own prior too. Default: False.

        Returns:
            Tensor | tuple: The result (N, out_channels, H, W), not clamped; then, if asked for, a list of the
            decoder's maps, the deepest level first, at the padded size; the prior (N, num_values), or None.

        Raises:
            UserError: If the sources do not fit each other or the network, or text is missing.
        """
        a, b, text = self.prepare(img_a, img_b, text_emb)
        features_a, features_b = self.encoder_a(a), self.encoder_b(b)
        skips = self.neck(features_a, features_b)
        statistics, own = self.own_prior(self.measured(a, b, img_a.shape[-2:], skips[-1]), text)
        condition = steered(own, prior)
        # Details are for the network's own eyes: what is named steers tone curves and noise filter alone.
        features = self.decode(skips[-1], skips, text if self.prior is None else own, len(skips))
        own_prior = {} if condition is own else dict(own_prior=own)
        fused, toned_a = self.head(features[::-1], a, b, img_a.shape[-2:], condition, statistics, **own_prior)
        fused = self.finish(fused, toned_a, img_a)
        extra = [*([features] if return_features else []), *([own] if return_prior else [])]
        return (fused, *extra) if extra else fused

    def prepare(
        self, img_a: Tensor, img_b: Tensor, text_emb: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Check a batch and bring it to what encoders and guidance take: padded sources, text embeddings."""
        check_sources(img_a, img_b, self.in_channels_a, self.in_channels_b)
        text = None if self.text_reader is None else self.text_reader.embed(text_emb, img_a.shape[0])
        return *self.padded(img_a, img_b), text

    def padded(self, img_a: Tensor, img_b: Tensor) -> tuple[Tensor, Tensor]:
        """What encoders take of sources: A's luminance or all its channels, and B, padded by reflection."""
        if self.color == "luminance":
            a = rgb_to_gray(img_a)
        else:
            a = img_a.expand(-1, self.in_channels_a, -1, -1)
        return reflect_pad_to_multiple(a, self.multiple), reflect_pad_to_multiple(img_b, self.multiple)

    def measured(self, a: Tensor, b: Tensor, size: Sequence[int], deepest: Tensor) -> Measures | None:
        """Of padded sources whose image is of `size`, and their deepest merged map; None without a prior."""
        if self.prior is None:
            return None
        return Measures(torch.cat(pair_statistics(a, b, size), dim=1), self.prior.pooled(deepest))

    def own_prior(
        self, measures: Measures | None, text: Tensor | None
    ) -> tuple[PairStatistics | None, Tensor | None]:
        """Statistics of a pair, and the network's own prior of them, (N, num_values); None and None without one."""
        if measures is None:
            return None, None
        statistics = PairStatistics.of_values(measures.statistics)
        return statistics, self.prior(text, measures.pooled, statistics)

    def decode(
        self, x: Tensor, skips: Sequence[Tensor | None], text: Tensor | None, start: int
    ) -> list[Tensor]:
        """Run the decoder's levels from number `start` up to the finest whose skip is given.

        Args:
            x (Tensor): Merged map of the deepest level if `start` is that, else the result of the level below.
            skips (Sequence[Tensor | None]): Merged maps of the levels, finest first; None ends the way up.
            text (Tensor, optional): Text embeddings, or priors.
            start (int): Number of the first level, 1 being the finest.

        Returns:
            list[Tensor]: Results of these levels, the deepest first.
        """
        features = []
        for level in range(start, 0, -1):
            if skips[level - 1] is None:
                break
            deepest = level == len(self.strides)
            if not deepest:
                x = self.ups[level - 1](x)
            if self.guidance is not None:
                x = self.guidance(x, text, level)
            if not deepest:
                x = torch.cat([x, skips[level - 1]], dim=1)
                if level > self.first_reduced:
                    x = self.reduces[level - 1 - self.first_reduced](x)
            x = self.decoder_levels[level - 1](x)
            features.append(x)
        return features

    def finish(self, fused: Tensor, toned_a: Tensor | None, img_a: Tensor) -> Tensor:
        """Give the head's result the channels and the colour that are wanted; `toned_a` as for :func:`recolor`."""
        gray = img_a.shape[1] == 1
        if self.color == "luminance" and not gray and self.out_channels == 3:
            return recolor(img_a, rgb_to_gray(img_a), fused, toned_a)
        if gray and fused.shape[1] == 3:
            # A gray source was shown as three equal channels: its result is their mean.
            fused = fused.mean(dim=1, keepdim=True)
        return fused if fused.shape[1] == self.out_channels else fused.expand(-1, self.out_channels, -1, -1)

    @property
    def feature_channels(self) -> list[int]:
        """Channels of the features that `forward` returns, the deepest level first."""
        return self.decoder_widths[::-1]

    @property
    def feature_strides(self) -> list[int]:
        """Strides of the features that `forward` returns, the deepest level first."""
        return self.strides[::-1]

    @property
    def text_reader(self) -> nn.Module | None:
        """The part that reads text embeddings; None: the network takes no text."""
        if self.prior is None:
            return self.guidance
        return self.prior if self.prior.reads_text else None

    @property
    def num_local_levels(self) -> int:
        """How many of the finest levels are local, so that large images can pass them in tiles."""
        if not (self.head.is_local and self.encoder_a.is_local):
            return 0
        local = 0
        for level in range(len(self.strides) - 1):
            if None in (self.neck.reaches[level], *(block.reach for block in self._blocks_of(level))):
                break
            local = level + 1
        return local

    @property
    def pixel_bytes(self) -> int:
        """Memory that inference takes per pixel, for the choice between whole images and tiles."""
        # Peaks of `tools/analysis_tools/benchmark.py networks` on a CPU and a little more. Where the finest level is
        # attended to, other devices hold the logits of all its windows at once; that is estimated.
        attended = 180 if next(self.parameters()).device.type == "cpu" else 640
        per_value = 80 if self.num_local_levels else attended
        return 64 + int(per_value * self.decoder_widths[0] / self.strides[0] ** 2)

    def __prepare_scriptable__(self) -> NoReturn:
        """Refuse `torch.jit.script`, which asks here first and would end in an error about the types of MMEngine."""
        raise UserError(
            "torch.jit.script cannot compile these networks: record one by torch.jit.trace(network, (img_a, img_b), "
            "check_trace=False), or write a file with `mmfusion export WEIGHTS OUT.pt --format torchscript`"
        )

    def _level_multiples(self) -> list[int]:
        multiples = []
        for level, stride in enumerate(self.strides):
            blocks = [block.multiple for block in self._blocks_of(level)]
            multiples += [stride * multiple for multiple in (*blocks, self.neck.multiples[level])]
        return multiples

    def _blocks_of(self, level: int) -> Iterator[nn.Module]:
        encoders = (self.encoder_a, self.encoder_b)
        return chain(*(encoder.blocks_of(level) for encoder in encoders), self.decoder_levels[level])
