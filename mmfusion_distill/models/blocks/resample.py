"""Change of resolution between the levels of the U-shape."""

from torch import Tensor, nn


class Downsample(nn.Module):
    """Half the resolution, twice the channels: 3x3 convolution to C/2, pixel-unshuffle.

    Args:
        channels (int): Channels of the input, even.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels // 2, 3, padding=1, bias=False), nn.PixelUnshuffle(2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, 2C, H/2, W/2)."""
        return self.body(x)


class Upsample(nn.Module):
    """Twice the resolution, half the channels: 3x3 convolution to 2C, pixel-shuffle.

    Args:
        channels (int): Channels of the input.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels * 2, 3, padding=1, bias=False), nn.PixelShuffle(2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C/2, 2H, 2W)."""
        return self.body(x)
