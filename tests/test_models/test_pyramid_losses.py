"""Differentiable measures, and the losses that compare with the Laplacian pyramid."""

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mmfusion_distill.evaluation import compute_metrics
from mmfusion_distill.models.losses import MEASURES, fusion_measures
from mmfusion_distill.models.ops.laplacian_bands import laplacian_fusion
from mmfusion_distill.registry import MODELS
from mmfusion_distill.user_errors import UserError

SIZE = 96


def build(name, **kwargs):
    return MODELS.build(dict(type=name, **kwargs))


@pytest.fixture
def triple():
    """Two generated sources and their pyramid, (3, 1, 96, 96) of whole gray levels in [0, 1]."""
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(SIZE, SIZE, 2)).astype(np.float32)
    layers = sum(sigma * cv2.GaussianBlur(noise, (0, 0), sigma) for sigma in (1, 3, 9))
    levels = np.clip(115 + 50 * layers, 0, 255)
    levels[30:60, 20:40, 1] = 220
    sources = torch.from_numpy(levels).permute(2, 0, 1)[:, None] / 255
    fused = laplacian_fusion(sources[:1], sources[1:]).clamp(0, 1)
    return (torch.cat([sources, fused]) * 255).round() / 255


def scores_of(triple, names):
    pictures = [(image * 255).round().byte().squeeze().numpy() for image in triple]
    return compute_metrics(*pictures, names)


@pytest.mark.parametrize(
    "name, tolerance",
    [("SD", 1e-3), ("SCD", 1e-3), ("VIF", 5e-3), ("SSIM", 1e-3)],
)
def test_measures_are_those_of_the_evaluation(triple, name, tolerance):
    img_a, img_b, fused = triple.split(1)
    value = float(fusion_measures(fused, img_a, img_b)[name])
    assert value == pytest.approx(scores_of(triple, [name])[name], rel=tolerance)


def test_spatial_frequency_leaves_out_the_border(triple):
    img_a, img_b, fused = triple.split(1)
    expected = scores_of(triple[..., 5:-5, 5:-5], ["SF"])["SF"]
    fused[..., :2] = torch.arange(fused.shape[2]).remainder(2)[:, None]
    assert float(fusion_measures(fused, img_a, img_b)["SF"]) == pytest.approx(expected, rel=1e-3)


def test_balanced_measures_are_those_of_the_neglected_source(triple):
    img_a, img_b, _ = triple.split(1)
    measures = fusion_measures(img_a, img_a, img_b)
    expected = scores_of(torch.cat([img_a, img_b, img_a]), ["SSIM_B", "VIF_B"])
    assert float(measures["SSIM_balanced"]) == pytest.approx(2 * expected["SSIM_B"], rel=0.01)
    assert float(measures["VIF_balanced"]) == pytest.approx(2 * expected["VIF_B"], rel=0.02)


def test_other_measures_order_pictures_as_the_evaluation_does(triple):
    img_a, img_b, fused = triple.split(1)
    candidates = {
        "pyramid": fused,
        "copy": img_a,
        "mean": (img_a + img_b) / 2,
        "faint": 0.5 + 0.2 * (fused - 0.5),
    }
    # Qabf here knows neither the edge that zero padding makes of a border, nor that angles jump at the vertical.
    for name in ("EN", "MI", "Qabf", "Qabf_balanced"):
        ours = {key: float(fusion_measures(image, img_a, img_b)[name]) for key, image in candidates.items()}
        theirs = {
            key: scores_of(torch.cat([img_a, img_b, image]), [name])[name]
            for key, image in candidates.items()
        }
        assert sorted(ours, key=ours.get) == sorted(theirs, key=theirs.get)


def test_measures_of_a_batch_are_those_of_its_samples(triple):
    img_a, img_b, fused = triple.split(1)
    batch = fusion_measures(torch.cat([fused, img_a]), torch.cat([img_a, img_b]), torch.cat([img_b, img_a]))
    assert list(batch) == list(MEASURES)
    for index, images in enumerate([(fused, img_a, img_b), (img_a, img_b, img_a)]):
        for name, value in fusion_measures(*images).items():
            assert float(batch[name][index]) == pytest.approx(float(value), rel=1e-3, abs=1e-4)


