"""The depth-wise convolution: its gradients in mixed precision, and that it is otherwise PyTorch's."""

import pytest
import torch
from torch import nn

from mmfusion_distill.models.parts.gated_conv_block import DepthwiseConv2d


def gradients(layer: nn.Module, x: torch.Tensor, mixed: bool) -> list[torch.Tensor]:
    layer.zero_grad()
    x = x.clone().requires_grad_()
    with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
        y = layer(x)
    assert y.dtype == (torch.bfloat16 if mixed else torch.float32)
    (y.float() * torch.linspace(-1, 1, y.numel()).view(y.shape)).sum().backward()
    return [x.grad, layer.weight.grad.clone(), layer.bias.grad.clone()]


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
def test_in_mixed_precision_gradients_are_near_those_of_float32(layout):
    torch.manual_seed(0)
    layer = DepthwiseConv2d(8, 5)
    x = torch.randn(2, 8, 9, 14).contiguous(memory_format=layout)
    for mixed, exact in zip(gradients(layer, x, mixed=True), gradients(layer, x, mixed=False)):
        assert mixed.dtype == torch.float32
        # bfloat16 has 8 bits.
        assert (mixed - exact).abs().max() < 0.01 * exact.abs().max()


@pytest.mark.parametrize("side", [1, 3, 5, 7])
@pytest.mark.parametrize("size", [(9, 14), (2, 1)])
def test_gradients_are_those_of_a_convolution(side, size):
    torch.manual_seed(0)
    layer, plain = DepthwiseConv2d(3, side), nn.Conv2d(3, 3, side, padding=side // 2, groups=3)
    plain.load_state_dict(layer.state_dict())
    x = torch.randn(2, 3, *size)
    for ours, theirs in zip(gradients(layer, x, mixed=False), gradients(plain, x, mixed=False)):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_a_frozen_one_still_passes_gradients_on():
    layer = DepthwiseConv2d(4, 3).requires_grad_(False)
    x = torch.randn(1, 4, 6, 6, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        layer(x).float().sum().backward()
    assert x.grad.abs().sum() > 0


def test_it_can_be_recorded_while_it_is_trained():
    layer, x = DepthwiseConv2d(4, 5), torch.randn(1, 4, 6, 6)
    recorded = torch.jit.trace(layer, x)
    assert "PythonOp" not in str(recorded.graph)
    torch.testing.assert_close(recorded(x), layer(x))


def test_double_precision_is_kept():
    layer = DepthwiseConv2d(2, 5).double()
    x, weight = torch.randn(1, 2, 6, 7, dtype=torch.float64), layer.weight.detach().requires_grad_()
    (ours,) = torch.autograd.grad(layer(x).square().sum(), layer.weight)
    y = nn.functional.conv2d(x, weight, layer.bias.detach(), padding=2, groups=2)
    (theirs,) = torch.autograd.grad(y.square().sum(), weight)
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


def test_parameters_are_those_of_a_convolution():
    plain = nn.Conv2d(4, 4, 5, padding=2, groups=4)
    layer = DepthwiseConv2d(4, 5)
    layer.load_state_dict(plain.state_dict())
    x = torch.randn(1, 4, 7, 5)
    torch.testing.assert_close(layer(x), plain(x))
