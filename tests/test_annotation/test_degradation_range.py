"""Every degradation gives a finite image within 0 to 255, whatever came before it."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mmfusion_distill.data.degradations.degradation_kinds import degradation_kinds
from mmfusion_distill.data.degradations.degradations import (
    INFRARED_VISIBLE_DEGRADATIONS,
    MEDICAL_DEGRADATIONS,
)

MODALITIES = ("infrared-visible", "medical")
#: What rounding shows best: bare black and white, and noise of the two; then images as they come.
CONTENTS = {
    "black": lambda rng, shape: np.zeros(shape),
    "white": lambda rng, shape: np.full(shape, 255),
    "black and white": lambda rng, shape: 255 * rng.integers(2, size=shape),
    "any": lambda rng, shape: rng.uniform(0, 255, shape),
}
SHAPES = st.tuples(st.integers(1, 48), st.integers(1, 48), st.sampled_from([1, 3]))


def make_picture(content, shape, seed):
    return CONTENTS[content](np.random.default_rng(seed), shape).astype(np.float32)


def check(picture, shape, name):
    assert picture.shape == shape, name
    assert np.isfinite(picture).all(), name
    assert picture.min() >= 0 and picture.max() <= 255, name


def chains(modality):
    """Names of kinds of one modality in any order, repeated or not, with a strength and a number for the place."""
    link = st.tuples(st.sampled_from(list(degradation_kinds(modality))), st.floats(0, 1), st.integers(0, 7))
    return st.tuples(st.just(modality), st.lists(link, min_size=1, max_size=4))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    chain=st.sampled_from(MODALITIES).flatmap(chains),
    content=st.sampled_from(list(CONTENTS)),
    shape=SHAPES,
    seed=st.integers(0, 2**32 - 1),
)
# The blur left -1e-6, of which the power is NaN.
@example(
    chain=("infrared-visible", [("motion_blur", 1.0, 0), ("low_light", 0.5, 0)]),
    content="black and white",
    shape=(48, 48, 3),
    seed=0,
)
def test_any_kinds_in_any_order(chain, content, shape, seed):
    modality, links = chain
    picture, rng = make_picture(content, shape, seed), np.random.default_rng(seed)
    for name, strength, place in links:
        kind = degradation_kinds(modality)[name]
        degraded = kind.degrade(picture, rng, strength, kind.places[place % len(kind.places)])
        picture = np.asarray(degraded, np.float32)
        check(picture, shape, name)


@pytest.mark.parametrize("table", [INFRARED_VISIBLE_DEGRADATIONS, MEDICAL_DEGRADATIONS], ids=MODALITIES)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data(), content=st.sampled_from(list(CONTENTS)), shape=SHAPES, seed=st.integers(0, 2**32 - 1))
def test_those_that_annotators_are_measured_by(table, data, content, shape, seed):
    rng, picture = np.random.default_rng(seed), make_picture(content, shape, seed)
    names = data.draw(st.lists(st.sampled_from(list(table)), min_size=1, max_size=3))
    for name in names:
        picture = table[name][1](picture, rng)
        check(picture, shape, name)