def test_a_few_steps_of_descent_lower_the_margin_loss(triple):
    img_a, img_b, fused = triple.split(1)
    loss = build("PyramidMarginLoss")
    fused = fused.clone().requires_grad_()
    optimizer = torch.optim.Adam([fused], lr=2e-3)
    values = []
    for _ in range(6):
        value = loss(fused, img_a, img_b)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        values.append(float(value))
    assert values[-1] < 0.9 * values[0]


def test_margin_is_what_is_missing_and_only_of_the_measures_wanted(triple):
    img_a, img_b, fused = triple.split(1)
    only_detail = dict.fromkeys(MEASURES, 0.0) | {"SF": 1.0}
    loss = build("PyramidMarginLoss", gains=only_detail)
    at_pyramid = float(loss(laplacian_fusion(img_a, img_b), img_a, img_b))
    # softplus(2 * 1) / 2 of a shortfall of one gain, and large ones by their logarithm
    shortfall = np.log1p(np.exp(2.0)) / 2
    assert at_pyramid == pytest.approx(4 * np.log1p(shortfall / 4), rel=1e-3)
    sharper = (fused + 0.5 * (fused - torch.nn.functional.avg_pool2d(fused, 3, 1, 1))).clamp(0, 1)
    assert float(loss(sharper, img_a, img_b)) < 0.2 * at_pyramid
    # what is no part of the wanted measures does not matter
    assert float(loss(1 - fused, img_a, img_b)) == pytest.approx(float(loss(fused, img_a, img_b)), rel=1e-3)


def test_what_lies_outside_the_range_wins_nothing(triple):
    img_a, img_b, fused = triple.split(1)
    loss = build("PyramidMarginLoss")
    outside = 2 * (fused - 0.5) + 0.5
    assert outside.min() < 0 and outside.max() > 1
    assert float(loss(outside, img_a, img_b)) == pytest.approx(float(loss(outside.clamp(0, 1), img_a, img_b)))


@pytest.mark.parametrize("level", [0, 64, 255])
def test_an_even_b_costs_nothing(triple, level):
    img_a, _, fused = triple.split(1)
    img_b = torch.full_like(img_a, level / 255)
    fused = fused.clone().requires_grad_()
    value = build("PyramidMarginLoss")(fused, img_a, img_b)
    value.backward()
    assert float(value) == 0
    assert float(fused.grad.abs().max()) == 0


def test_distance_is_that_of_luminance_to_the_clamped_pyramid_and_of_what_is_outside(triple):
    img_a, img_b, _ = triple.split(1)
    pyramid = laplacian_fusion(img_a, img_b).clamp(0, 1)
    loss = build("PyramidDistanceLoss")
    assert float(loss(pyramid, img_a, img_b)) == pytest.approx(0, abs=1e-6)
    even = torch.full_like(img_a, 0.4)
    # above A, which is the pyramid where B is even, by 0.1; then beyond white by 0.2
    assert float(loss(even + 0.1, even, even)) == pytest.approx(0.1, abs=1e-5)
    assert float(loss(even + 0.8, even, even)) == pytest.approx(0.8 + 2 * 0.2, abs=1e-5)


@settings(max_examples=12, deadline=None)
@given(levels=st.tuples(*[st.sampled_from([0.0, 0.5, 1.0])] * 3), texture=st.booleans())
def test_gradients_are_finite_where_nothing_varies(levels, texture):
    fused, img_a, img_b = (torch.full((1, 1, 48, 48), level) for level in levels)
    if texture:
        img_b = torch.rand(1, 1, 48, 48)
    fused.requires_grad_()
    total = build("PyramidMarginLoss")(fused, img_a, img_b) + build("PyramidDistanceLoss")(
        fused, img_a, img_b
    )
    total = total + sum(value.sum() for value in fusion_measures(fused, img_a, img_b).values())
    total.backward()
    assert torch.isfinite(total)
    assert torch.isfinite(fused.grad).all()


