"""Names that mean the same: equal ones first, then those that only differ in case and in leading zeros."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

# Not those of a fraction: 0.05 and 0.5 are two numbers.
_LEADING_ZEROS = re.compile(r"(?<!\d)(?<!\d\.)0+(?=\d)")


def loose(name: str) -> str:
    """A name without what programs write in different ways: `IMG_0001` and `img_1`, `001` and `1`."""
    return _LEADING_ZEROS.sub("", name).casefold()


def join_names(keys_a: Mapping[str, str], keys_b: Mapping[str, str]) -> dict[str, str]:
    """Join names by their keys: equal ones, then :func:`loose` ones where just one name of each source has them.

    Args:
        keys_a (Mapping[str, str]): By each name of source A, what it has in common with its partner.
        keys_b (Mapping[str, str]): The same of source B.

    Returns:
        dict[str, str]: By names of A, in their order, those of B. A key that a source has twice counts for nothing.
    """
    exact = _join(keys_a, keys_b)
    if len(exact) == min(len(keys_a), len(keys_b)):
        return exact
    used = set(exact.values())
    # Over all names: what is near to two of them belongs to neither.
    found = _join(*({name: loose(key) for name, key in keys.items()} for keys in (keys_a, keys_b)))
    more = {a: b for a, b in found.items() if a not in exact and b not in used}
    joined = exact | more
    return {name: joined[name] for name in keys_a if name in joined}


def _join(keys_a: Mapping[str, str], keys_b: Mapping[str, str]) -> dict[str, str]:
    by_key_a, by_key_b = _names_of_single_keys(keys_a), _names_of_single_keys(keys_b)
    return {name: by_key_b[key] for key, name in by_key_a.items() if key in by_key_b}


def _names_of_single_keys(keys: Mapping[str, str]) -> dict[str, str]:
    counts = Counter(keys.values())
    return {key: name for name, key in keys.items() if counts[key] == 1}


def lookalikes(names_a: Iterable[str], names_b: Iterable[str]) -> tuple[list[str], list[str]] | None:
    """Names that :func:`loose` makes equal, and that :func:`join_names` left alone for being more than two.

    Returns:
        tuple[list[str], list[str]] | None: Those of A and of B; None if there are none.
    """
    groups: dict[str, tuple[list[str], list[str]]] = {}
    for side, names in enumerate((names_a, names_b)):
        for name in names:
            groups.setdefault(loose(name), ([], []))[side].append(name)
    return next((group for group in groups.values() if all(group)), None)
