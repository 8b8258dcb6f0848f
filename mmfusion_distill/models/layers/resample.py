"""Change of resolution between the levels of the U-shape."""

from torch import Tensor, nn

from ...user_errors import UserError


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
    """Twice the resolution: 3x3 convolution to four times the new width, pixel-shuffle.

    Args:
        channels (int): Channels of the input.
        out_channels (int): Channels of the output.
    """

    def __init__(self, channels: int, out_channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, 4 * out_channels, 3, padding=1, bias=False),
            nn.PixelShuffle(2),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C_out, 2H, 2W)."""
        return self.body(x)


class StridedDownsample(nn.Conv2d):
    """Half the resolution by a 2x2 convolution of stride 2: a pixel-unshuffle and 1x1 convolution without the copy.

    Args:
        channels (int): Channels of the input.
        out_channels (int): Channels of the output.
    """

    def __init__(self, channels: int, out_channels: int) -> None:
        super().__init__(channels, out_channels, 2, stride=2)


class TransposedUpsample(nn.ConvTranspose2d):
    """Twice the resolution by its counterpart: a 1x1 convolution and pixel-shuffle without the copy.

    Args:
        channels (int): Channels of the input.
        out_channels (int): Channels of the output.
    """

    def __init__(self, channels: int, out_channels: int) -> None:
        super().__init__(channels, out_channels, 2, stride=2)


#: Ways to change the resolution by name: down, up. 'shuffle' is the published one, 'strided' costs a fraction of it.
RESAMPLERS = {"shuffle": (Downsample, Upsample), "strided": (StridedDownsample, TransposedUpsample)}