def test_an_unknown_measure_is_named():
    with pytest.raises(ValueError, match=r"'SIM'.*the measures are EN, SD"):
        build("PyramidMarginLoss", gains=dict(SIM=1.0))


def test_a_set_names_its_losses_and_is_not_empty(triple):
    img_a, img_b, fused = triple.split(1)
    losses = dict(near=dict(type="PyramidDistanceLoss", loss_weight=3.0), far=dict(type="MaxIntensityLoss"))
    values = build("LossSet", losses=losses)(fused, img_a, img_b, events=[["low_light"]])
    assert list(values) == ["loss_near", "loss_far"]
    alone = build("PyramidDistanceLoss")(fused, img_a, img_b)
    assert float(values["loss_near"]) == pytest.approx(3 * float(alone))
    with pytest.raises(ValueError, match="name at least one loss"):
        build("LossSet", losses={})


def test_measures_weigh_in_the_mean_as_the_config_says(triple):
    img_a, img_b, _ = triple.split(1)
    fused = (img_a + img_b) / 2
    off = dict.fromkeys(MEASURES, 0.0)
    each = {
        name: float(build("PyramidMarginLoss", gains=off | {name: 2.0})(fused, img_a, img_b))
        for name in ("SD", "VIF_balanced")
    }
    loss = build("PyramidMarginLoss", gains=off | dict.fromkeys(each, 2.0), weights=dict(SD=3.0, EN=7.0))
    expected = (3 * each["SD"] + each["VIF_balanced"]) / 4
    assert float(loss(fused, img_a, img_b)) == pytest.approx(expected, rel=1e-5)
    with pytest.raises(ValueError, match="'SIM'"):
        build("PyramidMarginLoss", weights=dict(SIM=1.0))


def test_an_even_b_costs_nothing_beside_one_that_is_not(triple):
    img_a, img_b, fused = triple.split(1)
    # A neighbour in the batch does not matter; half a level apart is still even, one and a half are not.
    nearly, hardly = (torch.full_like(img_b, 0.5) for _ in range(2))
    nearly[..., 10:20, 10:20] += 0.5 / 255
    hardly[..., 10:20, 10:20] += 1.5 / 255
    assert float(build("PyramidMarginLoss")(fused, img_a, hardly)) > 0
    batch = torch.cat([fused, fused]), torch.cat([img_a, img_a]), torch.cat([nearly, img_b])
    values = build("PyramidMarginLoss", reduction="none")(*batch)
    assert float(values[0]) == 0
    assert float(values[1]) == pytest.approx(float(build("PyramidMarginLoss")(fused, img_a, img_b)), rel=1e-3)


def test_what_lies_outside_the_range_weighs_what_the_config_says():
    even = torch.full((1, 1, 48, 48), 0.4)
    loss = build("PyramidDistanceLoss", outside_weight=5.0, loss_weight=2.0)
    assert float(loss(even + 0.8, even, even)) == pytest.approx(2 * (0.8 + 5 * 0.2), abs=1e-5)
    assert float(loss(even - 0.5, even, even)) == pytest.approx(2 * (0.5 + 5 * 0.1), abs=1e-5)
    two = torch.cat([even, even])
    each = build("PyramidDistanceLoss", reduction="none")(torch.cat([even + 0.1, even]), two, two)
    assert each.tolist() == pytest.approx([0.1, 0], abs=1e-5)


@pytest.mark.parametrize("shift", [-0.4, 0.4])
def test_the_goal_is_the_pyramid_as_a_picture_can_show_it(triple, shift):
    img_a, img_b, _ = triple.split(1)
    img_a = (img_a + shift).clamp(0, 1)
    pyramid = laplacian_fusion(img_a, img_b)
    assert (pyramid.max() > 1.05) if shift > 0 else (pyramid.min() < -0.05)
    loss = build("PyramidMarginLoss", gains=dict.fromkeys(MEASURES, 0.0) | {"SD": 1.5})
    shortfall = np.log1p(np.exp(2.0)) / 2
    assert float(loss(pyramid.clamp(0, 1), img_a, img_b)) == pytest.approx(
        4 * np.log1p(shortfall / 4), rel=1e-3
    )
    assert float(build("PyramidDistanceLoss")(pyramid.clamp(0, 1), img_a, img_b)) == pytest.approx(
        0, abs=1e-6
    )


