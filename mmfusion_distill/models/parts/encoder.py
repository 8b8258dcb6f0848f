"""Encoder of one source image: a stem, then levels of blocks; and the change of resolution between levels."""

from collections.abc import Callable, Sequence
from functools import partial

from torch import Tensor, nn

from ...registry import MODELS
from ...user_errors import UserError
from ..ops.runtime_forms import conv_of_unshuffled
from .roles import Encoder, Stem


class Downsample(nn.Module):
    """Half the resolution: 3x3 convolution to a quarter of the new width, pixel-unshuffle.

    Args:
        channels (int): Channels of the input.
        out_channels (int): Channels of the output, a multiple of 4.

    Raises:
        UserError: If the output's width is no multiple of 4.
    """

    def __init__(self, channels: int, out_channels: int) -> None:
        super().__init__()
        if out_channels % 4:
            raise UserError(
                f"a level of {out_channels} channels: widths below the first must be multiples of 4"
            )
        self.body = nn.Sequential(
            nn.Conv2d(channels, out_channels // 4, 3, padding=1, bias=False), nn.PixelUnshuffle(2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C_out, H/2, W/2)."""
        return self.body(x)


class Upsample(nn.Module):
    """Twice the resolution: 3x3 convolution to four times the new width, pixel-shuffle."""

    def __init__(self, channels: int, out_channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, 4 * out_channels, 3, padding=1, bias=False), nn.PixelShuffle(2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C_out, 2H, 2W)."""
        return self.body(x)


#: Ways to change the resolution by name: down, up. 'shuffle' is the published one, 'strided' costs a fraction of it.
#: They take the channels of the input and of the output.
RESAMPLERS: dict[str, tuple[Callable[[int, int], nn.Module], Callable[[int, int], nn.Module]]] = {
    "shuffle": (Downsample, Upsample),
    # A pixel-unshuffle and 1x1 convolution, and its counterpart, without the copies.
    "strided": (
        partial(nn.Conv2d, kernel_size=2, stride=2),
        partial(nn.ConvTranspose2d, kernel_size=2, stride=2),
    ),
}


@MODELS.register_module()
class PixelUnshuffleStem(Stem):
    """Pixel-unshuffle, then a 3x3 convolution to the width of level 1.

    With factor 2 level 1 lies at half the resolution: nothing but the stem and the head touches every pixel.

    Args:
        in_channels (int): Channels of the image.
        channels (int): Channels of level 1.
        factor (int): Pixels that are unshuffled along each side; 1 is the published stem. Default: 1.
        bias (bool): Whether the convolution has a bias. Published: False. Default: False.
        init_cfg (dict, optional): As in mmengine. Default: None.

    Raises:
        UserError: If the factor is below 1.
    """

    def __init__(
        self,
        in_channels: int,
        channels: int,
        factor: int = 1,
        bias: bool = False,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        if factor < 1:
            raise UserError(f"stem: factor={factor} must be at least 1")
        self.stride = factor
        self.reach = 1
        self.conv = nn.Conv2d(in_channels * factor**2, channels, 3, padding=1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, channels, H / factor, W / factor)."""
        return conv_of_unshuffled(x, self.stride, self.conv)


@MODELS.register_module()
class HierarchicalEncoder(Encoder):
    """A stem, then levels of blocks, each at half the resolution of the one above.

    Args:
        in_channels (int): Channels of the image.
        widths (Sequence[int]): Channels of the levels, the finest first.
        blocks (Sequence[dict]): Config of the blocks of each level; `channels` is filled in.
        num_blocks (Sequence[int]): Blocks of each level.
        stem (dict): Config of the stem; `in_channels` and `channels` are filled in. Default:
            :class:`PixelUnshuffleStem` with factor 1.
        resample (str): How the resolution is halved: 'shuffle' or 'strided'. Default: 'shuffle'.
        init_cfg (dict, optional): As in mmengine. Default: None.
    """

    def __init__(
        self,
        in_channels: int,
        widths: Sequence[int],
        blocks: Sequence[dict],
        num_blocks: Sequence[int],
        stem: dict = dict(type="PixelUnshuffleStem"),  # noqa: B006  (configs are not changed)
        resample: str = "shuffle",
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        self.stem = MODELS.build(dict(in_channels=in_channels, channels=widths[0], **stem))
        # Of a stem whose values depend on the whole image, no level can be computed in tiles.
        self.is_local = self.stem.reach is not None
        self.levels = nn.ModuleList(
            nn.Sequential(*(MODELS.build(dict(channels=width, **block)) for _ in range(number)))
            for width, block, number in zip(widths, blocks, num_blocks, strict=True)
        )
        self.downs = nn.ModuleList(
            RESAMPLERS[resample][0](wide, deep) for wide, deep in zip(widths[:-1], widths[1:])
        )

    @property
    def stride(self) -> int:
        """Pixels of the image along one side of a pixel of the finest map: the stem's."""
        return self.stem.stride

    def blocks_of(self, level: int) -> nn.Sequential:
        """The blocks of a level, 0 being the finest."""
        return self.levels[level]

    def forward(self, x: Tensor) -> list[Tensor]:
        """Encode an image.

        Args:
            x (Tensor): (N, in_channels, H, W); H and W as stem, halving and blocks want them.

        Returns:
            list[Tensor]: Feature maps, the finest first.
        """
        return self.descend(self.stem(x), 0)

    def descend(self, x: Tensor, first: int, last: int | None = None) -> list[Tensor]:
        """Maps of the levels from index `first` to before `last`.

        Args:
            x (Tensor): What enters level `first`: the stem's map, or of the level above its result.
            first (int): Index of the first level, 0 being the finest.
            last (int, optional): Index behind the last level. Default: None, all that follow.

        Returns:
            list[Tensor]: Their maps.
        """
        features = []
        for index in range(first, len(self.levels) if last is None else last):
            x = self.levels[index](self.downs[index - 1](x) if index else x)
            features.append(x)
        return features
