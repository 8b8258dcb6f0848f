"""A known shift of a pair is measured, and nothing is said about pairs that lie well."""

import numpy as np
import pytest
from warped_pairs import PAIRS, displaced, shift

from mmfusion_distill.registration.shift import measure_shift


@pytest.mark.parametrize("seed, right, down", [(0, 9, -4), (1, -14.5, 3), (2, 0, 5.3), (3, 30, 20)])
def test_a_known_shift_is_measured_and_reported(seed, right, down):
    visible, thermal = PAIRS[seed]
    found = measure_shift(visible, displaced(thermal, shift(right, down)))
    assert abs(found.right - right) < 0.7 and abs(found.down - down) < 0.7
    assert found.is_clear


@pytest.mark.parametrize("seed", range(4))
def test_a_registered_pair_is_not_called_misaligned(seed):
    found = measure_shift(*PAIRS[seed])
    assert not found.is_clear and np.hypot(found.right, found.down) < 1


def test_scenes_that_have_nothing_in_common_are_not_called_misaligned():
    assert not measure_shift(PAIRS[0][0], PAIRS[1][1]).is_clear
    assert not measure_shift(np.zeros((32, 40, 3)), np.zeros((32, 40, 1))).is_clear


def test_a_shift_reads_as_a_sentence_wants_it():
    found = measure_shift(PAIRS[0][0], displaced(PAIRS[0][1], shift(-9, 4)))
    assert "px left" in str(found) and "px down" in str(found)
