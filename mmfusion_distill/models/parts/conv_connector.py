"""A 1x1 convolution between two widths."""

from torch import Tensor, nn

from ...registry import MODELS
from .roles import Connector


@MODELS.register_module()
class ConvConnector(Connector):
    """Bring features from one width to another by a 1x1 convolution.

    Args:
        in_channels (int): Channels of the features.
        out_channels (int): Channels wanted.
        init_cfg (dict, optional): As in mmengine. Default: None.
    """

    def __init__(self, in_channels: int, out_channels: int, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        self.conv = nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, out_channels, H, W)."""
        return self.conv(x)
