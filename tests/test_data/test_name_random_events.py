"""Events that are drawn for a student to obey, beside what its pair was degraded by."""

import numpy as np
import pytest

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.annotation.event_types import EVENT_TYPES, MEDICAL_EVENT_TYPES
from mmfusion_distill.data.transforms import NameRandomEvents
from mmfusion_distill.user_errors import UserError

NIGHT = Annotation((Event("low_light", "dark"),))
NOISY_NIGHT = Annotation((*NIGHT.events, Event("ir_noise", "grain")))


def drawn(count: int, **arguments: object) -> list[dict]:
    np.random.seed(0)
    results = dict(annotation=NOISY_NIGHT, target_annotation=NIGHT)
    return [NameRandomEvents(**arguments)(dict(results)) for _ in range(count)]


@pytest.mark.parametrize(
    "modality, kinds", [("infrared-visible", EVENT_TYPES), ("medical", MEDICAL_EVENT_TYPES)]
)
def test_every_event_of_the_modality_is_drawn_and_sometimes_two(modality, kinds):
    named = [sample["named_annotation"].event_types for sample in drawn(120, modality=modality)]
    assert {event for events in named for event in events} == set(kinds)
    assert {len(events) for events in named} == {1, 2}


def test_the_teacher_is_told_of_degradations_too_and_of_nothing_else():
    for sample in drawn(30, two_prob=0):
        (event,) = sample["named_annotation"].event_types
        told = sample["obeyed_annotation"].event_types
        # The night is no degradation: its sources are the target.
        assert sorted(told) == sorted({event, "ir_noise"})


def test_a_pair_without_degradations_has_what_is_drawn_alone():
    np.random.seed(0)
    sample = NameRandomEvents()(dict(annotation=NIGHT))
    assert sample["obeyed_annotation"].event_types == sample["named_annotation"].event_types


def test_what_the_pair_has_is_named_as_often_as_asked():
    def share(present_prob: float) -> float:
        named = [sample["named_annotation"].event_types for sample in drawn(200, present_prob=present_prob)]
        return sum(events[0] in NOISY_NIGHT.event_types for events in named) / len(named)

    assert share(1) == 1
    # Two of eight are there.
    assert 0.1 < share(0) < 0.4 < share(0.5) < 0.8


def test_a_pair_that_has_nothing_of_the_modality_is_named_anything():
    np.random.seed(0)
    scan = dict(annotation=Annotation((Event("normal", "fine"),)))
    for _ in range(20):
        named = NameRandomEvents("medical", present_prob=1)(dict(scan))["named_annotation"]
        assert set(named.event_types) <= set(MEDICAL_EVENT_TYPES)


@pytest.mark.parametrize("wrong", [dict(two_prob=2), dict(present_prob=-1), dict(modality="sonar")])
def test_arguments_out_of_range_are_refused(wrong):
    with pytest.raises(UserError, match="NameRandomEvents"):
        NameRandomEvents(**wrong)
