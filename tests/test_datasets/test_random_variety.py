"""Tone and scale of other cameras."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmfusion_distill.datasets.transforms import RandomPairResize, RandomTone


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
        (RandomTone, dict(prob=0.5, gamma_a=(0, 1))),
        (RandomPairResize, dict(scale=(2, 1))),
    ],
)
def test_ranges_that_are_none_are_refused(transform: type, options: dict) -> None:
    with pytest.raises(ValueError, match=transform.__name__):
        transform(**options)
