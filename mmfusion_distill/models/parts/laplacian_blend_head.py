"""The head that blends the sources' Laplacian bands."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from mmengine.model import constant_init
from torch import Tensor, nn
from torch.nn import functional as F

from ...registry import MODELS
from ...user_errors import UserError
from ..ops.laplacian_bands import (
    COARSE,
    gaussian_pyramid,
    laplacian_band,
    lift_cold,
    share_of_a,
    with_headroom,
)
from ..ops.runtime_forms import conv_at_scales, expand_by_two
from ..ops.statistics import NUM_TONES, PairStatistics, pair_statistics
from .roles import Head
from .source_tuning import NoiseFilter, ToneCurve


class Whole(NamedTuple):
    """What the head must know of the whole image, also where it makes a tile.

    Attributes:
        amounts (Tensor | None): Of the noise filter, (N, 2).
        curves (Tensor | None): Tone curves, (N, 6).
        cold (Tensor): Level below which tuned B is cold, (N, 1, 1, 1).
        hot (Tensor): Level above which tuned B is hot, (N, 1, 1, 1).
        shown_by_b (Tensor): How much B shows, 0 to 1, (N, 1, 1, 1).
    """

    amounts: Tensor | None
    curves: Tensor | None
    cold: Tensor
    hot: Tensor
    shown_by_b: Tensor


@MODELS.register_module()
class LaplacianBlendHead(Head):
    """Blend the Laplacian bands of both sources by maps of the decoder.

    A band's pixel is (1 + gain) (share A + (1 - share) B) + residual, where share = sigmoid(8 (ln e_A - ln e_B) +
    4 choice), e the local energies of the bands. The base is A moved towards B by a map, plus what is hot in B times
    1 + a map, plus a residual. All maps come from the decoder's level of the band's resolution, and their
    convolutions are zero at the start: the untrained head is :func:`laplacian_fusion`, and training refines a good
    fusion. Fine detail never passes the decoder; bad detail is weighted down instead of copied.

    Where B is even over the whole image there is nothing to fuse and the result is A, whatever B's level: a network
    learns from levels what it likes, and the zeros around its maps would show at the borders of an even image. What
    spans less than `LEAST_RANGE` is a mixture of that and the network's result; images are far above it.

    Args:
        channels (Sequence[int]): Channels of the decoder's maps, the finest first.
        strides (Sequence[int]): Their strides, each twice the one before.
        num_bands (int): Bands above the base. Default: 6.
        tone_curve (bool): Whether both sources pass a :class:`ToneCurve` first. Default: True.
        tone_hidden (int): Hidden values of the tone curve's perceptron, and of the noise filter's. Default: 64.
        noise_filter (bool): Whether both sources pass a :class:`NoiseFilter` before that. Default: False.
        prior_channels (int): Values of the prior that curve and filter read; the network fills it in. Default: 0,
            they go by statistics of the images alone.
        init_cfg (dict, optional): As in mmengine. Default: None.

    Raises:
        UserError: If a decoder's map is coarser than the base.
    """

    #: Pixels at the border whose maps are those of their neighbours.
    MARGIN = 4
    #: Slope of the prior, and what a unit of the choice map adds to its logit.
    SLOPE, CHOICE = 8, 4.0
    #: Difference of B's largest and smallest value from which on it is an image.
    LEAST_RANGE = 8 / 255

    is_local = True

    def __init__(
        self,
        channels: Sequence[int],
        strides: Sequence[int],
        num_bands: int = 6,
        tone_curve: bool = True,
        tone_hidden: int = 64,
        noise_filter: bool = False,
        prior_channels: int = 0,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        if strides[-1] > 2**num_bands:
            raise UserError(
                f"LaplacianBlendHead: a map of stride {strides[-1]} is coarser than the base of {num_bands} bands: "
                "give it more bands, or the network fewer levels"
            )
        self.num_bands = num_bands
        self.strides = list(strides)
        self.multiple = 2**num_bands
        self.convs = nn.ModuleList()
        for band in range(num_bands + 1):
            level = self._level(band)
            finer = max(strides[level] // 2**band, 1)
            if finer == 1:
                self.convs.append(nn.Conv2d(channels[level], 3, 3, padding=1))
            else:
                self.convs.append(
                    nn.ConvTranspose2d(channels[level], 3, 2 * finer, stride=finer, padding=finer // 2)
                )
        for conv in self.convs:
            constant_init(conv, 0)
        self.tone_curve = ToneCurve(prior_channels, tone_hidden) if tone_curve else None
        self.noise_filter = NoiseFilter(prior_channels, tone_hidden) if noise_filter else None

    def forward(
        self,
        features: Sequence[Tensor],
        img_a: Tensor,
        img_b: Tensor,
        size: Sequence[int],
        prior: Tensor | None = None,
        statistics: PairStatistics | None = None,
        own_prior: Tensor | None = None,
    ) -> tuple[Tensor, Tensor | None]:
        """Make the fused image.

        Args:
            features (Sequence[Tensor]): The decoder's maps, the finest first, (N, C_l, H / stride, W / stride).
            img_a (Tensor): Luminance of A in [0, 1], (N, 1, H, W), H and W multiples of 2**num_bands.
            img_b (Tensor): B, of the same shape.
            size (Sequence[int]): Height and width of the image at the top left, without padding.
            prior (Tensor, optional): (N, prior_channels). Default: None.
            statistics (PairStatistics, optional): Of the pair, where they were measured before. Default: None.
            own_prior (Tensor, optional): What the network itself makes of the pair, where `prior` is given from
                outside: the noise filter goes by both. Default: None, as `prior`.

        Returns:
            tuple[Tensor, Tensor | None]: The image, `(N, 1, *size)`, not clamped, and of the same shape A behind
            filter and curve, to which its colours belong.
        """
        height, width = size
        whole = self.whole(img_a, img_b, size, prior, statistics, own_prior)
        images = self.tuned(img_a, img_b, whole)
        fused = self.coarse(features, self.lifted(images, whole), whole, 0)
        return self._finished(fused, img_a, images, whole, (height, width))

    def whole(
        self,
        img_a: Tensor,
        img_b: Tensor,
        size: Sequence[int],
        prior: Tensor | None = None,
        statistics: PairStatistics | None = None,
        own_prior: Tensor | None = None,
    ) -> Whole:
        """Choices by the whole image; arguments as for :meth:`forward`."""
        statistics = statistics or pair_statistics(img_a, img_b, size)
        mean, deviation, least, most = statistics.tones[:, NUM_TONES:, None, None].split(1, dim=1)
        cold, hot = mean, mean + deviation / 2
        amounts = curves = None
        if self.noise_filter is not None:
            amounts = self.noise_filter(prior, statistics.noise)
            if own_prior is not None and own_prior is not prior:
                # Who names haze has not said that there is no noise. No gradient: a target with the noise left in
                # is no reason to see less of it.
                amounts = amounts + F.relu(self.noise_filter(own_prior, statistics.noise).detach() - amounts)
        if self.tone_curve is not None:
            curves = self.tone_curve(prior, statistics.tones)
            cold, hot = (ToneCurve.apply_to(level, curves[:, 3:]) for level in (cold, hot))
        return Whole(amounts, curves, cold, hot, ((most - least) / self.LEAST_RANGE).clamp(0, 1))

    def tuned(self, img_a: Tensor, img_b: Tensor, whole: Whole) -> Tensor:
        """Both sources, or tiles of them, through filter and curves, as the two channels of one image."""
        images = torch.cat([img_a, img_b], dim=1)
        if whole.amounts is not None:
            images = NoiseFilter.apply_to(images, whole.amounts)
        if whole.curves is None:
            return images
        img_a, img_b = images.chunk(2, dim=1)
        curve_a, curve_b = whole.curves.chunk(2, dim=1)
        return torch.cat([ToneCurve.apply_to(img_a, curve_a), ToneCurve.apply_to(img_b, curve_b)], dim=1)

    def lifted(self, images: Tensor, whole: Whole) -> Tensor:
        """Tuned sources, (N, 2, H, W), with what is cold in B raised where A is bright (:func:`lift_cold`)."""
        img_a, img_b = images.chunk(2, dim=1)
        return torch.cat([img_a, lift_cold(img_a, img_b, whole.cold)], dim=1)

    def coarse(
        self, features: Sequence[Tensor | None], images: Tensor, whole: Whole, first_band: int
    ) -> Tensor:
        """Fuse the base and the bands from index `first_band` on.

        Args:
            features (Sequence[Tensor | None]): The decoder's maps; only those of these bands are looked at.
            images (Tensor): The lifted sources reduced to the resolution of `first_band`, (N, 2, h, w).
            whole (Whole): Of the whole image.
            first_band (int): Index of the finest of these bands, at most :data:`COARSE`.

        Returns:
            Tensor: (N, 1, h, w).
        """
        pyramid = gaussian_pyramid(images, self.num_bands - first_band)
        split = min(COARSE, self.num_bands) - first_band
        lowered = with_headroom(pyramid, split) if self.num_bands > COARSE else pyramid[split:]
        base_a, base_b = lowered[-1].chunk(2, dim=1)
        maps = self._maps(features, range(self.num_bands, first_band - 1, -1))
        towards_b, hotter, residual = next(maps)
        fused = base_a + towards_b * (base_b - base_a) + (1 + hotter) * F.relu(base_b - whole.hot) + residual
        fused = self._with_bands(fused, maps, lowered)
        return self._with_bands(fused, maps, pyramid[: split + 1])

    def fine(
        self, features: Sequence[Tensor], img_a: Tensor, img_b: Tensor, whole: Whole, coarse: Tensor
    ) -> tuple[Tensor, Tensor | None]:
        """Add to what :meth:`coarse` gave the bands that are finer, of a tile of the image.

        Args:
            features (Sequence[Tensor]): Maps of the tile.
            img_a (Tensor): Luminance of A, (N, 1, H, W), a tile at a place that is a multiple of 2**k.
            img_b (Tensor): B, likewise.
            whole (Whole): Of the whole image.
            coarse (Tensor): Result so far, cut to the tile: (N, 1, H / 2**k, W / 2**k), k bands being missing.

        Returns:
            tuple[Tensor, Tensor | None]: As :meth:`forward`, (N, 1, H, W).
        """
        num_bands = (img_a.shape[2] // coarse.shape[2]).bit_length() - 1
        images = self.tuned(img_a, img_b, whole)
        pyramid = gaussian_pyramid(self.lifted(images, whole), num_bands)
        maps = self._maps(features, range(num_bands - 1, -1, -1))
        fused = self._with_bands(coarse, maps, pyramid)
        return self._finished(fused, img_a, images, whole, img_a.shape[-2:])

    @staticmethod
    def _finished(
        fused: Tensor, img_a: Tensor, images: Tensor, whole: Whole, size: Sequence[int]
    ) -> tuple[Tensor, Tensor | None]:
        height, width = size
        pair = torch.cat([fused, images[:, :1]], dim=1)[..., :height, :width]
        source = img_a[..., :height, :width]
        fused, toned_a = (source + whole.shown_by_b * (pair - source)).chunk(2, dim=1)
        return fused, toned_a

    def _with_bands(
        self, fused: Tensor, maps: Iterator[tuple[Tensor, ...]], pyramid: Sequence[Tensor]
    ) -> Tensor:
        """Add the bands of a pyramid of both sources to its blended base, the coarsest first."""
        for fine, coarse in zip(pyramid[-2::-1], pyramid[::-1]):
            bands = laplacian_band(fine, coarse)
            band_a, band_b = bands.chunk(2, dim=1)
            choice, gain, residual = next(maps)
            blended = band_b + share_of_a(bands, self.SLOPE, self.CHOICE * choice) * (band_a - band_b)
            fused = expand_by_two(fused) + (1 + gain) * blended + residual
        return fused

    def _maps(self, features: Sequence[Tensor], bands: range) -> Iterator[tuple[Tensor, ...]]:
        """The three maps of each of some bands, the coarsest first."""
        finer: list[Tensor] = []
        for band in bands:
            level, margin = self._level(band), self._margin(band)
            feature, stride = features[level], self.strides[level]
            if 2**band > stride:
                feature = F.avg_pool2d(feature, 2**band // stride)
            if finer:
                # Without their margins, see below.
                inner = finer.pop()
            else:
                if level == 0 and stride == 2**band > 1 and 0 in bands:
                    margins = [self._margin(finest) for finest in range(band)]
                    *finer, maps = conv_at_scales(feature, self.convs[: band + 1], margins)
                else:
                    maps = self.convs[band](feature)
                inner = maps[..., margin:-margin, margin:-margin] if margin else maps
            # The zeros around feature maps tell the network where the border is, and training found that a
            # pattern there raises spatial frequency unseen by measures of windows. So the border has its
            # neighbours' maps.
            maps = F.pad(inner, (margin,) * 4, mode="replicate") if margin else inner
            yield maps.chunk(3, dim=1)

    def _margin(self, band: int) -> int:
        """Pixels of the border; less where there are so few bands that an image can be a few pixels."""
        return min(self.MARGIN >> band, 2 ** (self.num_bands - band) // 4)

    def _level(self, band: int) -> int:
        """Index of the decoder's level that a band's maps come from: of its stride, or the nearest."""
        return min(
            range(len(self.strides)), key=lambda level: abs(self.strides[level].bit_length() - 1 - band)
        )
