"""Relative position of window attention."""

import torch
from torch import Tensor, nn


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
