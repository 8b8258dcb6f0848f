"""Trainings of several seeds beside others."""

import numpy as np
import pytest

from mmfusion_distill.analysis.seeded_comparison import difference_interval, seeded_table


def scores(level, of_seeds=(0.0, 0.0, 0.0), pairs=20):
    """Scores of trainings around a level, with the same easy and hard pairs."""
    hard = np.random.default_rng(0).normal(0, 0.1, pairs)
    return level + np.array(of_seeds)[:, None] + hard


def test_a_shift_of_all_pairs_is_found_however_different_the_pairs_are():
    assert difference_interval(scores(0.8), scores(0.75)) == pytest.approx((0.05, 0.05, 0.05))


def test_seeds_that_differ_more_than_the_trainings_leave_the_sign_open():
    _, low, high = difference_interval(scores(0.80, (-0.04, 0, 0.04)), scores(0.79, (0.04, 0, -0.04)))
    assert low < 0 < high


def test_seeds_are_no_pairs():
    """Their order says nothing."""
    values = scores(0.8, (-0.03, 0, 0.05))
    reference = scores(0.78, (-0.03, 0, 0.05))
    _, low, high = difference_interval(values, reference)
    _, low_again, high_again = difference_interval(values, reference[::-1])
    assert (low, high) == pytest.approx((low_again, high_again), abs=0.01)
    assert low < 0 < high


def test_the_table_has_every_seed_and_the_difference_to_the_first():
    lines = seeded_table({"alone": scores(0.7), "distilled": scores(0.75)}).splitlines()
    assert lines[2].split("|")[4].strip() == ""
    assert lines[3].split("|")[4].strip() == "+0.050"
    assert lines[3].count("0.7") >= 4
