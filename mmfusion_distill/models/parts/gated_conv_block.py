"""The convolutional block of the fast networks."""

from typing import Any

import torch
from mmengine.model import constant_init, normal_init
from torch import Tensor, nn
from torch.nn import functional as F

from ...registry import MODELS
from ...user_errors import UserError
from ..ops.runtime_forms import conv_to_halves, strips
from .roles import Block

#: Widest kernel for which oneDNN has fast code for the gradient of depth-wise weights.
_FAST_WIDTH = 3


class DepthwiseConv2d(nn.Conv2d):
    """A depth-wise convolution of stride 1 that keeps the size, with the parameters of :class:`torch.nn.Conv2d`.

    On a processor oneDNN computes the gradient of its weights in bfloat16 4 to 5 times slower than in float32, and of
    kernels wider than 3 another 5 times slower (72 maps of 88x172: 37 to 75 ms instead of 8 to 15). So there it is
    computed in float32, three columns of the kernel at a time.
    """

    def __init__(self, channels: int, kernel_size: int) -> None:
        super().__init__(channels, channels, kernel_size, padding=kernel_size // 2, groups=channels)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        # A recorded graph cannot hold a function of its own.
        trained = torch.is_grad_enabled() and self.weight.requires_grad and not torch.jit.is_tracing()
        dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else x.dtype
        if trained and x.device.type == "cpu" and dtype != torch.float64:
            return _TrainedOnProcessor.apply(x.to(dtype), self.weight.to(dtype), self.bias.to(dtype))
        return super().forward(x)


class _TrainedOnProcessor(torch.autograd.Function):
    """The convolution in the dtype of its arguments, its gradient with respect to the weights in float32."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return F.conv2d(x, weight, bias, padding=weight.shape[-1] // 2, groups=len(weight))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        padding, groups = weight.shape[-1] // 2, len(weight)
        by_x = nn.grad.conv2d_input(x.shape, weight, gradient, padding=padding, groups=groups)
        by_weight = _weight_gradient(x, gradient, weight.shape[-1])
        return by_x, by_weight.to(weight.dtype), gradient.sum(dim=(0, 2, 3))


def _weight_gradient(x: Tensor, gradient: Tensor, side: int) -> Tensor:
    """Of a depth-wise convolution with a kernel of `side` by `side`, (C, 1, side, side) in float32."""
    reach, width = side // 2, x.shape[-1]
    padded, gradient = F.pad(x.float(), (reach, reach)), gradient.float()
    columns = []
    for first in range(0, side, _FAST_WIDTH):
        last = min(first + _FAST_WIDTH, side)
        shape = (x.shape[1], 1, side, last - first)
        seen = padded[..., first : width + last - 1]
        columns.append(nn.grad.conv2d_weight(seen, shape, gradient, padding=(reach, 0), groups=x.shape[1]))
    return torch.cat(columns, dim=-1)


@MODELS.register_module()
class GatedConvBlock(Block):
    """Depth-wise convolution, gate, channel attention by pooling; residual: x -> x + project(gate(x) * value(x)).

    It has no normalisation, which would cost a pass over memory; its last projection starts small instead, so that
    a stack of blocks starts near the identity. Gate as in Restormer's feed-forward network (Zamir et al., CVPR 2022,
    Eq. 3) but by ReLU, which costs a tenth of GELU on half of a map's channels; channel attention as in NAFNet
    (Chen et al., ECCV 2022, Eq. 9), between 0 and 2 and 1 at the start.

    Args:
        channels (int): Channels in and out.
        kernel_size (int): Side of the depth-wise convolution, odd. Default: 5.
        expansion (float): Hidden channels are `int(expansion * channels)`. Default: 1.5.
        pooled_attention (bool): Whether hidden channels are weighted by what the whole map holds. Without it the
            block is local, so that large images go through in tiles. Default: False.
        init_cfg (dict, optional): As in mmengine. Default: None.

    Raises:
        UserError: If the kernel size is even.
    """

    def __init__(
        self,
        channels: int,
        kernel_size: int = 5,
        expansion: float = 1.5,
        pooled_attention: bool = False,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        if kernel_size % 2 == 0:
            raise UserError(f"GatedConvBlock: kernel_size={kernel_size} must be odd")
        hidden = int(expansion * channels)
        #: Pixels around it that a value depends on; None: the whole map.
        self.reach = None if pooled_attention else kernel_size // 2
        self.depthwise = DepthwiseConv2d(channels, kernel_size)
        self.project_in = nn.Conv2d(channels, 2 * hidden, 1)
        self.project_out = nn.Conv2d(hidden, channels, 1)
        normal_init(self.project_out, std=0.02)
        self.attention = None
        if pooled_attention:
            self.attention = nn.Linear(hidden, hidden)
            constant_init(self.attention, 0)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        y = self._gated(self.depthwise(x))
        if self.attention is not None:
            weight = 2 * torch.sigmoid(self.attention(y.mean(dim=(2, 3))))
            y = y * weight[:, :, None, None]
        # In its own memory, since to have a map anew costs more than the sum.
        return self.project_out(y).add_(x)

    def _gated(self, x: Tensor) -> Tensor:
        rows = strips(x, self.project_in.out_channels)
        if len(rows) == 1:
            gate, value = conv_to_halves(x, self.project_in)
            gate = F.relu(gate)
            # For its gradient the gate has to stay as it is.
            return gate * value if gate.requires_grad else gate.mul_(value)
        n, _, height, width = x.shape
        hidden = self.project_in.out_channels // 2
        y = x.new_empty((n, hidden, height, width)).contiguous(memory_format=torch.channels_last)
        for part in rows:
            gate, value = conv_to_halves(x[:, :, part], self.project_in)
            torch.mul(F.relu(gate), value, out=y[:, :, part])
        return y
