"""Attention of channels and of places."""

from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...user_errors import UserError
from ..ops.runtime_forms import map_windows, part_by_part, strips, windows_of


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


class RelativePosition(nn.Module):
    """Decomposed relative position: one table for rows, one for columns."""

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
        # Adds the logit of row i and that of column j to key (i, j): (2 * overlap, overlap^2).
        eye, ones = torch.eye(overlap_window_size), torch.ones(overlap_window_size)
        spread = torch.cat([torch.kron(eye, ones), torch.kron(ones, eye)])
        self.register_buffer("spread", spread, persistent=False)

    def tables(self) -> Tensor:
        """What a query at each position of the window is multiplied with.

        Returns:
            Tensor: (window^2, head_dim, 2 * overlap_window): for rows, then for columns.
        """
        window, overlap = self.index.shape
        rows = self.rel_height[self.index].transpose(1, 2)[:, None].expand(-1, window, -1, -1)
        columns = self.rel_width[self.index].transpose(1, 2)[None].expand(window, -1, -1, -1)
        return torch.cat([rows, columns], dim=-1).flatten(0, 1)

    def forward(self, q: Tensor, tables: Tensor) -> Tensor:
        """Logits of the relative positions.

        Args:
            q (Tensor): Scaled queries, (B, window^2, head_dim).
            tables (Tensor): From :meth:`tables`; made once for all windows.

        Returns:
            Tensor: (B, window^2, overlap_window^2), to be added to the logits of the content.
        """
        # Two small products, by position and by key, instead of a sum over a map of all the pairs.
        positions = (q.transpose(0, 1) @ tables).transpose(0, 1)
        return positions @ self.spread


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
