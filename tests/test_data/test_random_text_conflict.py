"""Texts that do not name what was done: the target follows the text, not the degradation."""

from itertools import product

import numpy as np
import pytest

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.data.degradations.degradation_kinds import (
    DEGRADATION_TEXTS,
    STRENGTH_WORDS,
    degradation_kinds,
)
from mmfusion_distill.data.transforms import RandomDegradation, RandomTextConflict

OWN = Annotation((Event("motion_blur", "the car is blurred"),))
NEVER = dict(drop_prob=0, withhold_prob=0, replace_prob=0, bare_prob=0)


@pytest.fixture
def hazy():
    """A pair with an event of its own to which haze was added."""
    rng = np.random.default_rng(0)
    sources = dict(img_a=rng.uniform(0, 255, (24, 24, 3)), img_b=rng.uniform(0, 255, (24, 24, 1)))
    sources = {name: image.astype(np.float32) for name, image in sources.items()}
    degrade = RandomDegradation(prob=1, kinds=["haze"], max_degradations=1, seed=0)
    return degrade(dict(sources, key="pair", annotation=OWN))


def conflict(hazy, **shares):
    return RandomTextConflict(**{**NEVER, **shares})(dict(hazy))


def assert_is_left_as_it_is(results):
    assert results["target_a"] is results["img_a"] and results["target_b"] is results["img_b"]


def test_a_text_that_names_what_was_done_keeps_its_target(hazy):
    results = conflict(hazy)
    assert results == {**hazy, "drop_text": False}


def test_without_text_nothing_is_restored(hazy):
    results = conflict(hazy, drop_prob=1)
    assert results["drop_text"] and results["annotation"] == hazy["annotation"]
    assert_is_left_as_it_is(results)


@pytest.mark.parametrize("share", ["drop_prob", "withhold_prob", "replace_prob"])
def test_of_a_degraded_b_nothing_is_restored_either(hazy, share):
    degrade = RandomDegradation(prob=1, kinds=["ir_noise"], max_degradations=1)
    noisy = degrade(dict(img_a=hazy["target_a"], img_b=hazy["target_b"]))
    assert noisy["target_b"] is not noisy["img_b"]
    assert_is_left_as_it_is(conflict(noisy, **{share: 1}))


def test_what_the_text_withholds_is_not_restored(hazy):
    results = conflict(hazy, withhold_prob=1)
    assert results["annotation"] == OWN and not results["drop_text"]
    assert_is_left_as_it_is(results)


def test_another_degradation_is_named_that_the_pair_does_not_have(hazy):
    named, kinds = set(), degradation_kinds("infrared-visible")
    texts = {
        text.format(strength=word, place=place).lower()
        for name, kind in kinds.items()
        for text, word, place in product(DEGRADATION_TEXTS[name], STRENGTH_WORDS, kind.places)
    }
    for _ in range(60):
        results = conflict(hazy, replace_prob=1)
        own, other = results["annotation"].events
        assert own == OWN.events[0] and other.type not in ("haze", "motion_blur")
        assert other.description.lower() in texts
        assert_is_left_as_it_is(results)
        assert not results["drop_text"]
        named.add(other.type)
    known = {kind.event for kind in kinds.values()}
    assert named <= known and len(named) > len(known) / 2


def test_medical_pairs_get_medical_events_and_the_usual_shares_are_some(hazy):
    known = {kind.event for kind in degradation_kinds("medical").values()}
    for _ in range(20):
        results = RandomTextConflict(**{**NEVER, "replace_prob": 1}, modality="medical")(dict(hazy))
        assert results["annotation"].events[1].type in known
    usual = RandomTextConflict()
    assert 0 < usual.drop_prob + usual.withhold_prob + usual.replace_prob < 1


def test_a_pair_without_any_text_can_get_one(hazy):
    clean = {name: value for name, value in hazy.items() if "annotation" not in name}
    assert len(conflict(clean, replace_prob=1)["annotation"].events) == 1
    assert conflict(clean, withhold_prob=1)["annotation"] is None
    assert conflict(clean, drop_prob=1, bare_prob=1)["drop_text"]


def test_bare_texts_are_the_events_alone(hazy):
    results = conflict(hazy, bare_prob=1)
    assert [(event.type, event.description) for event in results["annotation"].events] == [
        ("motion_blur", ""),
        ("haze", ""),
    ]
    assert results["target_a"] is hazy["target_a"]


def test_shares_are_those_asked_for(hazy):
    counts = dict(dropped=0, withheld=0, replaced=0, bare=0)
    transform = RandomTextConflict(drop_prob=0.2, withhold_prob=0.1, replace_prob=0.3, bare_prob=0.5)
    for _ in range(1000):
        results = transform(dict(hazy))
        types = results["annotation"].event_types
        counts["dropped"] += results["drop_text"]
        counts["withheld"] += types == ("motion_blur",)
        counts["replaced"] += len(types) == 2 and types[1] != "haze"
        counts["bare"] += not results["annotation"].events[0].description
    for name, share in dict(dropped=0.2, withheld=0.1, replaced=0.3, bare=0.5).items():
        # four standard deviations
        assert abs(counts[name] - 1000 * share) <= 4 * np.sqrt(1000 * share * (1 - share)), name


def test_the_seed_of_a_sample_fixes_what_it_gets(hazy):
    texts = []
    for seed in (3, 3, 4, 5, 6):
        np.random.seed(seed)
        texts.append(conflict(hazy, replace_prob=1)["annotation"].events[1])
    assert texts[0] == texts[1] and len(set(texts)) > 2


@pytest.mark.parametrize(
    "shares",
    [
        dict(drop_prob=-0.1),
        dict(bare_prob=1.1),
        dict(bare_prob=-0.1),
        dict(drop_prob=0.5, withhold_prob=0.3, replace_prob=0.3),
    ],
)
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(ValueError, match="sum to at most 1"):
        RandomTextConflict(**{**NEVER, **shares})


def test_a_kind_of_pairs_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="RandomTextConflict: modality 'medicine' is none of"):
        RandomTextConflict(modality="medicine")
