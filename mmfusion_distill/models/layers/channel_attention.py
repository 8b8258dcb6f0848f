"""Attention between channels."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...user_errors import UserError
from ..ops.runtime_forms import part_by_part


class ChannelAttention(nn.Module):
    """Multi-head transposed attention (MDTA; Restormer, Zamir et al., CVPR 2022, Eq. 1).

    Attends between the channels of a head instead of between pixels, so that its cost is linear in the pixels
    and its field of view is the whole map.

    Args:
        channels (int): Channels in and out; a multiple of `num_heads`.
        num_heads (int): Number of heads.

    Raises:
        UserError: If `channels` is not a multiple of `num_heads`.
    """

    def __init__(self, channels: int, num_heads: int) -> None:
        super().__init__()
        if channels % num_heads:
            raise UserError(f"channel attention: {channels} channels cannot be split into {num_heads} heads")
        self.num_heads = num_heads
        self.temperature = nn.Parameter(torch.ones(num_heads, 1, 1))
        self.qkv = nn.Conv2d(channels, 3 * channels, 1, bias=False)
        self.qkv_dwconv = nn.Conv2d(3 * channels, 3 * channels, 3, padding=1, groups=3 * channels, bias=False)
        self.project_out = nn.Conv2d(channels, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Attend: (N, C, H, W), preferably channels last, to the same shape, channels last."""
        if not part_by_part(x, 3 * x.shape[1]):
            return self.project_out(
                self._attend(self.qkv_dwconv(self.qkv(x)), self.temperature, self.num_heads)
            )
        out = torch.empty_like(x, memory_format=torch.channels_last)
        for head, channels in enumerate(out.chunk(self.num_heads, dim=1)):
            channels.copy_(self._attend(self._qkv_of(x, head), self.temperature[head], 1))
        return self.project_out(out)

    def _qkv_of(self, x: Tensor, head: int) -> Tensor:
        """Queries, keys and values of one head, (N, 3 C / heads, H, W)."""
        pointwise, depthwise = (
            conv.weight.unflatten(0, (3, self.num_heads, -1))[:, head].flatten(0, 1)
            for conv in (self.qkv, self.qkv_dwconv)
        )
        return F.conv2d(F.conv2d(x, pointwise), depthwise, padding=1, groups=len(depthwise))

    @staticmethod
    def _attend(qkv: Tensor, temperature: Tensor, heads: int) -> Tensor:
        """Queries, keys and values (N, 3 C, H, W) of some heads to (N, C, H, W)."""
        n, _, h, w = qkv.shape
        # A row per pixel, as the maps lie in memory: three times (N, heads, H * W, C / heads), views.
        pixels = qkv.permute(0, 2, 3, 1).reshape(n, h * w, 3, heads, -1)
        q, k, v = pixels.permute(2, 0, 3, 1, 4).unbind()
        # In half precision the norm over all pixels would overflow, or the floor below it vanish.
        q, k = q.float(), k.float()
        likeness = F.normalize(q, dim=2).transpose(2, 3) @ F.normalize(k, dim=2)
        attention = (likeness * temperature).softmax(dim=-1)
        out = v @ attention.transpose(2, 3)
        return out.transpose(1, 2).reshape(n, h, w, -1).permute(0, 3, 1, 2)
