"""Compiled operators of mmcv, served by torchvision where it has the same.

The functions have the names and arguments of `mmcv._ext` (mmcv 2.1), which mmcv's Python files call, and like these
write into the tensors that they are given; so every name of `mmcv.ops` above them (`nms`, `batched_nms`, `RoIAlign`,
`DeformConv2d`, `ModulatedDeformConv2d`, `sigmoid_focal_loss`) means what it always does. Only `compat` uses this
module, and only where mmcv has no compiled operators.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
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


def roi_align_backward(grad_output: Tensor, rois: Tensor, *tensors: Tensor, **settings: Any) -> None:
    """Fill the last of the tensors, `grad_input` (N, C, H, W)."""
    grad_input = tensors[-1]
    # A linear map: where its gradient is taken does not matter.
    _fill_gradients(_roi_align(rois, settings), [torch.zeros_like(grad_input)], grad_output, [grad_input])


def _roi_align(rois: Tensor, settings: dict[str, Any]) -> Callable[[Tensor], Tensor]:
    if settings["pool_mode"] == 0:
        raise MissingOperatorError("roi_align with pool_mode='max'")
    size = settings["aligned_height"], settings["aligned_width"]
    names = ("spatial_scale", "sampling_ratio", "aligned")
    shared = {name: settings[name] for name in names}
    return partial(torchvision.ops.roi_align, boxes=rois, output_size=size, **shared)


def deform_conv_forward(*tensors: Tensor, **settings: Any) -> None:
    """Fill `output` with a deformable convolution (version 1)."""
    input, weight, offset, output, *_ = tensors
    output.copy_(_deform_conv(settings)(input, offset, weight))


def deform_conv_backward_input(*tensors: Tensor, **settings: Any) -> None:
    """Fill the gradients of input and offsets."""
    input, offset, grad_output, grad_input, grad_offset, weight, *_ = tensors
    convolve = partial(_deform_conv(settings), weight=weight)
    _fill_gradients(convolve, [input, offset], grad_output, [grad_input, grad_offset])


def deform_conv_backward_parameters(*tensors: Tensor, scale: float = 1, **settings: Any) -> None:
    """Fill the gradient of the kernel."""
    input, offset, grad_output, grad_weight, *_ = tensors
    convolve = partial(_deform_conv(settings), input, offset)
    _fill_gradients(convolve, [torch.zeros_like(grad_weight)], grad_output * scale, [grad_weight])


def modulated_deform_conv_forward(*tensors: Tensor, **settings: Any) -> None:
    """Fill `output` with a modulated deformable convolution (version 2)."""
    input, weight, bias, _, offset, mask, output, _ = tensors
    optional = [bias] if settings["with_bias"] else []
    output.copy_(_deform_conv(settings)(input, offset, weight, mask, *optional))


def modulated_deform_conv_backward(*tensors: Tensor, **settings: Any) -> None:
    """Fill the gradients of everything that has one."""
    input, weight, bias, _, offset, mask, _, *gradients, grad_output = tensors
    grad_input, grad_weight, grad_bias, grad_offset, grad_mask = gradients
    sources, wanted = [input, offset, weight, mask], [grad_input, grad_offset, grad_weight, grad_mask]
    if settings["with_bias"]:
        sources.append(bias)
        wanted.append(grad_bias)
    _fill_gradients(_deform_conv(settings), sources, grad_output, wanted)


def _deform_conv(settings: dict[str, Any]) -> Callable[..., Tensor]:
    """The convolution with the settings of either version; groups follow from the shapes."""
    names = ("dH", "dW", "padH", "padW", "dilationH", "dilationW")
    if "stride_h" in settings:
        names = ("stride_h", "stride_w", "pad_h", "pad_w", "dilation_h", "dilation_w")
    lengths = [settings[name] for name in names]
    stride, padding, dilation = lengths[:2], lengths[2:4], lengths[4:]

    def convolve(
        x: Tensor, offset: Tensor, weight: Tensor, mask: Tensor | None = None, bias: Tensor | None = None
    ) -> Tensor:
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
