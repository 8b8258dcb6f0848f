"""A network that only gives advice."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn


class FrozenModule:
    """Keeps a network in evaluation mode, without gradients, and out of the model that uses it.

    Because it is no module itself, the network is in no checkpoint, optimizer or average of that model.

    Args:
        module (nn.Module): The network.
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module.requires_grad_(False).eval()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the network without gradients."""
        with torch.no_grad():
            return self.module(*args, **kwargs)

    def apply(self, function: Callable[[torch.Tensor], torch.Tensor]) -> None:
        """Apply a function of `nn.Module._apply`, e.g. a move to a device."""
        self.module._apply(function)

    def __deepcopy__(self, memo: dict) -> "FrozenModule":
        # A moving average copies the model: what never changes is shared.
        return self
