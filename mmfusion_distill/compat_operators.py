"""Compiled operators of mmcv, served by torchvision where it has the same.

The functions have the names and arguments of `mmcv._ext` (mmcv 2.1), which mmcv's Python files call, and like these
write into the tensors that they are given; so every name of `mmcv.ops` above them (`nms`, `batched_nms`, `RoIAlign`,
`DeformConv2d`, `ModulatedDeformConv2d`, `sigmoid_focal_loss`) means what it always does. Only `compat` uses this
module, and only where mmcv has no compiled operators.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torchvision
from torch import Tensor
from torch.nn import functional as F

from .user_errors import MissingOperatorError


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float, offset: int) -> Tensor:
    """Indices of the boxes that stay, the best first.

    Args:
        boxes (Tensor): (N, 4), x1, y1, x2, y2.
        scores (Tensor): (N,).
        iou_threshold (float): Boxes that overlap a better one by more go.
        offset (int): 1 where x2 and y2 are the last pixels, 0 where they are borders.
    """
    # With an offset a side measures x2 - x1 + 1, and so does the overlap: as of boxes whose ends lie one further.
    boxes = boxes + boxes.new_tensor([0, 0, offset, offset]) if offset else boxes
    return torchvision.ops.nms(boxes, scores, iou_threshold)


def roi_align_forward(input: Tensor, rois: Tensor, output: Tensor, *buffers: Tensor, **settings: Any) -> None:
    """Fill `output` (K, C, aligned_height, aligned_width) with the means of regions (K, 5)."""
    output.copy_(_roi_align(rois, settings)(input))


def roi_align_backward(
    grad_output: Tensor,
    rois: Tensor,
    argmax_y: Tensor,
    argmax_x: Tensor,
    grad_input: Tensor,
    **settings: Any,
) -> None:
    """Fill `grad_input` (N, C, H, W)."""
    # A linear map: where its gradient is taken does not matter.
    _fill_gradients(_roi_align(rois, settings), [torch.zeros_like(grad_input)], grad_output, [grad_input])


def _roi_align(rois: Tensor, settings: dict[str, Any]) -> Callable[[Tensor], Tensor]:
    if settings["pool_mode"] == 0:
        raise MissingOperatorError("roi_align with pool_mode='max'")
    size = settings["aligned_height"], settings["aligned_width"]
    scale, samples, aligned = (settings[name] for name in ("spatial_scale", "sampling_ratio", "aligned"))

    def align(x: Tensor) -> Tensor:
        return torchvision.ops.roi_align(x, rois, size, scale, samples, aligned)

    return align


def deform_conv_forward(
    input: Tensor, weight: Tensor, offset: Tensor, output: Tensor, *buffers: Tensor, **settings: Any
) -> None:
    """Fill `output` with a deformable convolution (version 1)."""
    output.copy_(_deform_conv(settings)(input, offset, weight))


def deform_conv_backward_input(
    input: Tensor,
    offset: Tensor,
    grad_output: Tensor,
    grad_input: Tensor,
    grad_offset: Tensor,
    weight: Tensor,
    *buffers: Tensor,
    **settings: Any,
) -> None:
    """Fill the gradients of input and offsets."""
    convolve = _deform_conv(settings)
    _fill_gradients(
        lambda x, o: convolve(x, o, weight), [input, offset], grad_output, [grad_input, grad_offset]
    )


def deform_conv_backward_parameters(
    input: Tensor,
    offset: Tensor,
    grad_output: Tensor,
    grad_weight: Tensor,
    *buffers: Tensor,
    scale: float = 1,
    **settings: Any,
) -> None:
    """Fill the gradient of the kernel."""
    convolve = _deform_conv(settings)
    _fill_gradients(
        lambda w: convolve(input, offset, w),
        [torch.zeros_like(grad_weight)],
        grad_output * scale,
        [grad_weight],
    )


def _deform_conv(settings: dict[str, Any]) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """The convolution with mmcv's settings; groups follow from the shapes."""
    stride, padding, dilation = (
        (settings[f"{name}H"], settings[f"{name}W"]) for name in ("d", "pad", "dilation")
    )

    def convolve(x: Tensor, offset: Tensor, weight: Tensor) -> Tensor:
        return torchvision.ops.deform_conv2d(x, offset, weight, None, stride, padding, dilation)

    return convolve


