"""Targets of real nights become brighter where the text that is read names low light."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.data.transforms import BrightenNamedNight
from mmfusion_distill.user_errors import UserError

DARK = Annotation((Event("low_light", "dark"),))
HAZY = Annotation((Event("haze", "gray"),))


def night(level: float = 20.0, **changed: object) -> dict:
    """A sample of RandomDegradation with a dark A, one channel twice as bright as the others."""
    target = np.full((8, 8, 3), level, np.float32)
    target[..., 0] = 2 * level
    target[0] = 0
    return dict(target_a=target, annotation=DARK, target_annotation=DARK, drop_text=False) | changed


def test_a_named_night_gets_a_brighter_target_with_black_and_hue_kept() -> None:
    before = night()["target_a"]
    after = BrightenNamedNight(withhold_prob=0)(night())["target_a"]
    assert 1.6 < np.median(after) / np.median(before) < 2.0
    assert (after[0] == 0).all()
    np.testing.assert_allclose(after[1, 1, 0] / after[1, 1, 1], 2, atol=0.1)


def test_a_black_point_above_zero_stays_so_that_nothing_is_veiled() -> None:
    image = np.full((20, 20, 1), 25, np.float32)
    image[0], image[10:15] = 12, 60
    after = BrightenNamedNight(withhold_prob=0)(night(target_a=image))["target_a"]
    assert (after[0] == 12).all()
    assert np.median(after) == pytest.approx(45, abs=1) and (after[10:15] > 60).all()


@pytest.mark.parametrize(
    "changed",
    [
        dict(annotation=HAZY),
        dict(target_annotation=HAZY),
        dict(target_annotation=None),
        dict(drop_text=True),
        dict(annotation=None),
    ],
)
def test_without_a_text_that_names_it_or_a_real_night_nothing_changes(changed: dict) -> None:
    np.testing.assert_array_equal(
        BrightenNamedNight(withhold_prob=0)(night(**changed))["target_a"], night()["target_a"]
    )


def test_where_the_event_is_withheld_the_target_stays_and_others_are_named_or_nothing() -> None:
    both = Annotation((*DARK.events, *HAZY.events))
    read = []
    for seed in range(20):
        np.random.seed(seed)
        alone = BrightenNamedNight(withhold_prob=1)(night())
        assert alone["drop_text"] or len(alone["annotation"].events) == 1
        np.testing.assert_array_equal(alone["target_a"], night()["target_a"])
        results = BrightenNamedNight(withhold_prob=1)(night(annotation=both))
        assert not results["drop_text"] and "low_light" not in results["annotation"].event_types
        read.append(results["annotation"].event_types)
        np.testing.assert_array_equal(results["target_a"], night()["target_a"])
    assert read.count(("haze",)) >= 5 and len(set(read)) >= 4  # what is left, and other degradations


def test_a_bright_image_stays() -> None:
    np.testing.assert_array_equal(
        BrightenNamedNight(withhold_prob=0)(night(level=100))["target_a"], night(level=100)["target_a"]
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([1, 3]), st.floats(0, 1))
def test_targets_stay_images(seed: int, channels: int, scale: float) -> None:
    image = np.random.default_rng(seed).uniform(0, 255 * scale, (5, 7, channels)).round().astype(np.float32)
    after = BrightenNamedNight(withhold_prob=0)(night(target_a=image))["target_a"]
    assert after.shape == image.shape and after.dtype == np.float32
    assert np.isfinite(after).all() and after.min() >= 0 and after.max() <= 255
    assert (after >= image - 1).all()


@pytest.mark.parametrize("wrong", [dict(gain=1.0), dict(most=0.0), dict(most=1.0), dict(withhold_prob=1.1)])
def test_arguments_out_of_range_are_refused(wrong: dict) -> None:
    with pytest.raises(UserError, match="BrightenNamedNight"):
        BrightenNamedNight(**wrong)


def test_it_is_shown_with_its_arguments_alone() -> None:
    assert repr(BrightenNamedNight()) == "BrightenNamedNight(gain=1.8, most=0.35, withhold_prob=0.4)"
