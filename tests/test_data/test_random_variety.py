"""Tone and scale of other cameras."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmfusion_distill.data.transforms import (
    RandomDegradation,
    RandomEvenSource,
    RandomPairCrop,
    RandomPairResize,
    RandomTextConflict,
    RandomTone,
)


def _pair(height: int = 20, width: int = 30) -> dict:
    ramp = np.tile(np.linspace(0, 255, width, dtype=np.float32).round(), (height, 1))
    return dict(img_a=np.repeat(ramp[:, :, None], 3, axis=2), img_b=ramp[:, :, None])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_tones_keep_the_order_of_levels_and_the_range(seed: int) -> None:
    np.random.seed(seed)
    results = RandomTone(prob=1.0, invert_prob=0.0)(_pair())
    for image in (results["img_a"], results["img_b"]):
        assert image.dtype == np.float32
        assert image.min() >= 0
        assert image.max() <= 255
        assert (np.diff(image[0, :, 0]) >= 0).all()


def test_black_hot_is_white_hot_inverted() -> None:
    before = _pair()
    after = RandomTone(prob=0.0, invert_prob=1.0)(_pair())
    np.testing.assert_array_equal(after["img_b"], 255 - before["img_b"])
    np.testing.assert_array_equal(after["img_a"], before["img_a"])
    inverted = sum(RandomTone(prob=0)(_pair(2, 3))["img_b"][0, 0, 0] == 255 for _ in range(400))
    assert abs(inverted - 40) <= 4 * np.sqrt(400 * 0.1 * 0.9), "one in ten by default"


@settings(max_examples=30, deadline=None)
@given(
    height=st.integers(3, 40),
    width=st.integers(3, 40),
    scale=st.floats(0.3, 3.0),
    size=st.tuples(st.integers(1, 50), st.integers(1, 50)),
)
def test_a_pair_is_resized_alike_and_holds_the_crop(
    height: int, width: int, scale: float, size: tuple[int, int]
) -> None:
    results = RandomPairResize(scale=(scale, scale), min_size=size)(_pair(height, width))
    assert results["img_a"].shape[:2] == results["img_b"].shape[:2]
    assert results["img_a"].shape[2:] == (3,)
    assert results["img_b"].shape[2:] == (1,)
    assert results["img_a"].shape[0] >= size[0]
    assert results["img_a"].shape[1] >= size[1]


@pytest.mark.parametrize(
    ("transform", "options"),
    [
        (RandomTone, dict(prob=2)),
        (RandomTone, dict(prob=0.5, invert_prob=1.1)),
        (RandomTone, dict(prob=0.5, invert_prob=-0.1)),
        (RandomTone, dict(prob=0.5, gamma_a=(0, 1))),
        (RandomTone, dict(prob=0.5, gamma_b=(2, 1))),
        (RandomTone, dict(prob=0.5, contrast_b=(0, 1))),
        (RandomEvenSource, dict(prob=1.1)),
        (RandomEvenSource, dict(prob=-0.1)),
        (RandomPairResize, dict(scale=(2, 1))),
        (RandomPairResize, dict(scale=(0, 1))),
    ],
)
def test_ranges_that_are_none_are_refused(transform: type, options: dict) -> None:
    *_, wrong = options
    with pytest.raises(ValueError, match=f"{transform.__name__}: .*{wrong}"):
        transform(**options)


def test_tones_are_drawn_for_each_source_from_its_own_range() -> None:
    before = _pair()
    same = dict(gamma_a=(1, 1), gamma_b=(1, 1), contrast_b=(1, 1), invert_prob=0)
    for name, option in (
        ("img_a", dict(gamma_a=(2, 2))),
        ("img_b", dict(gamma_b=(2, 2))),
        ("img_b", dict(contrast_b=(0.5, 0.5))),
    ):
        after = RandomTone(prob=1, **{**same, **option})(_pair())
        other = "img_b" if name == "img_a" else "img_a"
        np.testing.assert_array_equal(after[other], before[other])
        if "contrast_b" in option:
            assert np.ptp(after[name]) == pytest.approx(np.ptp(before[name]) / 2, abs=1)
        else:
            np.testing.assert_allclose(after[name], before[name] ** 2 / 255, atol=0.51)


def test_sources_get_a_tone_as_often_as_asked() -> None:
    transform = RandomTone(prob=0.3, invert_prob=0, gamma_a=(2, 2), gamma_b=(2, 2))
    changed = [
        [(after[name] != _pair()[name]).any() for name in ("img_a", "img_b")]
        for after in (transform(_pair()) for _ in range(400))
    ]
    # four standard deviations; A and B by themselves
    np.testing.assert_allclose(np.mean(changed, axis=0), 0.3, atol=0.092)
    assert np.mean(np.all(changed, axis=1)) == pytest.approx(0.09, abs=0.058)


@pytest.mark.parametrize("prob", [0, 0.3, 1])
def test_sources_are_even_as_often_as_asked_and_of_any_level(prob: float) -> None:
    before, levels = _pair(), []
    for _ in range(400):
        after = RandomEvenSource(prob)(dict(before))
        np.testing.assert_array_equal(after["img_a"], before["img_a"])
        assert after["img_b"].dtype == np.float32 and after["img_b"].shape == before["img_b"].shape
        if np.ptp(after["img_b"]) == 0:
            levels.append(float(after["img_b"].flat[0]))
        else:
            np.testing.assert_array_equal(after["img_b"], before["img_b"])
    assert abs(len(levels) - 400 * prob) <= 4 * np.sqrt(400 * prob * (1 - prob))
    if prob:
        assert 0 <= min(levels) < 30 and 225 < max(levels) <= 255 and len(set(levels)) > 50


def test_both_sides_are_scaled_and_levels_stay() -> None:
    results = RandomPairResize(scale=(0.5, 0.5), min_size=(1, 1))(_pair(40, 60))
    assert results["img_a"].shape == (20, 30, 3)
    assert results["img_b"].shape == (20, 30, 1)
    for level in (0, 255):
        even = {name: np.full_like(image, level) for name, image in _pair().items()}
        resized = RandomPairResize(scale=(2, 2), min_size=(1, 1))(even)
        assert (resized["img_a"] == level).all()
        assert (resized["img_b"] == level).all()


def test_a_crop_of_the_whole_picture_is_the_picture_and_a_larger_one_is_refused() -> None:
    results = RandomPairCrop(crop_size=(20, 30))(_pair(20, 30))
    np.testing.assert_array_equal(results["img_b"], _pair(20, 30)["img_b"])
    for size in ((21, 30), (20, 31)):
        with pytest.raises(ValueError, match=f"30x20, smaller than the training crop of {size[1]}x{size[0]}"):
            RandomPairCrop(crop_size=size)(_pair(20, 30))


def test_scales_are_drawn_from_the_whole_range_as_often_above_one_as_below() -> None:
    sizes = [RandomPairResize(scale=(0.5, 2))(_pair(40, 40))["img_a"].shape[0] for _ in range(400)]
    assert 20 <= min(sizes) < 24 and 68 < max(sizes) <= 80
    # evenly in the logarithm; four standard deviations
    assert abs(sum(size < 40 for size in sizes) - 200) < 50


def test_a_factor_is_raised_no_further_than_the_crop_needs() -> None:
    for size, expected in (((20, 20), (20, 30)), ((10, 45), (30, 45)), ((1, 1), (4, 6))):
        results = RandomPairResize(scale=(0.1, 0.1), min_size=size)(_pair(40, 60))
        assert results["img_b"].shape[:2] == expected


def test_fine_stripes_do_not_come_out_coarse() -> None:
    stripes = np.tile(np.array([0, 255], np.float32), (30, 30))[:, :, None]
    resized = RandomPairResize(scale=(1 / 3, 1 / 3))(dict(img_a=stripes, img_b=stripes))["img_b"]
    assert np.ptp(resized) < 100, "every third pixel alone is a stripe of full contrast"


def test_levels_of_other_tones_are_whole_and_the_exponent_is_drawn_on_both_sides_of_one() -> None:
    before, brighter = _pair(), 0
    for _ in range(200):
        after = RandomTone(prob=1, gamma_a=(0.5, 2), invert_prob=0)(_pair())
        for image in (after["img_a"], after["img_b"]):
            np.testing.assert_array_equal(image, np.rint(image))
        assert after["img_a"].shape == before["img_a"].shape and after["img_b"].shape == before["img_b"].shape
        brighter += after["img_a"].mean() > before["img_a"].mean()
    assert abs(brighter - 100) < 4 * np.sqrt(200) / 2


def test_contrast_goes_down_around_a_level_that_is_drawn() -> None:
    transform = RandomTone(prob=1, gamma_b=(1, 1), contrast_b=(0.2, 0.4), invert_prob=0)
    images = [transform(_pair())["img_b"] for _ in range(100)]
    ranges, darkest = [float(np.ptp(image)) for image in images], [float(image.min()) for image in images]
    assert 50 <= min(ranges) < 60 and 92 < max(ranges) <= 103
    # the level takes what contrast leaves: up to 0.8 of the range
    assert min(darkest) < 20 and 150 < max(darkest) <= 204
    assert max(float(image.max()) for image in images) <= 255
    more = RandomTone(prob=1, gamma_b=(1, 1), contrast_b=(2, 2), invert_prob=0)(_pair())["img_b"]
    assert more.max() == 255, "twice the contrast ends at white"


def test_no_draw_comes_twice() -> None:
    """Each transform has a generator of its own, whose seed is drawn: from many."""
    tones = {RandomTone(prob=1, invert_prob=0)(_pair(8, 200))["img_b"].tobytes() for _ in range(150)}
    assert len(tones) == 150
    noise = RandomDegradation(prob=1, kinds=["ir_noise"], max_degradations=1)
    assert len({noise(_pair())["img_b"].tobytes() for _ in range(150)}) == 150
    conflict = RandomTextConflict(drop_prob=0, withhold_prob=0, replace_prob=1, bare_prob=0)
    texts = {conflict(_pair())["annotation"].events[0].description for _ in range(400)}
    assert len(texts) > 80


def test_an_enlarged_edge_is_no_staircase() -> None:
    step = np.zeros((12, 12, 1), np.float32)
    step[:, 6:] = 255
    resized = RandomPairResize(scale=(1.7, 1.7))(dict(img_a=step, img_b=step))["img_b"]
    assert ((resized > 20) & (resized < 235)).any()
    assert resized.min() == 0 and resized.max() == 255, "interpolation overshoots beside an edge"
