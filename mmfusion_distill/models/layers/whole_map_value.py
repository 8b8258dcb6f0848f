"""Values that layers take from their whole map."""

import torch
from torch import Tensor, nn


class WholeMapValue(nn.Module):
    """A value of a layer that depends on its whole map, as what attention between channels goes by.

    Where the map is only a tile's, that of the whole image can be given (exported networks do so).

    Attributes:
        own (Tensor | None): The layer's own value, (N, ...), kept where something is given.
        given (Tensor | None): (N or 1, length or 1), in its place where it is not NaN; None: its own.
    """

    def __init__(self) -> None:
        super().__init__()
        self.own: Tensor | None = None
        self.given: Tensor | None = None

    def forward(self, own: Tensor) -> Tensor:
        """The value that counts, of the shape of the layer's own."""
        if self.given is None:
            return own
        self.own = own
        shape = own.shape[1:] if self.given.shape[1] > 1 else (1 for _ in own.shape[1:])
        given = self.given.reshape(-1, *shape)
        return torch.where(torch.isnan(given), own, given)
