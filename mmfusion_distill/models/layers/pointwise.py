"""1x1 convolution of maps that are stored channels last."""

from torch import Tensor
from torch.nn import functional as F


def pointwise(x: Tensor, weight: Tensor) -> Tensor:
    """1x1 convolution without bias as one matrix product over all pixels.

    Args:
        x (Tensor): (N, C, H, W), channels last (any other layout is copied first).
        weight (Tensor): (C_out, C, 1, 1) or (C_out, C).

    Returns:
        Tensor: (N, C_out, H, W), channels last.
    """
    return F.linear(x.permute(0, 2, 3, 1), weight.flatten(1)).permute(0, 3, 1, 2)
