"""What an operator looks for: each measure on a scene made for it."""

import math

import numpy as np
import pytest

from mmfusion_distill.evaluation.functional.operator_measures import OPERATOR_MEASURES, operator_measures


def even(level, channels=1):
    shape = (160, 200) if channels == 1 else (160, 200, channels)
    return np.full(shape, level, np.uint8)


def with_square(image, level, half=10):
    image = image.copy()
    image[80 - half : 80 + half, 100 - half : 100 + half] = level
    return image


def test_all_measures_are_there_and_an_even_scene_tells_nothing():
    values = operator_measures(even(90, 3), even(90), even(90, 3))
    assert list(values) == list(OPERATOR_MEASURES)
    assert all(math.isnan(value) for value in values.values())


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_contrast_kept_in_glare(share):
    img_b = with_square(even(100), 180)
    fused = with_square(even(200), 200 + round(share * 55))
    kept = operator_measures(even(255, 3), img_b, fused)["glare"]
    assert kept == pytest.approx(share * 55 / 80, abs=0.02)
    # without glare there is nothing to tell it by
    assert math.isnan(operator_measures(even(200, 3), img_b, fused)["glare"])


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_contrast_kept_where_a_is_black(share):
    img_b, fused = with_square(even(100), 180), with_square(even(10), 10 + round(share * 80))
    assert operator_measures(even(2, 3), img_b, fused)["darkness"] == pytest.approx(share, abs=0.02)
    assert math.isnan(operator_measures(even(40, 3), img_b, fused)["darkness"])


def test_chroma_beside_that_of_a_where_the_result_is_brighter():
    img_a = even(0, 3)
    img_a[:] = (90, 60, 60)
    brighter = img_a + 60
    scaled = (img_a * 2.0).astype(np.uint8)
    assert operator_measures(img_a, even(90), brighter)["chroma"] < 1
    assert operator_measures(img_a, even(90), scaled)["chroma"] > 1.3
    assert math.isnan(operator_measures(even(60), even(90), even(120))["chroma"])


def test_detail_inside_hot_objects_and_their_contrast():
    rng = np.random.default_rng(0)
    img_a = rng.integers(60, 120, (160, 200)).astype(np.uint8)
    img_b = with_square(even(40), 220, half=25)
    overwritten = with_square(img_a, 220, half=25)
    kept = img_a.astype(int)
    kept[55:105, 75:125] += 130
    kept = kept.clip(0, 255).astype(np.uint8)
    lost, there = (operator_measures(img_a, img_b, fused) for fused in (overwritten, kept))
    assert abs(lost["hot_detail"]) < 0.1 and there["hot_detail"] > 0.9
    assert 0.6 < lost["hot_contrast"] < 0.9 and 0.6 < there["hot_contrast"] < 0.9
    assert abs(operator_measures(img_a, img_b, img_a)["hot_contrast"]) < 0.1


def test_detail_of_mri_under_a_bright_tracer():
    ground = with_square(even(0), 1, half=60)
    tracer = ground * with_square(even(60), 180, half=25)
    mri = ground * np.random.default_rng(0).integers(60, 140, ground.shape, np.uint8)
    assert operator_measures(tracer, mri, tracer)["tracer_detail"] == pytest.approx(0, abs=0.1)
    assert operator_measures(tracer, mri, tracer + mri // 2)["tracer_detail"] == pytest.approx(0.5, abs=0.1)
    assert math.isnan(operator_measures(tracer + 20, mri + 20, mri)["tracer_detail"])  # a street


def test_a_ring_is_a_false_slope_and_a_true_step_is_none():
    img_a, img_b = with_square(even(100), 140, half=30), even(100)
    ring = with_square(with_square(even(100), 60, half=45), 140, half=30)
    assert operator_measures(img_a, img_b, img_a)["false_slopes"] == pytest.approx(0, abs=0.01)
    assert operator_measures(img_a, img_b, ring)["false_slopes"] > 0.3


def test_relief_of_a_cold_sky():
    rng = np.random.default_rng(0)
    img_b = with_square(even(40), 200, half=25)
    img_b[:40] = rng.integers(0, 60, (40, 200))
    stamped = even(200)
    stamped[:40] = 170 + img_b[:40] // 2
    assert operator_measures(even(200), img_b, even(200))["cold_sky"] == pytest.approx(0, abs=0.01)
    assert operator_measures(even(200), img_b, stamped)["cold_sky"] > 1


def test_a_sky_that_is_darkened_towards_b():
    img_b = with_square(even(40), 200, half=25)
    dusk = even(200)
    dusk[:40] = 150
    assert operator_measures(even(200), img_b, even(200))["dark_sky"] == pytest.approx(0, abs=0.01)
    assert operator_measures(even(200), img_b, even(150))["dark_sky"] == pytest.approx(50, abs=1)
    assert 1 < operator_measures(even(200), img_b, dusk)["dark_sky"] < 49
    assert np.isnan(operator_measures(even(60), img_b, even(60))["dark_sky"])  # no bright place
