"""Attention between pixels of overlapping windows."""

from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...user_errors import UserError
from ..ops.runtime_forms import map_windows, strips, windows_of
from .relative_position import RelativePosition


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

    def forward(self, x: Tensor) -> Tensor:
        """Attend: (N, C, H, W), preferably channels last, to the same shape; H and W are multiples of the window."""
        tables, margin = self.rel_pos_emb.tables(), (self.overlap_window_size - self.window_size) // 2
        rows = strips(x, 3 * self.num_heads * self.head_dim, self.window_size)
        if len(rows) == 1:
            return self._of_strip(x, tables, margin, margin)
        out = torch.empty_like(x, memory_format=torch.channels_last)
        for part in rows:
            # With the rows around it that the key windows see; beyond the map there are zeros.
            top, bottom = max(part.start - margin, 0), min(part.stop + margin, x.shape[2])
            above, below = margin - (part.start - top), margin - (bottom - part.stop)
            out[:, :, part] = self._of_strip(x[:, :, top:bottom], tables, above, below)
        return out

    def _of_strip(self, x: Tensor, tables: Tensor, above: int, below: int) -> Tensor:
        """Attend within some rows of windows, given with their surroundings.

        Args:
            x (Tensor): (N, C, H, W), the rows and what the map has of their surroundings.
            tables (Tensor): Of the relative positions.
            above (int): Rows of surroundings that the map lacks above.
            below (int): The same below.

        Returns:
            Tensor: (N, C, H', W) without the surroundings.
        """
        size, side = self.window_size, self.overlap_window_size
        margin = (side - size) // 2
        inner = self.num_heads * self.head_dim
        q, kv = self.qkv(x).split([inner, 2 * inner], dim=1)
        q = q[:, :, margin - above : q.shape[2] - (margin - below)]
        # Without a bias, the keys and values of zeros are zeros.
        k, v = F.pad(kv, [margin, margin, above, below]).chunk(2, dim=1)
        qkv = (windows_of(y, self.num_heads, s, size) for y, s in ((q, size), (k, side), (v, side)))
        attended = map_windows(partial(self._attend, tables), *qkv)
        # (N, rows, columns, heads, size, size, dim) -> (N, H, W, heads * dim) -> (N, heads * dim, H, W)
        n, _, h, w = q.shape
        attended = attended.permute(0, 1, 4, 2, 5, 3, 6).reshape(n, h, w, -1).permute(0, 3, 1, 2)
        return self.project_out(attended)

    def _attend(self, tables: Tensor, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """softmax(q k^T / sqrt(dim) + position) v, of windows (N, rows, columns, heads, side, side, dim)."""
        shape = q.shape
        q, k, v = (x.reshape(-1, x.shape[4] * x.shape[5], x.shape[6]) for x in (q, k, v))
        q = q * self.head_dim**-0.5
        logits = torch.baddbmm(self.rel_pos_emb(q, tables), q, k.transpose(1, 2))
        return (logits.softmax(dim=-1) @ v).view(shape)
