"""Numbers with their nouns, and numbers in ranges: one check for options, settings of configs and arguments."""

import argparse
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Any

from ..user_errors import OptionError


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number and what is counted, e.g. '1 image', '1,200 images'."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def numbered(sentence: str, number: int) -> str:
    """A sentence about so many, e.g. '[image has|images have] 16 bits' about one: 'image has 16 bits'."""
    return re.sub(r"\[([^][|]*)\|([^][|]*)\]", r"\1" if number == 1 else r"\2", sentence)


# int() and float() take 1_000 and digits of other scripts too, which are slips on a command line.
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_ANY = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)


@dataclass(frozen=True)
class NumberRange:
    """A range of numbers, and the type of an argument of the command line that must lie in it.

    Args:
        least (float): Smallest number. Default: none.
        most (float): Largest number. Default: none; infinity itself is never in the range.
        is_whole (bool): Only whole numbers. Default: False.
        is_above (bool): `least` itself is not in the range. Default: False.
    """

    least: float = -math.inf
    most: float = math.inf
    is_whole: bool = False
    is_above: bool = False

    def __contains__(self, value: Any) -> bool:
        """Whether this is a number of the range; truth values are none."""
        kind = Integral if self.is_whole else Real
        if isinstance(value, bool) or not isinstance(value, kind) or not math.isfinite(value):
            return False
        number = float(value)
        return self.least <= number <= self.most and not (self.is_above and number == self.least)

    def __str__(self) -> str:
        """The range in words, e.g. 'a whole number of at least 1'."""
        parts = []
        if self.least > -math.inf:
            parts.append(f"above {self.least:.10g}" if self.is_above else f"of at least {self.least:.10g}")
        if self.most < math.inf:
            parts.append(f"at most {self.most:.10g}")
        return " ".join([self.kind, " and ".join(parts)]).strip()

    @property
    def kind(self) -> str:
        """A description of every number of the range."""
        return "a whole number" if self.is_whole else "a finite number"

    def __call__(self, text: str) -> int | float:
        """Parse an argument of the command line.

        Raises:
            argparse.ArgumentTypeError: If it is no number of the range; the program then ends with 2 and its usage.
        """
        value: Any = text
        if _WHOLE.fullmatch(text):
            value = int(text)
        elif not self.is_whole and _ANY.fullmatch(text):
            value = float(text)
        if value not in self:
            raise argparse.ArgumentTypeError(f"'{text[:40]}' is not {self}")
        return value

    def check(self, what: str, value: Any) -> None:
        """Check a value.

        Raises:
            OptionError: If it is no number of the range.
        """
        if value not in self:
            raise OptionError(f"{what} is {str(value)[:40]!r}, wanted {self}")


def at_least(least: int) -> NumberRange:
    """Whole numbers that are not below `least`."""
    return NumberRange(least, is_whole=True)


#: Any number but NaN and the infinite ones.
FINITE = NumberRange()
#: Sizes, lengths, rates.
ABOVE_ZERO = NumberRange(0, is_above=True)
NOT_NEGATIVE = NumberRange(0)
#: Shares and probabilities.
SHARE = NumberRange(0, 1)


def check_finite(numbers: Any) -> None:
    """Check that every field of a data class is a finite number.

    Raises:
        OptionError: Names the first that is none.
    """
    for field in fields(numbers):
        FINITE.check(f"{type(numbers).__name__}: {field.name}", getattr(numbers, field.name))


def check_numbers(owner: str, ranges: Mapping[str, NumberRange], values: Mapping[str, Any]) -> None:
    """Check several arguments of a class; those that are None are left out.

    Args:
        owner (str): Name of the class, for messages.
        ranges (Mapping[str, NumberRange]): The range of each argument, by its name.
        values (Mapping[str, Any]): The arguments, by name; others than those in `ranges` are not looked at.

    Raises:
        OptionError: Names the first that is out of its range.
    """
    for name, wanted in ranges.items():
        if values.get(name) is not None:
            wanted.check(f"{owner}: {name}", values[name])
