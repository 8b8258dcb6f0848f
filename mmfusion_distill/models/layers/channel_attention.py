"""Attention between channels."""

import torch
from torch import Tensor, nn

from ...user_errors import UserError
from .pointwise import pointwise
from .stripes import runs_in_stripes, stripes


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

    def forward(self, x: Tensor, norm: nn.Module | None = None) -> Tensor:
        """Attend.

        Args:
            x (Tensor): (N, C, H, W), preferably channels last.
            norm (nn.Module, optional): Makes it a pre-normalised residual branch, x + f(norm(x)). Default: None,
                f(x).

        Returns:
            Tensor: The shape of `x`, channels last.
        """
        if runs_in_stripes(x):
            return self._forward_in_stripes(x, norm)
        qkv = self._project(x, norm)
        # Sums over all pixels overflow half precision.
        with torch.autocast(x.device.type, enabled=False):
            gram, squares = _products(qkv)
            weight = self._weight(gram, squares)
        out = _mix(qkv.chunk(3, dim=1)[2], weight)
        return out if norm is None else x + out

    def _forward_in_stripes(self, x: Tensor, norm: nn.Module | None) -> Tensor:
        n, c = x.shape[:2]
        gram, squares = x.new_zeros(n, c, c), x.new_zeros(n, 2 * c)
        out = torch.empty_like(x, memory_format=torch.channels_last)
        for stripe in stripes(x, 1, 3 * c):
            qkv = self._project(stripe.rows_with_context(x), norm)
            qkv = qkv[:, :, stripe.top : qkv.shape[2] - stripe.bottom]
            stripe_gram, stripe_squares = _products(qkv)
            gram[stripe.sample] += stripe_gram[0]
            squares[stripe.sample] += stripe_squares[0]
            # The values wait where the result will be.
            stripe.rows(out).copy_(qkv[:, 2 * c :])
        weight = self._weight(gram, squares)
        for stripe in stripes(x, 0, c):
            rows = stripe.rows(out)
            mixed = _mix(rows, weight[stripe.sample : stripe.sample + 1])
            rows.copy_(mixed if norm is None else mixed.add_(stripe.rows(x)))
        return out

    def _project(self, x: Tensor, norm: nn.Module | None) -> Tensor:
        return self.qkv_dwconv(pointwise(x if norm is None else norm(x), self.qkv.weight))

    def _weight(self, gram: Tensor, squares: Tensor) -> Tensor:
        """Attention and output projection in one: both are linear over channels.

        Args:
            gram (Tensor): Products of queries and keys summed over pixels, (N, C, C).
            squares (Tensor): Squares of queries and keys summed over pixels, (N, 2C).

        Returns:
            Tensor: (N, C, C), from values to the result.
        """
        n, c, _ = gram.shape
        heads, width = self.num_heads, c // self.num_heads
        # The norms divide the products instead of the maps: the same values with far less traffic. The floor is
        # that of torch.nn.functional.normalize, but before the root, whose gradient at 0 is infinite: the map of a
        # black source can be 0 throughout.
        q_norm, k_norm = squares.clamp_min(1e-24).sqrt().chunk(2, dim=1)
        logits = gram / (q_norm[:, :, None] * k_norm[:, None, :])
        # Channels attend within their head: the blocks on the diagonal.
        logits = logits.view(n, heads, width, heads, width)
        logits = torch.stack([logits[:, head, :, head] for head in range(heads)], dim=1)
        attention = (logits * self.temperature).softmax(dim=-1)
        project_out = self.project_out.weight.view(c, heads, width)
        return torch.einsum("ohc,nhcd->nohd", project_out, attention).reshape(n, c, c)


def _products(qkv: Tensor) -> tuple[Tensor, Tensor]:
    """Sums over pixels from (N, 3C, H, W): query-key products (N, C, C), squares of both (N, 2C)."""
    pixels = qkv.permute(0, 2, 3, 1).flatten(1, 2)
    q, k, _ = pixels.float().chunk(3, dim=2)
    squares = pixels[:, :, : 2 * q.shape[2]].float().square().sum(dim=1)
    return q.transpose(1, 2) @ k, squares


def _mix(values: Tensor, weight: Tensor) -> Tensor:
    """Values (N, C, H, W) times one matrix (N, C, C) per sample."""
    n, c, h, w = values.shape
    pixels = values.permute(0, 2, 3, 1).reshape(n, h * w, c)
    return (pixels @ weight.to(pixels).transpose(1, 2)).view(n, h, w, c).permute(0, 3, 1, 2)
