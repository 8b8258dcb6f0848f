"""Attention between pixels of overlapping windows."""

from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...user_errors import UserError
from .pointwise import pointwise
from .relative_position import RelativePosition
from .stripes import map_stripes, runs_in_stripes

# Logits of the windows that are attended to at a time: small enough for the second-level cache.
CHUNK_BYTES = 5 * 2**19


class OverlappingSpatialAttention(nn.Module):
    """Overlapping cross-attention (OCA; HAT, Chen et al., CVPR 2023; X-Restormer, Chen et al., ECCV 2024).

    Queries come from windows of `window_size`, keys and values from the larger windows around them.

    Args:
        channels (int): Channels in and out.
        num_heads (int): Number of heads.
        head_dim (int): Channels of a head.
        window_size (int): Side of the query windows; height and width of the input are multiples of it.
        overlap_ratio (float): Key windows have side `window_size + int(window_size * overlap_ratio)`; what
            they reach beyond the map is zero and takes part.

    Raises:
        UserError: If there is no head, or the key windows do not extend evenly on both sides.
    """

    def __init__(
        self, channels: int, num_heads: int, head_dim: int, window_size: int = 8, overlap_ratio: float = 0.5
    ) -> None:
        super().__init__()
        if num_heads < 1:
            raise UserError(
                f"spatial attention: {num_heads} heads; only blocks can do without (spatial_heads=0)"
            )
        overlap = int(window_size * overlap_ratio)
        if overlap % 2:
            raise UserError(
                f"spatial attention: window_size {window_size} and overlap_ratio {overlap_ratio} give an "
                f"overlap of {overlap} pixels, which must be even"
            )
        self.num_heads = num_heads
        self.head_dim = head_dim
        self.window_size = window_size
        self.overlap_window_size = window_size + overlap
        self.qkv = nn.Conv2d(channels, 3 * num_heads * head_dim, 1, bias=False)
        self.rel_pos_emb = RelativePosition(window_size, self.overlap_window_size, head_dim)
        self.project_out = nn.Conv2d(num_heads * head_dim, channels, 1, bias=False)

    def forward(self, x: Tensor, norm: nn.Module | None = None) -> Tensor:
        """Attend.

        Args:
            x (Tensor): (N, C, H, W), preferably channels last; H and W are multiples of the window.
            norm (nn.Module, optional): Makes it a pre-normalised residual branch, x + f(norm(x)). Default: None,
                f(x).

        Returns:
            Tensor: The shape of `x`, channels last.
        """
        context = (self.overlap_window_size - self.window_size) // 2
        forward = partial(self._forward, context=context, norm=norm, tables=self.rel_pos_emb.tables())
        if runs_in_stripes(x):
            return map_stripes(forward, x, context, self.qkv.out_channels, self.window_size)
        return forward(x, 0, 0)

    def _forward(
        self, x: Tensor, top: int, bottom: int, context: int, norm: nn.Module | None, tables: Tensor
    ) -> Tensor:
        """Rows of `x` without `top` and `bottom` rows, which only give keys and values."""
        y = x if norm is None else norm(x)
        rows = slice(top, x.shape[2] - bottom)
        query_weight, key_value_weight = self.qkv.weight.split(
            [self.num_heads * self.head_dim, 2 * self.num_heads * self.head_dim]
        )
        q = pointwise(y[:, :, rows], query_weight * self.head_dim**-0.5)
        # Without a bias, the keys and values of zeros are zeros.
        y = F.pad(y.permute(0, 2, 3, 1), (0, 0, context, context, context - top, context - bottom))
        k, v = F.linear(y, key_value_weight.flatten(1)).chunk(2, dim=-1)
        attended = self._attend(self._query_windows(q), self._key_windows(k), self._key_windows(v), tables)
        # (N, rows, columns, heads, size, size, dim) -> (N, heads * dim, H, W)
        n, _, height, width = q.shape
        attended = attended.permute(0, 1, 4, 2, 5, 3, 6).reshape(n, height, width, -1).permute(0, 3, 1, 2)
        out = pointwise(attended, self.project_out.weight)
        return out if norm is None else x[:, :, rows] + out

    def _query_windows(self, x: Tensor) -> Tensor:
        # (N, heads * dim, H, W) -> (N, rows, columns, heads, size, size, dim), a view
        n, _, height, width = x.shape
        size = self.window_size
        windows = x.permute(0, 2, 3, 1).view(
            n, height // size, size, width // size, size, self.num_heads, self.head_dim
        )
        return windows.permute(0, 1, 3, 5, 2, 4, 6)

    def _key_windows(self, x: Tensor) -> Tensor:
        # (N, H + 2 * context, W + 2 * context, heads * dim) -> (N, rows, columns, heads, side, side, dim), a view
        side, size = self.overlap_window_size, self.window_size
        n, height, width, _ = x.shape
        # Not unflatten: a trace would take the other sizes for constants.
        x = x.reshape(n, height, width, self.num_heads, self.head_dim)
        if torch.onnx.is_in_onnx_export():
            return self._gather_key_windows(x)
        return x.unfold(1, side, size).unfold(2, side, size).permute(0, 1, 2, 3, 5, 6, 4)

    def _gather_key_windows(self, x: Tensor) -> Tensor:
        # ONNX has no sliding window over a dimension of unknown length.
        n, height, width, _, _ = x.shape
        side, size = self.overlap_window_size, self.window_size
        # The map exceeds its windows by the context, which is less than a window.
        rows, columns = height // size, width // size
        offsets = torch.arange(side, device=x.device)
        row_index = (torch.arange(rows, device=x.device)[:, None] * size + offsets).flatten()
        column_index = (torch.arange(columns, device=x.device)[:, None] * size + offsets).flatten()
        x = x.index_select(1, row_index).index_select(2, column_index)
        x = x.view(n, rows, side, columns, side, self.num_heads, self.head_dim)
        return x.permute(0, 1, 3, 5, 2, 4, 6)

    def _attend(self, q: Tensor, k: Tensor, v: Tensor, tables: Tensor) -> Tensor:
        """Attention of all windows, in inference some columns of windows at a time."""
        if not runs_in_stripes(q):
            return self._attend_windows(q, k, v, tables)
        n, rows, columns, heads = q.shape[:4]
        logits_bytes = 4 * n * rows * heads * self.window_size**2 * self.overlap_window_size**2
        step = max(CHUNK_BYTES // logits_bytes, 1)
        chunks = zip(q.split(step, 2), k.split(step, 2), v.split(step, 2))
        return torch.cat([self._attend_windows(*chunk, tables) for chunk in chunks], dim=2)

    def _attend_windows(self, q: Tensor, k: Tensor, v: Tensor, tables: Tensor) -> Tensor:
        shape = q.shape
        q, k, v = (x.reshape(-1, x.shape[4] * x.shape[5], x.shape[6]) for x in (q, k, v))
        logits = torch.baddbmm(self.rel_pos_emb(q, tables), q, k.transpose(1, 2))
        return (logits.softmax(dim=-1) @ v).view(shape)
