"""Keys, ranges, protocols and errors of compute_metrics."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mmfusion_distill.evaluation import (
    METRICS_BY_NAME,
    PROTOCOLS,
    FusionTriple,
    GrayImage,
    Protocol,
    balanced_quality,
    baseline_images,
    compute_metrics,
    quality,
)
from mmfusion_distill.evaluation.functional.metric_entry import JointMetric, Scoring
from mmfusion_distill.user_errors import UserError

from . import reference

SHAPE = (44, 48)
TEN = ("EN", "SD", "SF", "AG", "MI", "SCD", "CC", "VIF", "SSIM", "Qabf")


@pytest.fixture(scope="module")
def color_pair():
    rng = np.random.default_rng(0)
    smooth = cv2.GaussianBlur(rng.normal(size=(*SHAPE, 4)), (0, 0), 2)
    levels = cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    img_a, img_b = levels[:, :, :3], levels[:, :, 3]
    return img_a, img_b, baseline_images(img_a, img_b)["maximum"]


def test_color_is_scored_on_luminance(color_pair):
    img_a, img_b, fused = color_pair
    gray_a, gray_f = (cv2.cvtColor(np.ascontiguousarray(x), cv2.COLOR_RGB2GRAY) for x in (img_a, fused))
    assert compute_metrics(*color_pair) == compute_metrics(gray_a, img_b, gray_f)
    assert list(compute_metrics(*color_pair)) == list(TEN)


def test_ranges_mean_the_same_picture(color_pair):
    _, img_b, fused = color_pair
    gray = fused[:, :, 0]
    eight = compute_metrics(img_b, gray, gray)
    sixteen = compute_metrics(*(x.astype(np.uint16) * 257 for x in (img_b, gray, gray)))
    unit = compute_metrics(*(x / 255.0 for x in (img_b, gray, gray)), data_range=1.0)
    assert sixteen == pytest.approx(eight, rel=1e-6)
    assert unit == pytest.approx(eight, rel=1e-6)


@pytest.mark.parametrize(
    ("image", "kind", "message"),
    [
        (np.zeros((4, 4)), UserError, "pass data_range"),
        (np.zeros((4, 4), int), TypeError, "uint8, uint16 or float"),
        (np.zeros((4, 4, 4), np.uint8), UserError, r"shape \(4, 4, 4\)"),
        (np.zeros((0, 4), np.uint8), UserError, "empty"),
    ],
)
def test_what_is_no_picture(image, kind, message):
    with pytest.raises(kind, match=message):
        compute_metrics(image, image, image)


def test_values_out_of_range_or_nan():
    good = np.full((4, 4), 0.5)
    with pytest.raises(ValueError, match=r"from 0.5 to 300 lie outside the stated range \[0, 1\]"):
        compute_metrics(good, good, np.array([[0.5, 300.0]]), data_range=1.0)
    with pytest.raises(ValueError, match="NaN"):
        compute_metrics(good, good, good * np.nan, data_range=1.0)


def test_sizes_must_agree():
    small, large = np.zeros((4, 4), np.uint8), np.zeros((4, 5), np.uint8)
    with pytest.raises(ValueError, match="source A 4x4, source B 4x4, the fused image 4x5"):
        compute_metrics(small, small, large)


def test_unknown_keys():
    x = np.zeros((4, 4), np.uint8)
    with pytest.raises(ValueError, match="No metric 'VIF_C'"):
        compute_metrics(x, x, x, ["VIF_C"])
    with pytest.raises(ValueError, match="SD has no per-source form"):
        compute_metrics(x, x, x, ["SD_balanced"])


def test_composites_by_their_formulas(color_pair):
    keys = ["SSIM", "VIF", "SD", "Qabf", "EN", "SSIM_A", "SSIM_B", "VIF_A", "VIF_B", "Qabf_A"]
    s = compute_metrics(*color_pair, [*keys, "Qabf_B", "quality", "balanced_quality"])
    expected = (s["SSIM"] + s["VIF"] + s["SD"] / 45 + s["Qabf"] / 0.70 + s["EN"] / 6.75) / 5
    balanced = (
        2 * min(s["SSIM_A"], s["SSIM_B"])
        + 2 * min(s["VIF_A"], s["VIF_B"])
        + s["SD"] / 45
        + min(s["Qabf_A"], s["Qabf_B"]) / 0.70
        + s["EN"] / 6.75
    ) / 5
    assert s["quality"] == pytest.approx(expected)
    assert s["balanced_quality"] == pytest.approx(balanced)
    assert quality(s) == pytest.approx(expected)
    with pytest.raises(KeyError, match="SSIM_balanced"):
        balanced_quality(s)


def test_a_copy_falls_when_quality_is_balanced(color_pair):
    img_a, img_b, fused = color_pair
    copy = compute_metrics(img_a, img_b, img_a, ["quality", "balanced_quality"])
    fusion = compute_metrics(img_a, img_b, fused, ["quality", "balanced_quality"])
    assert copy["quality"] > fusion["quality"]
    assert copy["balanced_quality"] < fusion["balanced_quality"]


@settings(max_examples=25, deadline=None)
@given(arrays(np.uint8, (3, 9, 8), elements=st.integers(0, 255)))
def test_balanced_quality_never_exceeds_quality(images):
    scores = compute_metrics(*images, metrics=["quality", "balanced_quality"])
    assert scores["balanced_quality"] <= scores["quality"] + 1e-12


def test_quality_does_not_depend_on_the_protocol(color_pair):
    keys = ["SSIM", "quality", "balanced_quality"]
    standard = compute_metrics(*color_pair, keys)
    other = compute_metrics(*color_pair, keys, protocol="cddfuse")
    assert other["SSIM"] != standard["SSIM"]
    assert other["quality"] == standard["quality"]


def test_the_public_formula_of_cddfuse(color_pair):
    img_a, img_b, fused = (image[:, :, 0] // 2 if image.ndim == 3 else image // 2 for image in color_pair)
    mse = np.mean([(source.astype(float) - fused) ** 2 for source in (img_a, img_b)])
    scores = compute_metrics(img_a, img_b, fused, ["PSNR", "MSE"], protocol="cddfuse")
    assert scores["MSE"] == pytest.approx(mse)
    assert scores["PSNR"] == pytest.approx(10 * np.log10(float(fused.max()) ** 2 / mse))
    assert np.isfinite(compute_metrics(img_a, img_b, 0 * fused, ["PSNR"], protocol="cddfuse")["PSNR"])


def test_the_stated_range_is_for_pictures_that_do_not_tell_theirs(color_pair):
    img_a, img_b, fused = color_pair
    expected = compute_metrics(img_a, img_b, fused, ["SSIM", "PSNR"])
    assert compute_metrics(img_a, img_b, fused / 255.0, ["SSIM", "PSNR"], data_range=1.0) == pytest.approx(
        expected, rel=1e-3
    )
    twelve_bits = np.full((64, 64), 5000, np.uint16)
    with pytest.raises(ValueError, match="5000 of uint16 lie outside the stated range"):
        compute_metrics(twelve_bits, twelve_bits, twelve_bits, ["SD"], data_range=4095)


def test_viff_of_a_constant_source_is_exactly_one():
    fused = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    for level in (0, 201, 255):
        constant = np.full((64, 64), level, np.uint8)
        assert compute_metrics(fused, constant, fused[::-1].copy(), ["VIFF_B"])["VIFF_B"] == 1


def test_protocol_choices(color_pair):
    img_a, img_b, fused = color_pair
    standard = compute_metrics(*color_pair, [*TEN, "PSNR", "RMSE"])

    cddfuse = compute_metrics(*color_pair, TEN, "cddfuse")
    height, width = SHAPE
    assert cddfuse["MI"] == pytest.approx(standard["MI"] * np.log(2))
    ratio = (height - 1) * (width - 1) / (height * width)
    assert cddfuse["AG"] == pytest.approx(standard["AG"] * ratio)
    assert cddfuse["VIF"] == standard["VIF"]

    tang = compute_metrics(*color_pair, ["PSNR", "VIF"], "tang-torch")
    assert tang["PSNR"] - standard["PSNR"] == pytest.approx(48.1308, abs=1e-4)
    grays = [cv2.cvtColor(np.ascontiguousarray(x), cv2.COLOR_RGB2GRAY) for x in (img_a, fused)]
    gray_a, gray_f = (x.astype(np.float64) for x in grays)
    same = reference.vif(gray_a, gray_f, "same") + reference.vif(img_b * 1.0, gray_f, "same")
    assert tang["VIF"] == pytest.approx(same, rel=1e-6)

    own = Protocol("own", "test", ssim_total="mean", cc_total="sum", en_channels="pooled")
    mine = compute_metrics(*color_pair, ["SSIM", "CC", "EN"], own)
    assert mine["SSIM"] == pytest.approx(standard["SSIM"] / 2)
    assert mine["CC"] == pytest.approx(standard["CC"] * 2)
    assert mine["EN"] == pytest.approx(reference.entropy(fused))


def test_vifb_scores_channels_and_averages(color_pair):
    img_a, img_b, fused = color_pair
    scores = compute_metrics(*color_pair, ["SSIM", "AG", "SF", "RMSE", "PSNR"], "vifb")
    channels = [compute_metrics(img_a[:, :, k], img_b, fused[:, :, k], ["SSIM", "AG"]) for k in range(3)]
    for key in ("SSIM", "AG"):
        assert scores[key] == pytest.approx(np.mean([c[key] for c in channels]))
    # Channels side by side; sums over the number of pixels of that wide image.
    wide = np.concatenate([fused[:, :, k].astype(float) for k in range(3)], axis=1)
    squares = (np.diff(wide, axis=0) ** 2).sum() + (np.diff(wide, axis=1) ** 2).sum()
    assert scores["SF"] == pytest.approx(np.sqrt(squares / wide.size))
    rmse, psnr = [], []
    for k in range(3):
        f = fused[:, :, k].astype(float)
        errors = [np.sqrt(((s - f) ** 2).sum()) / f.size for s in (img_a[:, :, k], img_b)]
        rmse.append(np.mean(errors))
        psnr.append(20 * np.log10(255 / np.sqrt(np.mean(errors))))
    assert scores["RMSE"] == pytest.approx(np.mean(rmse))
    assert scores["PSNR"] == pytest.approx(np.mean(psnr))


def test_per_source_values_are_computed_when_asked_for_and_once(color_pair):
    calls = []

    def function(sources, fused):
        calls.append(len(sources))
        return float(len(sources))

    metric = JointMetric("X", "images that it was given", function, direction="lower")
    scoring = Scoring(FusionTriple(*map(GrayImage, color_pair)), PROTOCOLS["standard"])
    assert metric.total(scoring) == 2.0 and calls == [2]
    assert [metric.value(scoring, form) for form in ("A", "B", "balanced", "")] == [1.0, 1.0, 1.0, 2.0]
    assert calls == [2, 1, 1]


def test_protocols_are_declared_and_checked():
    assert {"standard", "vifb", "cddfuse", "tang"} <= set(PROTOCOLS)
    assert PROTOCOLS["standard"].differences() == {}
    assert PROTOCOLS["tang"].differences() == {"psnr_peak": 255.0}
    with pytest.raises(ValueError, match="mi_unit is 'trits'; choose from bits, nats"):
        Protocol("mine", "", mi_unit="trits")


def test_baselines():
    img_a = np.array([[[10, 20, 30]]], np.uint8)
    img_b = np.array([[21]], np.uint8)
    images = baseline_images(img_a, img_b)
    assert images["A"].tolist() == [[[10, 20, 30]]]
    assert images["B"].tolist() == [[21]]
    assert images["mean"].tolist() == [[[16, 21, 26]]]
    assert images["maximum"].tolist() == [[[21, 21, 30]]]
    # one pixel has no bands, and an even B nothing hot
    assert images["pyramid"].tolist() == [[[10, 20, 30]]]


def test_scores_do_not_depend_on_where_arrays_lie_in_memory(color_pair):
    keys = list(METRICS_BY_NAME)
    expected = compute_metrics(*color_pair, keys)
    held = []
    for size in (1, 17, 300, 4097):
        held.append(np.zeros(size, np.uint8))  # moves what is allocated next
        assert compute_metrics(*color_pair, keys) == expected
