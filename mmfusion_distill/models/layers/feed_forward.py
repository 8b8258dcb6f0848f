"""Gated depth-wise feed-forward network."""

from torch import Tensor, nn
from torch.nn import functional as F


class GatedFeedForward(nn.Module):
    """Gated depth-wise convolution feed-forward network (GDFN; Restormer, Zamir et al., CVPR 2022, Eq. 3).

    Args:
        channels (int): Channels in and out.
        expansion_factor (float): Hidden channels are `int(expansion_factor * channels)`.
    """

    def __init__(self, channels: int, expansion_factor: float) -> None:
        super().__init__()
        hidden = int(expansion_factor * channels)
        self.project_in = nn.Conv2d(channels, 2 * hidden, 1, bias=False)
        self.dwconv = nn.Conv2d(2 * hidden, 2 * hidden, 3, padding=1, groups=2 * hidden, bias=False)
        self.project_out = nn.Conv2d(hidden, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Feed forward: (N, C, H, W), preferably channels last, to the same shape."""
        gate, value = self.dwconv(self.project_in(x)).chunk(2, dim=1)
        return self.project_out(F.gelu(gate) * value)
