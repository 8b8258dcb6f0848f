"""Signed gradients, base intensity, local contrast and SSIM to the better source: hand-computed values."""

import pytest
import torch
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from mmengine.config import Config

from mmfusion_distill.models.losses.ssim_loss import ssim_map
from mmfusion_distill.registry import MODELS

LOSSES = ["SignedGradientLoss", "BaseIntensityLoss", "LocalContrastLoss", "BestStructureSSIMLoss"]


def build(name, **kwargs):
    return MODELS.build(dict(type=name, **kwargs))


def constant(value, size=16):
    return torch.full((1, 1, size, size), float(value))


def step(low=0.0, high=1.0, size=16):
    """Dark left half, bright right half."""
    image = constant(low, size)
    image[..., size // 2 :] = high
    return image


def stripes(amplitude):
    """Columns that alternate by an amplitude around a half."""
    return 0.5 + amplitude / 2 * torch.tensor([-1.0, 1.0]).repeat(8).expand(1, 1, 16, 16)


def test_an_inverted_edge_is_no_edge():
    images = step(1, 0), step(), constant(0.4)
    assert float(build("JointGradientLoss")(*images)) == pytest.approx(0, abs=1e-6)
    # at either of two columns |dx F - dx A| = 8; of 16, 8 and 4 columns at the three scales
    assert float(build("SignedGradientLoss")(*images)) == pytest.approx(
        (8 * 2 / 16 + 8 * 2 / 8 + 8 * 2 / 4) / 3
    )
    assert float(build("SignedGradientLoss", num_scales=1)(*images)) == pytest.approx(1)


def test_the_signed_gradient_wanted_is_that_of_the_stronger_source():
    loss = build("SignedGradientLoss", num_scales=1, reduction="none")
    weak, strong = step(0.2, 0.7), step(1, 0)
    for img_a, img_b in ((weak, strong), (strong, weak)):
        assert float(loss(strong, img_a, img_b)) == pytest.approx(0, abs=1e-6)
        # dx 2 where -4 is wanted
        assert float(loss(weak, img_a, img_b)) == pytest.approx(6 * 2 / 16)
    # a horizontal and a vertical edge: where they cross the gradient is taken as a whole from one of them
    across = step().transpose(2, 3)
    assert float(loss(step(), step(), across)) == pytest.approx(4 * (2 * 16 - 2 * 2) / 256)


def test_intensity_is_that_of_a_where_b_is_even_whatever_its_level():
    loss = build("BaseIntensityLoss")
    for level in (0, 0.5, 1):
        assert float(loss(constant(0.3), constant(0.3), constant(level))) == pytest.approx(0, abs=1e-6)
        assert float(loss(constant(0.5), constant(0.3), constant(level))) == pytest.approx(0.2, abs=1e-6)


def test_what_is_hot_in_b_brightens():
    loss = build("BaseIntensityLoss", num_levels=0)
    # mean and deviation of the step are a half: a quarter is left of its bright half
    assert float(loss(constant(0.3), constant(0.3), step())) == pytest.approx(0.25 / 2, abs=1e-6)
    assert float(loss(step(0.3, 0.55), constant(0.3), step())) == pytest.approx(0, abs=1e-6)
    # at most white
    assert float(loss(step(0.9, 1.0), constant(0.9), step())) == pytest.approx(0, abs=1e-6)


def test_detail_is_no_intensity():
    fine = 0.5 + 0.25 * torch.tensor([1.0, 1.0, -1.0, -1.0]).repeat(24).expand(1, 1, 96, 96)
    # hardly more than the half period at either border
    assert float(build("BaseIntensityLoss")(fine, constant(0.5, 96), constant(0.2, 96))) < 0.02
    assert float(build("MaxIntensityLoss")(fine, constant(0.5, 96), constant(0.2, 96))) == pytest.approx(0.25)


def test_contrast_may_exceed_both_sources_but_not_fall_short():
    loss = build("LocalContrastLoss")
    flat, weak, strong = constant(0.5), stripes(0.25), stripes(0.5)
    # the deviation of stripes is half their amplitude
    assert float(loss(flat, strong, weak)) == pytest.approx(0.25, abs=2e-3)
    assert float(loss(weak, flat, strong)) == pytest.approx(0.125, abs=2e-3)
    assert float(loss(strong, flat, weak)) == 0
    # contrast, not level or sign
    assert float(loss(0.9 - strong, strong, weak)) == pytest.approx(0, abs=1e-4)


def test_contrast_is_that_inside_of_windows_that_overlap_by_half():
    # Of windows at 0, 4 and 8 only the middle ones see both halves, and these with a deviation of a half.
    loss = build("LocalContrastLoss")
    for edge in (step(), step().transpose(2, 3)):
        assert float(loss(constant(0.5), edge, constant(0.2))) == pytest.approx(0.5 / 3, abs=2e-3)
        assert float(loss(constant(0.5), constant(0.2), edge)) == pytest.approx(0.5 / 3, abs=2e-3)
    # Of two pixels too: one of fifteen lies across the edge.
    narrow = build("LocalContrastLoss", window_size=2)
    assert float(narrow(constant(0.5), step(), constant(0.2))) == pytest.approx(0.5 / 15, abs=1e-3)


def test_ssim_is_to_the_source_that_varies_more():
    loss = build("BestStructureSSIMLoss")
    strong, weak = torch.rand(2, 1, 16, 32), 0.4 + 0.1 * torch.rand(2, 1, 16, 32)
    assert float(loss(strong, strong, weak)) == pytest.approx(0, abs=1e-6)
    assert float(loss(strong, weak, strong)) == pytest.approx(0, abs=1e-6)
    expected = 1 - float(ssim_map(strong, weak).mean())
    assert float(loss(weak, strong, weak)) == pytest.approx(expected, rel=1e-5)


def test_ssim_is_to_source_a_where_both_vary_alike():
    loss, flat_a, flat_b = build("BestStructureSSIMLoss"), constant(0.25), constant(0.75)
    assert float(loss(flat_a, flat_a, flat_b)) == pytest.approx(0, abs=1e-6)
    assert float(loss(flat_b, flat_a, flat_b)) > 0.1


def test_ssim_changes_source_within_a_picture():
    detail, flat = torch.rand(1, 1, 16, 16), constant(0.5)
    img_a, img_b = torch.cat([detail, flat], dim=3), torch.cat([flat, detail], dim=3)
    both = torch.cat([detail, detail], dim=3)
    best = build("BestStructureSSIMLoss")
    half = (img_a + img_b) / 2
    # only windows across the seam see other pixels than their source has
    assert float(best(both, img_a, img_b)) < 0.75 * float(best(half, img_a, img_b))
    # the sum over both sources tells them apart less
    each = build("FusionSSIMLoss")
    assert float(each(both, img_a, img_b)) > 0.8 * float(each(half, img_a, img_b))


@pytest.mark.parametrize("name", LOSSES)
def test_values_per_sample_of_colour_gray_and_weighted(name):
    images = torch.rand(3, 3, 16, 24), torch.rand(3, 3, 16, 24), torch.rand(3, 1, 16, 24)
    each = build(name, reduction="none")(*images)
    assert each.shape == (3,)
    alone = build(name, loss_weight=2.0)(*(image[1:2] for image in images))
    assert float(alone) == pytest.approx(2 * float(each[1]), rel=1e-4)
    set_of_it = MODELS.build(dict(type="LossSet", losses=dict(it=dict(type=name))))
    assert float(set_of_it(*images)["loss_it"]) == pytest.approx(float(each.mean()), rel=1e-5)


def test_the_config_of_them_is_a_set_of_all():
    loss = MODELS.build(Config.fromfile(ROOT / "configs" / "_base_" / "losses_structure.py").fusion_loss)
    assert [type(term).__name__ for term in loss.losses.values()] == LOSSES
    assert set(loss(*[torch.rand(1, 1, 16, 16)] * 3)) == {
        "loss_gradient",
        "loss_intensity",
        "loss_contrast",
        "loss_ssim",
    }


@pytest.mark.parametrize("name", LOSSES)
@settings(max_examples=15, deadline=None)
@given(levels=st.tuples(*[st.sampled_from([0.0, 0.5, 1.0])] * 3))
def test_gradients_are_finite_where_nothing_varies(name, levels):
    fused, img_a, img_b = (constant(level) for level in levels)
    fused.requires_grad_()
    build(name)(fused, img_a, img_b).backward()
    assert torch.isfinite(fused.grad).all()


@pytest.mark.parametrize(
    "name, kwargs, message",
    [
        ("SignedGradientLoss", dict(num_scales=0), "num_scales=0 must be at least 1"),
        ("BaseIntensityLoss", dict(num_levels=-1), "num_levels=-1 must not be negative"),
        ("LocalContrastLoss", dict(window_size=1), "window_size=1 must be at least 2"),
    ],
)
def test_wrong_options_are_named(name, kwargs, message):
    with pytest.raises(ValueError, match=message):
        build(name, **kwargs)


@pytest.mark.parametrize("name", ["SignedGradientLoss", "BaseIntensityLoss", "LocalContrastLoss"])
@pytest.mark.parametrize("size", [(1, 1), (1, 16), (16, 1)])
def test_an_image_of_one_pixel_or_line_has_a_loss(name, size):
    assert torch.isfinite(build(name)(*[torch.rand(1, 1, *size)] * 3))
