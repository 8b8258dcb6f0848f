"""Priors of events, for networks that take no text."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mmfusion_distill.annotation.event_types import EVENT_TYPES, MEDICAL_EVENT_TYPES
from mmfusion_distill.export.shipped_files import write_event_priors
from mmfusion_distill.inference import given as given_values
from mmfusion_distill.inference.given import prior_of_events, stacked_priors
from mmfusion_distill.models.parts import TextPrior
from mmfusion_distill.user_errors import OptionError


def embed(texts):
    """Stand for a text encoder: another vector for every word, averaged."""
    words = [" ".join(events).lower().split() for events in texts]
    return torch.stack([torch.stack([_vector(word) for word in of]).mean(dim=0) for of in words])


def _vector(word):
    return torch.randn(24, generator=torch.Generator().manual_seed(sum(map(ord, word))))


@pytest.fixture(scope="module")
def teacher():
    torch.manual_seed(0)
    return TextPrior(channels=8, text_channels=24, num_values=16)


@pytest.fixture(autouse=True, scope="module")
def priors(teacher, tmp_path_factory):
    before = given_values.PRIORS
    given_values.PRIORS = write_event_priors(
        teacher, embed, tmp_path_factory.mktemp("weights") / "priors.json"
    )
    given_values._priors.cache_clear()
    yield
    given_values.PRIORS = before
    given_values._priors.cache_clear()


@pytest.mark.parametrize("events", [["haze"], ["ir_noise", "low_light"], ["noise_suppression"]])
def test_one_or_two_events_are_what_the_teacher_makes_of_their_texts(teacher, events):
    from mmfusion_distill.data.degradations.degradation_kinds import strong_annotation

    ordered = sorted(events, key=[*EVENT_TYPES, *MEDICAL_EVENT_TYPES].index)
    texts = [event.text for event in strong_annotation(ordered).events]
    wanted = teacher(embed([texts]), None, None)[0].detach().numpy()
    np.testing.assert_allclose(prior_of_events(events), wanted, atol=1e-3)


@given(st.lists(st.sampled_from(EVENT_TYPES), min_size=1, unique=True), st.randoms())
def test_any_events_in_any_order_and_spelling_give_one_prior(events, chance):
    prior = prior_of_events(events)
    assert prior.shape == (16,) and np.isfinite(prior).all() and (np.abs(prior) < 1).all()
    shuffled = [event.replace("_", " ").title() for event in chance.sample(events, len(events))]
    np.testing.assert_array_equal(prior_of_events([*shuffled, events[0]]), prior)


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (["fire"], "'fire' is no known event: take some of low_light"),
        ([], "no event is given"),
        (["haze", "noise_suppression"], "haze, noise_suppression are of different modalities"),
    ],
)
def test_what_steers_nothing_is_named(events, message):
    with pytest.raises(OptionError, match=message):
        prior_of_events(events)


def test_each_pair_of_a_batch_keeps_its_own_prior():
    first, last = np.float32([0.1, 0.2]), np.float32([0.3, 0.4])
    rows = stacked_priors([first, None, last])
    np.testing.assert_array_equal(rows, [first, [np.nan, np.nan], last])
    assert stacked_priors([None, None]) is None
