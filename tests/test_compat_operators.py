"""mmcv's operators give hand-computed results, be they compiled or served by torchvision."""

import math

import pytest
import torch
from torch.nn import functional as F

from mmfusion_distill import compat

compat.apply()

from mmcv import ops  # noqa: E402

SERVED = pytest.mark.skipif(not compat.placeholder_operators(), reason="a full mmcv is installed")


def test_nms_keeps_the_better_of_two_boxes():
    boxes = torch.tensor([[0.0, 0, 9, 4], [20, 20, 30, 30], [0, 0, 9, 9]])
    scores = torch.tensor([0.5, 0.6, 0.9])
    # overlap of first and last: 36 / 81 = 0.444, and 50 / 100 when ends belong to the boxes
    dets, kept = ops.nms(boxes, scores, 0.45)
    assert kept.tolist() == [2, 1, 0]
    assert dets[:, 4].tolist() == pytest.approx([0.9, 0.6, 0.5])
    assert ops.nms(boxes, scores, 0.45, offset=1)[1].tolist() == [2, 1]
    assert ops.nms(boxes, scores, 0.40)[1].tolist() == [2, 1]
    assert ops.nms(boxes, scores, 0.45, score_threshold=0.55)[1].tolist() == [2, 1]
    assert ops.nms(boxes, scores, 0.45, max_num=1)[1].tolist() == [2]
    assert ops.nms(torch.zeros(0, 4), torch.zeros(0), 0.5)[1].tolist() == []


def test_batched_nms_compares_boxes_of_one_class():
    boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 10], [0, 0, 10, 10]])
    scores, classes = torch.tensor([0.5, 0.9, 0.7]), torch.tensor([0, 1, 0])
    assert ops.batched_nms(boxes, scores, classes, dict(type="nms", iou_threshold=0.5))[1].tolist() == [1, 2]
    kept = ops.batched_nms(boxes, scores, classes, dict(type="nms", iou_threshold=0.5), class_agnostic=True)[
        1
    ]
    assert kept.tolist() == [1]


def test_roi_align_averages_a_ramp():
    ramp = torch.arange(8.0).expand(1, 1, 8, 8).clone().requires_grad_()
    rois = torch.tensor([[0.0, 0, 0, 4, 4]])
    # sample points at 0.5, 1.5 | 2.5, 3.5; aligned, pixel i has its centre at i + 0.5
    aligned = ops.roi_align(ramp, rois, (2, 2), 1.0, 2, "avg", True)
    assert aligned.flatten().tolist() == pytest.approx([0.5, 2.5, 0.5, 2.5])
    shifted = ops.roi_align(ramp, rois, (2, 2), 1.0, 2, "avg", False)
    assert shifted.flatten().tolist() == pytest.approx([1, 3, 1, 3])
    assert ops.RoIAlign((1, 1), 0.5, 2)(ramp, rois).item() == pytest.approx(0.5)
    # every output is a mean: its gradient adds up to one
    aligned[..., 1].sum().backward()
    assert ramp.grad[..., :4, :2].sum() == 0 and ramp.grad[..., :4, 2:4].sum() == pytest.approx(2)
    assert ramp.grad.sum() == pytest.approx(2)


@SERVED
def test_the_maximum_of_regions_says_that_it_is_missing():
    with pytest.raises(
        compat.MissingOperatorError, match="'roi_align with pool_mode='max'' is not installed"
    ):
        ops.roi_align(torch.zeros(1, 1, 8, 8), torch.tensor([[0.0, 0, 0, 4, 4]]), (2, 2), 1.0, 2, "max", True)


@pytest.mark.parametrize("groups", [1, 2])
def test_deformable_convolutions_without_offsets_are_convolutions(groups):
    x = torch.rand(2, 4, 7, 9, requires_grad=True)
    weight = torch.rand(6, 4 // groups, 3, 3, requires_grad=True)
    bias = torch.rand(6, requires_grad=True)
    settings = dict(stride=(2, 1), padding=(1, 0), dilation=(1, 2))
    expected = F.conv2d(x, weight, None, groups=groups, **settings)
    wanted = torch.autograd.grad(expected.square().sum(), (x, weight))
    offset = torch.zeros(2, 2 * 2 * 9, *expected.shape[-2:])
    mask = torch.full((2, 2 * 9, *expected.shape[-2:]), 0.5)

    result = ops.deform_conv2d(x, offset, weight, (2, 1), (1, 0), (1, 2), groups, 2)
    torch.testing.assert_close(result, expected)
    for got, want in zip(torch.autograd.grad(result.square().sum(), (x, weight)), wanted):
        torch.testing.assert_close(got, want)

    halved = ops.modulated_deform_conv2d(x, offset, mask, weight, bias, (2, 1), (1, 0), (1, 2), groups, 2)
    torch.testing.assert_close(halved, expected / 2 + bias[:, None, None])
    got = torch.autograd.grad(halved.sum(), bias)[0]
    assert got.tolist() == [expected[:, 0].numel()] * 6


def test_offsets_move_what_a_deformable_convolution_reads():
    x = torch.arange(25.0).reshape(1, 1, 5, 5)
    weight = torch.ones(1, 1, 1, 1)
    offset = torch.zeros(1, 2, 5, 5, requires_grad=True)
    moved = offset + torch.tensor([1.0, 0.5])[:, None, None]  # one down, half a pixel to the right
    result = ops.deform_conv2d(x, moved, weight)
    assert result[0, 0, 0, 0].item() == pytest.approx(5.5)
    result[0, 0, 0, 0].backward()
    # the image rises by 5 a row and 1 a column
    assert offset.grad[0, :, 0, 0].tolist() == pytest.approx([5, 1])


def test_a_layer_with_modulated_offsets_learns():
    layer = ops.ModulatedDeformConv2dPack(3, 4, 3, padding=1)
    layer(torch.rand(1, 3, 6, 6)).square().sum().backward()
    assert all(parameter.grad is not None for parameter in layer.parameters())
    assert layer.conv_offset.weight.grad.abs().sum() > 0


@SERVED
def test_focal_loss_of_undecided_boxes():
    logits = torch.zeros(2, 2, requires_grad=True)
    target = torch.tensor([1, 2])  # class 1, and the background
    losses = ops.sigmoid_focal_loss(logits, target, 2.0, 0.25, None, "none")
    near, far = 0.25 * 0.25 * math.log(2), 0.75 * 0.25 * math.log(2)
    assert losses.flatten().tolist() == pytest.approx([far, near, far, far])
    losses.sum().backward()
    # d/dx of -a (1 - p)^2 ln p at p = 1/2: -a (1/8 + ln 2 / 4)
    slope = 1 / 8 + math.log(2) / 4
    assert logits.grad.flatten().tolist() == pytest.approx(
        [0.75 * slope, -0.25 * slope, 0.75 * slope, 0.75 * slope]
    )
    weighed = ops.sigmoid_focal_loss(logits, target, 2.0, 0.25, torch.tensor([1.0, 3.0]), "none")
    assert weighed.flatten().tolist() == pytest.approx([3 * far, 3 * near, far, far])
