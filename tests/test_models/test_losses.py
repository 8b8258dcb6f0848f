"""The losses: hand-computed values, weights by event, gradients."""

import numpy as np
import pytest
import torch
from skimage.metrics import structural_similarity

from mmfusion_distill.models.losses import EVENT_WEIGHTS, event_weights
from mmfusion_distill.models.losses.published_terms import ssim_map, ssim_per_sample
from mmfusion_distill.registry import MODELS


def constant(value, channels=1, size=16, batch=1):
    return torch.full((batch, channels, size, size), float(value))


def build(name, **kwargs):
    return MODELS.build(dict(type=name, **kwargs))


def test_ssim_is_that_of_scikit_image():
    x, y = torch.rand(2, 1, 24, 31, dtype=torch.float64), torch.rand(2, 1, 24, 31, dtype=torch.float64)
    assert ssim_map(x, y).shape == (2, 1, 14, 21)
    options = dict(data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, full=True)
    for index, value in enumerate(ssim_per_sample(x, y)):
        _, picture = structural_similarity(x[index, 0].numpy(), y[index, 0].numpy(), win_size=11, **options)
        assert float(value) == pytest.approx(picture[5:-5, 5:-5].mean(), rel=1e-9)


def test_ssim_loss_is_zero_for_three_equal_images_and_needs_room():
    image = torch.rand(1, 1, 16, 16)
    assert float(build("FusionSSIMLoss")(image, image, image)) == pytest.approx(0, abs=1e-6)
    for height, width in ((8, 8), (8, 16), (16, 8)):
        with pytest.raises(ValueError, match=f"at least 11x11, got {height}x{width}"):
            build("FusionSSIMLoss")(*[torch.rand(1, 1, height, width)] * 3)


def test_max_intensity_takes_the_brighter_source():
    img_a = torch.cat([constant(0.2, 3), constant(0.8, 3)])
    img_b = constant(0.5, batch=2)
    fused = constant(0.6, 3, batch=2)
    values = build("MaxIntensityLoss", reduction="none")(fused, img_a, img_b)
    assert values.tolist() == pytest.approx([0.1, 0.2])


def test_consistency_is_the_mean_distance_to_both():
    value = build("IntensityConsistencyLoss")(constant(0.5, 3), constant(0.2, 3), constant(0.9))
    assert float(value) == pytest.approx((0.3 + 0.4) / 2)


def test_color_is_compared_with_source_a_only():
    red = torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1).expand(1, 3, 16, 16)
    loss = build("ColorConsistencyLoss")
    assert float(loss(red, red, constant(0.3))) == 0
    expected = 0.299 / 1.772 + 0.701 / 1.402
    assert float(loss(constant(0.5, 3), red, constant(0.3))) == pytest.approx(expected)
    assert float(loss(constant(0.5, 3), constant(0.1), constant(0.3))) == pytest.approx(0, abs=1e-6)


def test_gradient_wants_the_stronger_edge():
    step = torch.zeros(1, 1, 16, 16)
    step[..., 8:] = 1
    flat = constant(0.4)
    loss = build("JointGradientLoss")
    assert float(loss(step, step, flat)) == pytest.approx(0, abs=1e-6)
    assert float(loss(step, flat, step)) == pytest.approx(0, abs=1e-6)
    # two of sixteen columns have |dx| = 4
    assert float(loss(flat, step, flat)) == pytest.approx(4 * 2 / 16, abs=1e-6)


@pytest.mark.parametrize("name", ["MaxIntensityLoss", "FusionSSIMLoss", "ColorConsistencyLoss"])
def test_reduction_weight_and_their_errors(name):
    images = torch.rand(3, 3, 16, 16), torch.rand(3, 3, 16, 16), torch.rand(3, 1, 16, 16)
    each = build(name, reduction="none")(*images)
    assert each.shape == (3,)
    assert float(build(name, loss_weight=2.0)(*images)) == pytest.approx(2 * float(each.mean()))
    weight = torch.tensor([0.0, 1.0, 3.0])
    weighted = build(name, reduction="sum")(*images, weight=weight)
    assert float(weighted) == pytest.approx(float((each * weight).sum()))
    with pytest.raises(ValueError, match="unsupported reduction 'median'"):
        build(name, reduction="median")


