"""Losses of what an operator looks for, on scenes made for each."""

import pytest
import torch

from mmfusion_distill.annotation.event_types import READ_EVENTS
from mmfusion_distill.registry import MODELS


def build(name, **kwargs):
    return MODELS.build(dict(type=name, **kwargs))


def even(level):
    return torch.full((1, 1, 96, 96), float(level))


def with_square(image, level, half):
    image = image.clone()
    image[..., 48 - half : 48 + half, 48 - half : 48 + half] = level
    return image


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_what_is_lost_of_b_in_glare(share):
    img_b = with_square(even(0.3), 0.6, half=8)
    fused = with_square(even(0.6), 0.6 + 0.3 * share, half=8)
    loss = build("GlareContrastLoss")
    assert float(loss(fused, even(1), img_b)) == pytest.approx(1 - share, abs=0.02)
    assert float(loss(fused, even(0.8), img_b)) == 0  # no glare
    assert float(loss(fused, even(1), even(0.3))) == 0  # nothing of B to be seen
    assert float(
        build("GlareContrastLoss", goal=0.4, loss_weight=2)(even(0.6), even(1), img_b)
    ) == pytest.approx(0.8, abs=0.02)


def test_what_is_lost_of_a_inside_hot_objects():
    torch.manual_seed(0)
    img_a, img_b = 0.3 + 0.2 * torch.rand(1, 1, 96, 96), with_square(even(0.2), 0.9, half=20)
    loss = build("HotDetailLoss")
    assert float(loss(img_a + 0.3, img_a, img_b)) == pytest.approx(0, abs=0.01)
    assert float(loss(img_b, img_a, img_b)) == pytest.approx(0.8, abs=0.05)
    assert float(loss(img_b, img_a, even(0.2))) == 0


def test_what_is_lost_of_mri_under_a_bright_tracer():
    torch.manual_seed(0)
    slice_of = with_square(even(0), 1, half=40)
    tracer = slice_of * with_square(even(0.2), 0.9, half=20)
    mri = slice_of * (0.3 + 0.2 * torch.rand(1, 1, 96, 96))
    loss = build("TracerDetailLoss")
    assert float(loss(0.5 * tracer + mri, tracer, mri)) == pytest.approx(0, abs=0.01)
    assert float(loss(tracer, tracer, mri)) == pytest.approx(0.8, abs=0.05)
    assert float(loss(slice_of, 0.2 * slice_of, mri)) == 0  # no tracer
    assert float(loss(tracer, tracer + 0.1, mri + 0.1)) == 0  # a street has no black ground


def test_slopes_of_the_sources_are_true_and_rings_are_not():
    loss = build("FalseSlopeLoss")
    img_a, img_b = with_square(even(0.4), 0.7, half=24), even(0.5)
    ring = with_square(with_square(even(0.4), 0.2, half=40), 0.7, half=24)
    for fused in (img_a, img_b, (img_a + img_b) / 2):
        assert float(loss(fused, img_a, img_b)) == pytest.approx(0, abs=1e-4)
    assert float(loss(ring, img_a, img_b)) > 0.2


def test_a_clear_sky_stays_as_bright_as_in_a():
    loss = build("ClearSkyLoss")
    img_a, img_b = even(0.7), with_square(even(0.2), 0.9, half=20)
    assert float(loss(img_a, img_a, img_b)) == 0
    assert float(loss(img_a - 0.03, img_a, img_b)) == 0  # allowed
    assert float(loss(img_a - 0.24, img_a, img_b)) == pytest.approx(0.2, abs=0.02)
    assert float(loss(img_a + 0.2, img_a, img_b)) == 0  # brighter is no dusk
    assert float(loss(img_b, even(0.1), img_b)) == 0  # a night has no clear sky


@pytest.mark.parametrize(
    "name", ["GlareContrastLoss", "HotDetailLoss", "TracerDetailLoss", "FalseSlopeLoss", "ClearSkyLoss"]
)
def test_gradients_are_finite_where_there_is_nothing(name):
    fused = even(0.5).requires_grad_()
    build(name)(fused, even(1), even(0)).backward()
    assert torch.isfinite(fused.grad).all()


def test_events_are_told_where_somebody_looked():
    loss = build("EventLoss", loss_weight=1.0)
    wanted = ("haze", "ir_noise")
    right = torch.tensor([[20.0 if name in wanted else -20.0 for name in READ_EVENTS]])
    assert float(loss(right, [wanted])) == pytest.approx(0, abs=1e-6)
    assert float(loss(-right, [wanted])) == pytest.approx(20)
    assert float(loss(-right, [("normal",)])) > 1
    # nobody looked at the second pair, and at none at all
    assert float(loss(torch.cat([right, -right]), [wanted, None])) == pytest.approx(0, abs=1e-6)
    assert float(loss(right.requires_grad_(), [None])) == 0
