"""Attention between channels."""

import torch
from torch import Tensor, nn


class ChannelAttention(nn.Module):
    """Multi-head transposed attention (MDTA; Restormer, Zamir et al., CVPR 2022, Eq. 1).

    Attends between the channels of a head instead of between pixels, so that its cost is linear in the pixels
    and its field of view is the whole map.

    Args:
        channels (int): Channels in and out; a multiple of `num_heads`.
        num_heads (int): Number of heads.

    Raises:
        ValueError: If `channels` is not a multiple of `num_heads`.
    """

    def __init__(self, channels: int, num_heads: int) -> None:
        super().__init__()
        if channels % num_heads:
            raise ValueError(f"channel attention: {channels} channels cannot be split into {num_heads} heads")
        self.num_heads = num_heads
        self.temperature = nn.Parameter(torch.ones(num_heads, 1, 1))
        self.qkv = nn.Conv2d(channels, 3 * channels, 1, bias=False)
        self.qkv_dwconv = nn.Conv2d(3 * channels, 3 * channels, 3, padding=1, groups=3 * channels, bias=False)
        self.project_out = nn.Conv2d(channels, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        n, c, h, w = x.shape
        qkv = self.qkv_dwconv(self.qkv(x)).view(n, 3, self.num_heads, c // self.num_heads, h * w)
        q, k, v = qkv.unbind(1)
        # The norms divide the c x c products instead of the maps: the same values with far less traffic.
        q_norm = self._norm(q)
        k_norm = self._norm(k)
        # Sums over all pixels overflow half precision.
        with torch.autocast(x.device.type, enabled=False):
            logits = q.float() @ k.float().transpose(-2, -1) / (q_norm * k_norm.transpose(-2, -1))
            attention = (logits * self.temperature).softmax(dim=-1)
        # Attention and output projection are both linear over channels: one matrix per sample applies both.
        weight = self.project_out.weight.view(1, c, self.num_heads, c // self.num_heads)
        mixed = torch.einsum("nohc,nhcd->nohd", weight.expand(n, -1, -1, -1).to(attention), attention)
        out = mixed.reshape(n, c, c).to(v) @ v.reshape(n, c, h * w)
        return out.view(n, c, h, w)

    @staticmethod
    def _norm(x: Tensor) -> Tensor:
        # The floor is that of torch.nn.functional.normalize.
        return torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32).clamp_min(1e-12)
