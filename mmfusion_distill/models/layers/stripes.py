"""Inference over stripes of rows: the same values from a working set that stays in the cache.

Maps of a whole image are large and short-lived: reading, writing and faulting in their memory costs more than the
arithmetic. Every operation of the blocks but the sum over pixels in the channel attention is local, so inference
on a CPU takes some rows through a whole chain of operations before it takes the next.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

# Of one intermediate map of a stripe: a few of them fit into a shared cache.
STRIPE_BYTES = 4 * 2**20


class Stripe(NamedTuple):
    """Rows of one sample.

    Attributes:
        sample (int): Index in the batch.
        first (int): First row.
        last (int): Row behind the last.
        top (int): Rows of context that are available above.
        bottom (int): Rows of context that are available below.
    """

    sample: int
    first: int
    last: int
    top: int
    bottom: int

    def rows(self, x: Tensor) -> Tensor:
        """The stripe's rows of a map: (1, C, last - first, W)."""
        return x[self.sample : self.sample + 1, :, self.first : self.last]

    def rows_with_context(self, x: Tensor) -> Tensor:
        """The stripe's rows of a map and the context: (1, C, top + last - first + bottom, W)."""
        return x[self.sample : self.sample + 1, :, self.first - self.top : self.last + self.bottom]


def runs_in_stripes(x: Tensor) -> bool:
    """Whether to go by stripes: in inference on a CPU, but not when a graph of the network is recorded."""
    if torch.is_grad_enabled() or x.device.type != "cpu":
        return False
    return not (torch.jit.is_tracing() or torch.jit.is_scripting() or torch.compiler.is_compiling())


def stripes(x: Tensor, context: int, channels: int, multiple: int = 8) -> Iterator[Stripe]:
    """Cut a map into stripes.

    Args:
        x (Tensor): (N, C, H, W).
        context (int): Rows that the operation looks at beyond the stripe.
        channels (int): Channels of the widest intermediate map; with the width it decides how many rows fit.
        multiple (int): What the number of rows is a multiple of. Default: 8.

    Yields:
        Stripe: The stripes, sample by sample, from top to bottom.
    """
    samples, _, height, width = x.shape
    rows = STRIPE_BYTES // (4 * channels * width)
    rows = max(rows // multiple, 1) * multiple
    for sample in range(samples):
        for first in range(0, height, rows):
            last = min(first + rows, height)
            yield Stripe(sample, first, last, min(context, first), min(context, height - last))


def map_stripes(
    function: Callable[[Tensor, int, int], Tensor], x: Tensor, context: int, channels: int, multiple: int = 8
) -> Tensor:
    """Apply a local operation stripe by stripe.

    Args:
        function (Callable): Takes a stripe with its context (1, C, rows, W) and the rows of context above and
            below, which are fewer than `context` at the border of the map; returns (1, C_out, rows, W) without the
            context.
        x (Tensor): (N, C, H, W), channels last.
        context (int): Rows that the operation looks at beyond the stripe.
        channels (int): Channels of the widest intermediate map.
        multiple (int): What the number of rows is a multiple of. Default: 8.

    Returns:
        Tensor: (N, C_out, H, W), channels last.
    """
    out = None
    for stripe in stripes(x, context, channels, multiple):
        rows = function(stripe.rows_with_context(x), stripe.top, stripe.bottom)
        if out is None:
            shape = (x.shape[0], rows.shape[1], *x.shape[2:])
            out = torch.empty(shape, dtype=rows.dtype, device=x.device, memory_format=torch.channels_last)
        stripe.rows(out).copy_(rows)
    return out
