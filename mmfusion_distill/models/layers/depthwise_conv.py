"""Depth-wise convolution whose weights are trained in float32 where bfloat16 is slow."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class DepthwiseConv2d(nn.Conv2d):
    """A depth-wise convolution of stride 1 that keeps the size, with the parameters of :class:`torch.nn.Conv2d`.

    In mixed precision on a processor oneDNN computes the gradient of its weights in bfloat16 4 to 5 times slower than
    in float32, which was 40 % of a training step of the teacher; so that gradient is computed in float32 there.

    Args:
        channels (int): Channels in and out.
        kernel_size (int): Side of the kernel, odd.
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
