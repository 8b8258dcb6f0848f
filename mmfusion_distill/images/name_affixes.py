"""Words that all names of a source begin or end with, where nobody knows their meaning: `1_day` and `1_night`."""

import re
from collections.abc import Collection, Sequence
from itertools import product

from .name_joining import join_names

_SEPARATORS = r"[\W_]*"
#: Words and numbers, each with what parts it from the rest of the name.
_FIRST = re.compile(rf"(?:[^\W\d_]+|\d+){_SEPARATORS}")
_LAST = re.compile(rf"{_SEPARATORS}(?:[^\W\d_]+|\d+)")
_WORD, _NUMBER = re.compile(r"[^\W\d_]+"), re.compile(r"\d+")
#: Words and numbers that may be more than what names have in common, e.g. `_ir_8bit`.
_MOST = 3


def join_by_affixes(
    names_a: Sequence[str], names_b: Sequence[str], not_in_a: Collection[str], not_in_b: Collection[str]
) -> tuple[dict[str, str], tuple[str, str]] | None:
    """Join names that only differ in what all of source A and all of source B begin, or end with.

    It is a guess, so all of the smaller source must find a partner, and in one way only. Numbers must not differ:
    cameras count on, and `1_2` is no partner of `1_3`.

    Args:
        names_a (Sequence[str]): Names of source A without extension; paths have slashes.
        names_b (Sequence[str]): Those of source B.
        not_in_a (Collection[str]): Words, in lower case, that say that an image belongs to source B.
        not_in_b (Collection[str]): Those of source A.

    Returns:
        tuple[dict[str, str], tuple[str, str]] | None: By names of A those of B, and patterns that say the same.
    """
    found: list[tuple[dict[str, str], tuple[str, str]]] = []
    for at_end in (True, False):
        affixes_a, affixes_b = (
            [affix for affix in _affixes(names, at_end) if not _words(affix) & set(others)]
            for names, others in ((names_a, not_in_a), (names_b, not_in_b))
        )
        for affix_a, affix_b in product(affixes_a, affixes_b):
            numbers = {tuple(_NUMBER.findall(affix)) for affix in (affix_a, affix_b)} - {()}
            if affix_a.casefold() == affix_b.casefold() or len(numbers) > 1:
                continue
            pairs = join_names(_without(names_a, affix_a, at_end), _without(names_b, affix_b, at_end))
            if pairs and len(pairs) == min(len(names_a), len(names_b)):
                patterns = [
                    f"{{name}}{affix}" if at_end else f"{affix}{{name}}" for affix in (affix_a, affix_b)
                ]
                found.append((pairs, (patterns[0], patterns[1])))
    is_clear = found and all(pairs == found[0][0] for pairs, _ in found)
    return found[0] if is_clear else None


def _affixes(names: Sequence[str], at_end: bool) -> list[str]:
    """What all names have in common there, from nothing to all of it, without what is no word."""
    parts = [_LAST.findall(name)[::-1] if at_end else _FIRST.findall(name) for name in names]
    affixes = [""]
    for same in list(zip(*parts))[:_MOST]:
        if len(set(same)) > 1:
            break
        affixes.append(same[0] + affixes[-1] if at_end else affixes[-1] + same[0])
    return [affix for affix in affixes if not affix or _WORD.search(affix)]


def _without(names: Sequence[str], affix: str, at_end: bool) -> dict[str, str]:
    """Names that have more than the affix, by themselves without it."""
    shorter = {name: name[: len(name) - len(affix)] if at_end else name[len(affix) :] for name in names}
    return {name: key for name, key in shorter.items() if key}


def _words(affix: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(affix)}
