"""A map is doubted for each reason alone."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from warped_pairs import HEIGHT, PAIRS, WIDTH, shift

from mmfusion_distill.registration import evidence
from mmfusion_distill.registration.evidence import Evidence, evidence_of
from mmfusion_distill.registration.matching_level import MatchingLevel
from mmfusion_distill.registration.view import view_of

GOOD = Evidence(
    significance=12,
    halves=0.004,
    spread=0.003,
    backward=0.002,
    bands=0.001,
    rival=0.4,
    held_out_error=0.002,
    held_out_patches=30,
)


@pytest.mark.parametrize(
    "change, says",
    [
        (dict(significance=2), "too few edges in common"),
        (dict(rival=0.95), "too few edges in common"),
        (dict(halves=0.06), "a corner moves by 36 px"),
        (dict(spread=0.03), "a corner moves by 35 px"),
        (dict(backward=0.03), "a corner moves by 36 px"),
        (dict(bands=0.03), "a corner moves by 37 px"),
        (dict(halves=0.016, spread=0.008, backward=0.008), "a corner moves by 25 px"),
        (dict(halves=0.012, spread=0.006, backward=0.006, rival=0.7), "a corner moves by 19 px"),
        (dict(halves=float("nan")), "a corner moves by"),
        (dict(significance=float("nan")), "too few edges"),
    ],
)
def test_a_map_is_doubted_for_each_reason_alone_and_for_several_small_ones(change, says):
    assert GOOD.doubt(1000) is None
    assert says in replace(GOOD, **change).doubt(1000)


def test_the_error_is_said_in_pixels_of_a():
    first, second = GOOD.sentences(1000)
    assert first.startswith("30 held-out patches fit best 2.0 px of A")
    assert (
        "known to 3.0 px" in second and "differ there by 4.0 px" in second and "backward by 2.0 px" in second
    )


def level_of(img_a, img_b):
    return MatchingLevel([(view_of(img_a, 256), view_of(img_b, 256))], 256, 1.0)


def test_a_map_that_is_off_is_found_out_by_patches_and_by_the_way_back():
    level, diagonal = level_of(*PAIRS[0]), np.hypot(HEIGHT, WIDTH)
    right, off = (evidence_of(level, matrix, np.eye(3), 0.0, matrix) for matrix in (np.eye(3), shift(6, 0)))
    assert right.significance > 5 and right.backward < 0.01 and 0 < right.halves < 0.03
    assert off.backward == pytest.approx(6 / diagonal, abs=0.01) and off.doubt(diagonal)
    assert right.held_out_error < 0.02 and right.held_out_patches > 5
    assert evidence_of(level, np.eye(3), np.eye(3), 0.0, shift(3, 4)).bands == pytest.approx(5 / diagonal)


def test_patches_of_other_scenes_speak_for_no_map_that_the_others_found():
    for index in (1, 2, 3):
        level = level_of(PAIRS[index][0], PAIRS[index - 1][1])
        assert evidence_of(level, np.eye(3), np.eye(3), 0.0, np.eye(3)).significance < 2.5


def test_the_spread_is_what_leaving_out_each_ninth_tells_of_the_whole(monkeypatch):
    # Maps that lie 2 px to either side; n of them tell (n - 1) / n times the sum of their squares.
    sides = itertools.cycle((2.0, -2.0))
    monkeypatch.setattr(evidence, "_refitted", lambda *_: shift(next(sides), 0))
    found = evidence_of(level_of(*PAIRS[0]), np.eye(3), np.eye(3), 0.0, np.eye(3))
    assert found.spread * np.hypot(HEIGHT, WIDTH) == pytest.approx(2 * np.sqrt(8), rel=0.01)


def test_one_half_that_fits_does_not_speak_for_the_other(monkeypatch):
    # One half of the patches tells the true map, the other one that lies 6 px off.
    told = itertools.cycle((np.zeros(8), np.array([6.0, *[0] * 7])))
    monkeypatch.setattr(evidence, "_values", lambda *_: next(told))
    monkeypatch.setattr(evidence, "_spread", lambda *_: 0.0)
    assert evidence_of(level_of(*PAIRS[0]), np.eye(3), np.eye(3), 0.0, np.eye(3)).significance < 2.5
