"""Gated depth-wise feed-forward network."""

from functools import partial

from torch import Tensor, nn
from torch.nn import functional as F

from .pointwise import pointwise
from .stripes import map_stripes, runs_in_stripes


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

    def forward(self, x: Tensor, norm: nn.Module | None = None) -> Tensor:
        """Feed forward.

        Args:
            x (Tensor): (N, C, H, W), preferably channels last.
            norm (nn.Module, optional): Makes it a pre-normalised residual branch, x + f(norm(x)). Default: None,
                f(x).

        Returns:
            Tensor: The shape of `x`, channels last.
        """
        if runs_in_stripes(x):
            return map_stripes(partial(self._forward, norm=norm), x, 1, self.project_in.out_channels)
        return self._forward(x, 0, 0, norm)

    def _forward(self, x: Tensor, top: int, bottom: int, norm: nn.Module | None) -> Tensor:
        """Rows of `x` without `top` and `bottom` rows, which are context of the convolution."""
        y = x if norm is None else norm(x)
        # Gate and value by themselves: both contiguous, which the product wants.
        gate, value = (
            F.conv2d(pointwise(y, weight), kernel, padding=1, groups=kernel.shape[0])
            for weight, kernel in zip(self.project_in.weight.chunk(2), self.dwconv.weight.chunk(2))
        )
        rows = slice(top, x.shape[2] - bottom)
        out = pointwise(F.gelu(gate[:, :, rows]) * value[:, :, rows], self.project_out.weight)
        return out if norm is None else x[:, :, rows] + out
