"""Numbers within a range, whoever gives them."""

import argparse
from dataclasses import dataclass

import numpy as np
import pytest

from mmfusion_distill.system.number_range import (
    ABOVE_ZERO,
    FINITE,
    NOT_NEGATIVE,
    SHARE,
    NumberRange,
    at_least,
    check_finite,
    check_numbers,
)
from mmfusion_distill.user_errors import OptionError


@pytest.mark.parametrize(
    "wanted, given, values",
    [
        (at_least(1), ["1", "007", "+3", "999999"], [1, 7, 3, 999999]),
        (at_least(0), ["0"], [0]),
        (at_least(-2), ["-2"], [-2]),
        (NumberRange(0, 9, is_whole=True), ["0", "9"], [0, 9]),
        (FINITE, ["-1.5", "1e3", "7"], [-1.5, 1000.0, 7]),
        (ABOVE_ZERO, ["1e-9"], [1e-9]),
        (NOT_NEGATIVE, ["0", "0.5"], [0, 0.5]),
        (SHARE, ["0", "1", ".5"], [0, 1, 0.5]),
    ],
    ids=str,
)
def test_what_is_in_the_range_is_taken(wanted, given, values):
    assert [wanted(text) for text in given] == values
    for value in values:
        wanted.check("x", value)


@pytest.mark.parametrize(
    "wanted, words, given",
    [
        (at_least(1), "a whole number of at least 1", ["0", "-1", "1.5", "1e2", "1_0", "\u0661", "9" * 5000]),
        (NumberRange(0, 9, is_whole=True), "a whole number of at least 0 and at most 9", ["10", "-1"]),
        (ABOVE_ZERO, "a finite number above 0", ["0", "-1e-9", "1e999"]),
        (NOT_NEGATIVE, "a finite number of at least 0", ["-0.1"]),
        (SHARE, "a finite number of at least 0 and at most 1", ["1.01", "-0.01"]),
        (FINITE, "a finite number", []),
    ],
    ids=str,
)
def test_what_is_not_in_the_range_is_refused_in_words(wanted, words, given):
    for text in [*given, "nan", "inf", "-inf", "x", "", " ", "True"]:
        with pytest.raises(argparse.ArgumentTypeError) as error:
            wanted(text)
        assert str(error.value).endswith(f" is not {words}") and len(str(error.value)) < 120


@pytest.mark.parametrize("value", [True, "3", None, float("nan"), float("inf"), [3], 2.5])
def test_only_numbers_are_numbers(value):
    with pytest.raises(OptionError, match="^workers is .*, wanted a whole number of at least 1$"):
        at_least(1).check("workers", value)


def test_numbers_of_numpy_are_numbers():
    at_least(1).check("x", np.int64(3))
    SHARE.check("x", np.float32(0.5))


def test_arguments_of_a_class_are_named_with_it_and_none_is_left_out():
    ranges = {"width": at_least(1), "share": SHARE}
    check_numbers("Net", ranges, dict(width=3, share=None, other="x"))
    with pytest.raises(
        OptionError, match="^Net: share is '2', wanted a finite number of at least 0 and at most 1"
    ):
        check_numbers("Net", ranges, dict(width=3, share=2))


def test_every_field_of_thresholds_is_a_finite_number():
    @dataclass
    class Limits:
        noise: float = 3
        dark: float = 5

    check_finite(Limits())
    with pytest.raises(OptionError, match="^Limits: dark is 'nan', wanted a finite number$"):
        check_finite(Limits(dark=float("nan")))