def test_events_are_averaged_and_unknown_ones_count_as_default():
    weights = event_weights([["low_light", "motion_blur"], ["unheard_of"], []])
    assert weights[0].tolist() == [40, 30, 60, 2, 12]
    assert weights[1].tolist() == weights[2].tolist() == list(EVENT_WEIGHTS["default"])
    medical = event_weights([["unheard_of"]], default="medical_default")
    assert medical[0].tolist() == [40, 80, 72, 4, 12]


def test_fusion_loss_weights_every_sample_by_its_own_events():
    fused, img_a, img_b = torch.rand(2, 3, 16, 16), torch.rand(2, 3, 16, 16), torch.rand(2, 1, 16, 16)
    loss = build("FusionLoss")
    together = loss(fused, img_a, img_b, events=[["low_light"], ["ir_noise"]])
    alone = [
        loss(fused[i : i + 1], img_a[i : i + 1], img_b[i : i + 1], events=[[event]])
        for i, event in enumerate(["low_light", "ir_noise"])
    ]
    assert set(together) == {"loss_max", "loss_con", "loss_grad", "loss_ssim", "loss_color"}
    for name, value in together.items():
        assert float(value) == pytest.approx(float(alone[0][name] + alone[1][name]) / 2, rel=1e-5)
    plain = build("FusionLoss", use_events=False)(fused, img_a, img_b, events=[["low_light"]] * 2)
    default = loss(fused, img_a, img_b)
    assert float(plain["loss_max"]) == float(default["loss_max"])


def test_fusion_loss_of_the_design_formula():
    fused, img_a, img_b = torch.rand(1, 3, 16, 16), torch.rand(1, 3, 16, 16), torch.rand(1, 1, 16, 16)
    terms = build("FusionLoss")(fused, img_a, img_b)
    names = ("MaxIntensityLoss", "IntensityConsistencyLoss", "JointGradientLoss", "FusionSSIMLoss")
    values = [float(build(name)(fused, img_a, img_b)) for name in (*names, "ColorConsistencyLoss")]
    expected = np.dot(values, EVENT_WEIGHTS["default"])
    assert float(sum(terms.values())) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    "kwargs, message",
    [
        (dict(event_table=dict(rain=(1, 2))), "event_table\\['rain'\\] has 2 weights"),
        (dict(default_event="rain"), "default_event 'rain'"),
        (dict(terms=dict(sharp=dict(type="JointGradientLoss"))), "unknown terms \\['sharp'\\]"),
    ],
)
def test_fusion_loss_names_what_is_wrong(kwargs, message):
    with pytest.raises(ValueError, match=message):
        build("FusionLoss", **kwargs)


def test_distillation_losses_vanish_for_equal_and_ignore_the_length_of_features():
    features = [torch.randn(1, 4, 8, 8), torch.randn(1, 2, 16, 16)]
    loss = build("FeatureDistillationLoss")
    assert float(loss(features, features)) == 0
    assert float(loss(features, [3 * feature for feature in features])) == pytest.approx(0, abs=1e-6)
    opposite = [-features[0]]
    # unit vectors: every difference d is at most 2, smooth L1 by hand
    unit = torch.nn.functional.normalize(features[0], dim=1)
    d = (2 * unit).abs()
    expected = torch.where(d < 1, 0.5 * d**2, d - 0.5).mean()
    assert float(loss(features[:1], opposite)) == pytest.approx(0.1 * float(expected), rel=1e-5)
    assert float(build("ResultDistillationLoss")(constant(0.2), constant(0.6))) == pytest.approx(0.08)