def modulated_deform_conv_forward(
    input: Tensor,
    weight: Tensor,
    bias: Tensor,
    ones: Tensor,
    offset: Tensor,
    mask: Tensor,
    output: Tensor,
    columns: Tensor,
    **settings: Any,
) -> None:
    """Fill `output` with a modulated deformable convolution (version 2)."""
    output.copy_(_modulated_deform_conv(settings)(input, offset, mask, weight, bias))


def modulated_deform_conv_backward(
    input: Tensor,
    weight: Tensor,
    bias: Tensor,
    ones: Tensor,
    offset: Tensor,
    mask: Tensor,
    columns: Tensor,
    grad_input: Tensor,
    grad_weight: Tensor,
    grad_bias: Tensor,
    grad_offset: Tensor,
    grad_mask: Tensor,
    grad_output: Tensor,
    **settings: Any,
) -> None:
    """Fill the gradients of everything that has one."""
    sources = [input, offset, mask, weight]
    gradients = [grad_input, grad_offset, grad_mask, grad_weight]
    if settings["with_bias"]:
        sources.append(bias)
        gradients.append(grad_bias)
    _fill_gradients(_modulated_deform_conv(settings), sources, grad_output, gradients)


def _modulated_deform_conv(settings: dict[str, Any]) -> Callable[..., Tensor]:
    stride, padding, dilation = (
        (settings[f"{name}_h"], settings[f"{name}_w"]) for name in ("stride", "pad", "dilation")
    )

    def convolve(
        x: Tensor, offset: Tensor, mask: Tensor, weight: Tensor, bias: Tensor | None = None
    ) -> Tensor:
        bias = bias if settings["with_bias"] else None
        return torchvision.ops.deform_conv2d(x, offset, weight, bias, stride, padding, dilation, mask)

    return convolve


def sigmoid_focal_loss_forward(
    input: Tensor, target: Tensor, weight: Tensor, output: Tensor, gamma: float, alpha: float
) -> None:
    """Fill `output` (N, C) with the losses of N boxes; `target` (N,) is C for the background."""
    output.copy_(_focal_loss(input, target, weight, gamma, alpha))


def sigmoid_focal_loss_backward(
    input: Tensor, target: Tensor, weight: Tensor, grad_input: Tensor, gamma: float, alpha: float
) -> None:
    """Fill `grad_input` (N, C)."""
    ones = torch.ones_like(input)
    _fill_gradients(lambda x: _focal_loss(x, target, weight, gamma, alpha), [input], ones, [grad_input])


def _focal_loss(logits: Tensor, target: Tensor, weight: Tensor, gamma: float, alpha: float) -> Tensor:
    classes = logits.shape[1]
    one_hot = F.one_hot(target, classes + 1)[:, :classes].to(logits.dtype)
    losses = torchvision.ops.sigmoid_focal_loss(logits, one_hot, alpha, gamma)
    if weight.numel():
        # Boxes of the background have no class to be weighed by.
        losses = losses * F.pad(weight, (0, 1), value=1.0)[target][:, None]
    return losses


def _fill_gradients(
    function: Callable[..., Tensor], sources: list[Tensor], grad_output: Tensor, gradients: list[Tensor]
) -> None:
    """Differentiate again what ran without a graph: mmcv's functions keep their inputs, not a graph."""
    with torch.enable_grad():
        leaves = [source.detach().requires_grad_() for source in sources]
        found = torch.autograd.grad(function(*leaves), leaves, grad_output)
    for gradient, value in zip(gradients, found):
        gradient.copy_(value)
