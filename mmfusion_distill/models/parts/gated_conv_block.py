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


class DepthwiseConv2d(nn.Conv2d):
    """A depth-wise convolution of stride 1 that keeps the size, with the parameters of :class:`torch.nn.Conv2d`.

    In mixed precision on a processor oneDNN computes the gradient of its weights in bfloat16 4 to 5 times slower than
    in float32, which was 40 % of a training step of the teacher; so that gradient is computed in float32 there.
    """

    def __init__(self, channels: int, kernel_size: int) -> None:
        super().__init__(channels, channels, kernel_size, padding=kernel_size // 2, groups=channels)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        trained = torch.is_grad_enabled() and self.weight.requires_grad
        if trained and x.device.type == "cpu" and torch.is_autocast_enabled("cpu"):
            dtype = torch.get_autocast_dtype("cpu")
            return _FloatWeightGradient.apply(x.to(dtype), self.weight.to(dtype), self.bias.to(dtype))
        return super().forward(x)


class _FloatWeightGradient(torch.autograd.Function):
    """The convolution in the dtype of its arguments, its gradient with respect to the weights in float32."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return F.conv2d(x, weight, bias, padding=weight.shape[-1] // 2, groups=len(weight))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        padding, groups = weight.shape[-1] // 2, len(weight)
        shared = dict(padding=padding, groups=groups)
        by_x = nn.grad.conv2d_input(x.shape, weight, gradient, **shared)
        by_weight = nn.grad.conv2d_weight(x.float(), weight.shape, gradient.float(), **shared)
        return by_x, by_weight.to(weight.dtype), gradient.sum(dim=(0, 2, 3))


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
