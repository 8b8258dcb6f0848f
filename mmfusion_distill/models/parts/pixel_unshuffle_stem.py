"""The first convolution of an encoder."""

from torch import Tensor, nn

from ...registry import MODELS
from ...user_errors import UserError
from ..ops.runtime_forms import conv_of_unshuffled
from .roles import Stem


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
