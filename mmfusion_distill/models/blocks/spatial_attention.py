"""Attention between pixels of overlapping windows."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class RelativePosition(nn.Module):
    """Decomposed relative position: one table for rows, one for columns.

    Args:
        window_size (int): Side of the query window.
        overlap_window_size (int): Side of the key window.
        head_dim (int): Channels of a head.
    """

    def __init__(self, window_size: int, overlap_window_size: int, head_dim: int) -> None:
        super().__init__()
        entries = 2 * overlap_window_size - 1
        scale = head_dim**-0.5
        self.rel_height = nn.Parameter(torch.randn(entries, head_dim) * scale)
        self.rel_width = nn.Parameter(torch.randn(entries, head_dim) * scale)
        keys = torch.arange(overlap_window_size)
        queries = torch.arange(window_size)
        # Entry (x, i): which row of the table belongs to query x and key i.
        index = keys[None, :] - queries[:, None] + overlap_window_size - 1
        self.register_buffer("index", index, persistent=False)

    def forward(self, q: Tensor) -> Tensor:
        """Logits of the relative positions.

        Args:
            q (Tensor): Scaled queries, (B, window, window, head_dim).

        Returns:
            Tensor: (B, window^2, overlap_window^2), to be added to the logits of the content.
        """
        rows = torch.einsum("bxyd,xid->bxyi", q, self.rel_height[self.index])
        columns = torch.einsum("bxyd,yjd->bxyj", q, self.rel_width[self.index])
        return (rows[..., :, None] + columns[..., None, :]).flatten(3).flatten(1, 2)


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
        ValueError: If the key windows do not extend evenly on both sides.
    """

    def __init__(
        self, channels: int, num_heads: int, head_dim: int, window_size: int = 8, overlap_ratio: float = 0.5
    ) -> None:
        super().__init__()
        overlap = int(window_size * overlap_ratio)
        if overlap % 2:
            raise ValueError(
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
        """(N, C, H, W) to the same shape; H and W are multiples of the window."""
        n, _, h, w = x.shape
        size, heads, dim = self.window_size, self.num_heads, self.head_dim
        rows, columns = h // size, w // size
        q, k, v = self.qkv(x).view(n, 3, heads, dim, h, w).unbind(1)
        # (N, heads, dim, rows, size, columns, size) -> (windows * heads, pixels, dim)
        q = q.reshape(n, heads, dim, rows, size, columns, size).permute(0, 3, 5, 1, 4, 6, 2)
        q = q.reshape(-1, size * size, dim) * dim**-0.5
        k, v = self._key_windows(k), self._key_windows(v)
        logits = q @ k.transpose(-2, -1)
        logits = logits + self.rel_pos_emb(q.view(-1, size, size, dim))
        out = logits.softmax(dim=-1) @ v
        out = out.view(n, rows, columns, heads, size, size, dim).permute(0, 3, 6, 1, 4, 2, 5)
        return self.project_out(out.reshape(n, heads * dim, h, w))

    def _key_windows(self, x: Tensor) -> Tensor:
        # (N, heads, dim, H, W) -> (windows * heads, overlap_window^2, dim)
        size, overlapping = self.window_size, self.overlap_window_size
        pad = (overlapping - size) // 2
        windows = F.pad(x, (pad, pad, pad, pad)).unfold(3, overlapping, size).unfold(4, overlapping, size)
        windows = windows.permute(0, 3, 4, 1, 5, 6, 2)
        return windows.reshape(-1, overlapping * overlapping, self.head_dim)