def test_losses_run_in_float32_under_autocast():
    images = [torch.rand(1, 1, 16, 16, dtype=torch.bfloat16) for _ in range(3)]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        value = build("FusionSSIMLoss")(*images)
    exact = build("FusionSSIMLoss")(*[image.float() for image in images])
    assert value.dtype == torch.float32
    assert float(value) == pytest.approx(float(exact))
    ours, theirs = ([torch.randn(1, 4, 8, 8, dtype=torch.bfloat16)] for _ in range(2))
    exact = build("FeatureDistillationLoss")([ours[0].float()], [theirs[0].float()])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        value = build("FeatureDistillationLoss")(ours, theirs)
    assert float(value) == pytest.approx(float(exact))


def test_fusion_loss_takes_rows_default_terms_and_factor_from_the_config():
    images = torch.rand(2, 3, 16, 16), torch.rand(2, 3, 16, 16), torch.rand(2, 1, 16, 16)
    plain = build("FusionLoss")(*images)
    doubled = build("FusionLoss", loss_weight=2.0)(*images)
    assert {name: float(value) for name, value in doubled.items()} == pytest.approx(
        {name: 2 * float(value) for name, value in plain.items()}
    )
    rain = build("FusionLoss", event_table=dict(rain=(3, 0, 0, 0, 0)))
    values = rain(*images, events=[["rain"], ["rain"]])
    assert float(values["loss_max"]) == pytest.approx(3 * float(build("MaxIntensityLoss")(*images)))
    assert float(sum(values.values())) == pytest.approx(float(values["loss_max"]))
    medical = build("FusionLoss", default_event="medical_default")
    named = build("FusionLoss")(*images, events=[["medical_default"]] * 2)
    for events in (None, [[], ["unheard_of"]]):
        for name, value in medical(*images, events=events).items():
            assert float(value) == pytest.approx(float(named[name]))
    term = dict(type="MaxIntensityLoss", loss_weight=5.0)
    replaced = build("FusionLoss", terms=dict(grad=term))(*images)
    weight = EVENT_WEIGHTS["default"][2]
    expected = 5 * weight * float(build("MaxIntensityLoss")(*images))
    assert float(replaced["loss_grad"]) == pytest.approx(expected)
    assert float(replaced["loss_max"]) == float(plain["loss_max"])


def test_features_add_up_over_levels_and_have_to_be_as_many():
    loss = build("FeatureDistillationLoss", loss_weight=0.5)
    ours, theirs = ([torch.randn(2, 4, size, size) for size in (4, 8)] for _ in range(2))
    each = [float(loss([one], [other])) for one, other in zip(ours, theirs)]
    assert float(loss(ours, theirs)) == pytest.approx(sum(each))
    with pytest.raises(ValueError, match="shorter|longer"):
        loss(ours, theirs[:1])
    result = build("ResultDistillationLoss", loss_weight=3.0)
    assert float(result(constant(0.2), constant(0.6))) == pytest.approx(0.24)


def test_the_brighter_source_is_picked_pixel_by_pixel():
    fused, img_a, img_b = torch.rand(2, 3, 5, 7), torch.rand(2, 3, 5, 7), torch.rand(2, 1, 5, 7)
    brighter = (img_b[:, 0] > img_a.mean(dim=1))[:, None]
    expected = (fused - torch.where(brighter, img_b, img_a)).abs().mean(dim=(1, 2, 3))
    torch.testing.assert_close(build("MaxIntensityLoss", reduction="none")(fused, img_a, img_b), expected)


def test_too_much_colour_is_as_wrong_as_too_little():
    red, cyan = (torch.tensor(c).view(1, 3, 1, 1).expand(1, 3, 16, 16) for c in ([1.0, 0, 0], [0, 1.0, 1.0]))
    expected = 0.299 / 1.772 + 0.701 / 1.402
    for colour in (red, cyan):
        assert float(build("ColorConsistencyLoss")(colour, constant(0.5, 3), constant(0))) == pytest.approx(
            expected
        )


def test_ssim_takes_an_image_of_one_window():
    image = torch.rand(1, 1, 11, 11)
    assert float(ssim_per_sample(image, image)) == pytest.approx(1)