def edges_kept(source, fused):
    """Qabf towards one source, with replicated borders and angles between lines; and the source's edge strength."""
    gradients = [
        [
            cv2.Sobel(
                255 * image.squeeze().double().numpy(), cv2.CV_64F, *axis, borderType=cv2.BORDER_REPLICATE
            )
            for axis in ((1, 0), (0, 1))
        ]
        for image in (source, fused)
    ]
    (strength, angle), (strength_f, angle_f) = ((np.hypot(x, y), np.arctan2(y, x)) for x, y in gradients)
    ratio = np.minimum(strength, strength_f) / np.maximum(np.maximum(strength, strength_f), 1e-9)
    between = np.abs(angle - angle_f) % np.pi
    agreement = 1 - np.minimum(between, np.pi - between) / (np.pi / 2)
    # Parameters of Xydeas and Petrovic.
    quality = 0.9994 / (1 + np.exp(-15 * (ratio - 0.5))) * 0.9879 / (1 + np.exp(-22 * (agreement - 0.8)))
    return (quality * strength).sum() / strength.sum(), strength.sum()


def test_edges_are_kept_as_xydeas_and_petrovic_say(triple):
    img_a, img_b, fused = triple.split(1)
    measures = fusion_measures(fused, img_a, img_b)
    (kept_a, strength_a), (kept_b, strength_b) = edges_kept(img_a, fused), edges_kept(img_b, fused)
    expected = (kept_a * strength_a + kept_b * strength_b) / (strength_a + strength_b)
    assert float(measures["Qabf"]) == pytest.approx(expected, rel=1e-3)
    assert float(measures["Qabf_balanced"]) == pytest.approx(min(kept_a, kept_b), rel=1e-3)


def test_entropy_and_information_are_those_of_gray_levels():
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 256, (2, SIZE, SIZE)) // rng.integers(1, 9, (2, SIZE, SIZE))
    # The result shares something with A, and nothing but chance with B.
    levels = np.stack([levels[0], levels[1], np.where(levels[0] % 2, levels[0], 255)])
    img_a, img_b, fused = (torch.from_numpy(levels)[:, None, None].float() / 255).unbind()
    measures = fusion_measures(fused, img_a, img_b)

    def entropy(*pictures):
        _, counts = np.unique([picture.ravel() for picture in pictures], axis=1, return_counts=True)
        shares = counts / counts.sum()
        return -(shares * np.log2(shares)).sum()

    a, b, of_fused = levels
    shared = sum(entropy(x) + entropy(of_fused) - entropy(x, of_fused) for x in (a, b))
    assert float(measures["EN"]) == pytest.approx(entropy(of_fused), abs=1e-4)
    assert float(measures["MI"]) == pytest.approx(shared, abs=1e-3)
    # A level between two counts for both by halves.
    between = torch.full((1, 1, SIZE, SIZE), 10.5 / 255)
    assert float(fusion_measures(between, img_a, img_b)["EN"]) == pytest.approx(1, abs=1e-4)


def test_where_large_shortfalls_count_by_their_logarithm_is_chosen(triple):
    img_a, img_b, fused = triple.split(1)
    far, near = (1 - fused).clamp(0, 1), laplacian_fusion(img_a, img_b)
    damped, straight = build("PyramidMarginLoss"), build("PyramidMarginLoss", large=1e4)

    def ratio(loss):
        return float(loss(far, img_a, img_b)) / float(loss(near, img_a, img_b))

    assert ratio(straight) > 1.5 * ratio(damped)
    with pytest.raises(UserError, match="large is 0, wanted a number above 0"):
        build("PyramidMarginLoss", large=0)
