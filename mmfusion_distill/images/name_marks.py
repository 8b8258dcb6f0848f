"""Marks by which cameras and data sets tell the names of two sources apart: `DJI_0001_W` and `DJI_0001_T`."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..user_errors import UserError
from .name_affixes import join_by_affixes
from .name_joining import join_names

#: Words for visible images, and for CT, PET and SPECT.
_WORDS_A = (
    *(
        "vis",
        "visible",
        "vi",
        "visual",
        "rgb",
        "co",
        "color",
        "colour",
        "eo",
        "optical",
        "wide",
        "photo",
        "dc",
        "max",
    ),
    *("ct", "pet", "spect"),
)
#: Words for infrared images, and for MRI.
_WORDS_B = (
    *(
        "ir",
        "infrared",
        "thermal",
        "therm",
        "tir",
        "lwir",
        "mwir",
        "swir",
        "nir",
        "fir",
        "flir",
        "previewdata",
    ),
    *("irx", "mri", "mr"),
)
#: Single letters count at the beginning or the end of a name only.
_LETTERS = (("w", "t"), ("v", "t"), ("v", "i"))
_WORD = re.compile(r"[^\W\d_]+")
_SEPARATOR = re.compile(r"[\W_]")
_NUMBER = re.compile(r"\d+(?=\D*$)")
#: Of DJI's names; both cameras of one may differ in it by a second.
_TIME_STAMP = re.compile(r"\d{14}[\W_]?")
#: FLIR's video frames, in which camera and frame have random names beside their number.
_FLIR_FRAME = re.compile(r"(?:.*/)?video-[^-/]+-frame-(\d+)-[^-/]+")

#: Name of the pair, by the name of a file.
_Keys = Mapping[str, str]


class MarkedNames(NamedTuple):
    """Names that belong together.

    Args:
        pairs (dict[str, tuple[str, str]]): By the name of the pair, the name of A and that of B.
        patterns (tuple[str, str] | None): Patterns that say the same, see
            :class:`~mmfusion_distill.images.name_pattern.NamePattern`; None if none does.
    """

    pairs: dict[str, tuple[str, str]]
    patterns: tuple[str, str] | None


def side_of(name: str) -> str | None:
    """Which source a name speaks of, e.g. that of a folder: `visible`, `crop_LR_visible`, `cropinfrared`, `IR`.

    Returns:
        str | None: 'a', 'b', or None if it speaks of neither or of both.
    """
    words = {match[0].lower() for match in _WORD.finditer(name)}
    sides = {side for side, known in (("a", _WORDS_A), ("b", _WORDS_B)) if words & set(known)}
    if not sides:
        # Joined to another word; short ones end many words.
        long = [(side, word) for side, known in (("a", _WORDS_A), ("b", _WORDS_B)) for word in known]
        sides = {side for side, word in long if len(word) > 4 and any(w.endswith(word) for w in words)}
    return sides.pop() if len(sides) == 1 else None


def match_marks(names_a: Iterable[str], names_b: Iterable[str]) -> MarkedNames | None:
    """Match names that differ in a mark.

    Args:
        names_a (Iterable[str]): Names of source A without extension; paths have slashes.
        names_b (Iterable[str]): Those of source B; may be the same ones.

    Returns:
        MarkedNames | None: None if no mark matches.

    Raises:
        UserError: If several marks do, and they disagree.
    """
    found = [match for match in _candidates(list(names_a), list(names_b)) if match.pairs]
    if not found:
        return None
    best = max(found, key=lambda match: len(match.pairs))
    for other in found:
        if not set(other.pairs.values()) <= set(best.pairs.values()):
            one, two = (next(iter(match.pairs.values())) for match in (best, other))
            raise UserError(
                f"the names pair up in two ways, {one[0]} with {one[1]} and {two[0]} with {two[1]}: say which by "
                "--pattern, e.g. --pattern '{name}_vis' '{name}_ir'"
            )
    return best


def guess_marks(names_a: Sequence[str], names_b: Sequence[str]) -> MarkedNames | None:
    """Match names of two folders that only differ in words that nobody knows; see :func:`join_by_affixes`.

    Returns:
        MarkedNames | None: None if none fits, or several do.
    """
    letters_a, letters_b = ({letter for pair in _LETTERS for letter in pair[side]} for side in (0, 1))
    found = join_by_affixes(names_a, names_b, {*_WORDS_B, *letters_b}, {*_WORDS_A, *letters_a})
    if found is None:
        return None
    joined, patterns = found
    start, end = patterns[0].split("{name}")
    return MarkedNames({a[len(start) : len(a) - len(end)]: (a, b) for a, b in joined.items()}, patterns)


def _candidates(names_a: list[str], names_b: list[str]) -> Iterator[MarkedNames]:
    words_a, words_b = _present(names_a, _WORDS_A), _present(names_b, _WORDS_B)
    matches = [
        _match(_without_words(names_a, {word_a}), _without_words(names_b, {word_b}))
        for word_a in [*words_a, ""]
        for word_b in [*words_b, ""]
        if word_a or word_b
    ]
    matches += [
        _match(_without_letter(names_a, a), _without_letter(names_b, b), _without_time) for a, b in _LETTERS
    ]
    matches += [
        _match(_without_words(names_a, {word}), _without_letter(names_b, "t"), _without_time)
        for word in words_a
    ]
    matches += [
        _match(_without_letter(names_a, letter), _without_words(names_b, {word}), _without_time)
        for letter in ("v", "w")
        for word in words_b
    ]
    if not any(match.pairs for match in matches):
        # e.g. visible/0001_vis and infrared/0001_ir
        matches.append(_match(_without_words(names_a, set(_WORDS_A)), _without_words(names_b, set(_WORDS_B))))
    if not any(match.pairs for match in matches):
        matches += [_match_flir_frames(names_a, names_b), _match_flir_numbers(names_a, names_b)]
    return iter(matches)


def _present(names: list[str], words: Sequence[str]) -> list[str]:
    there = {word.casefold() for name in names for word in _WORD.findall(name)}
    return [word for word in words if word in there]


def _without_words(names: list[str], words: set[str]) -> _Keys:
    """Names without these words; with no word ('') all unchanged."""
    if words == {""}:
        return {name: name for name in names}
    keys = {}
    for name in names:
        spans = [match.span() for match in _WORD.finditer(name) if match[0].casefold() in words]
        if spans:
            keys[name] = _without_spans(name, spans)
    return keys


def _without_letter(names: list[str], letter: str) -> _Keys:
    mark = re.compile(rf"(?:^|(?<=/)){letter}(?=[\W_\d])|(?<=[\W_\d]){letter}$", re.IGNORECASE)
    found = ((name, mark.search(name)) for name in names)
    return {name: _without_spans(name, [match.span()]) for name, match in found if match}


def _without_spans(name: str, spans: list[tuple[int, int]]) -> str:
    """A name without these parts, and without a separator beside each."""
    for start, end in reversed(spans):
        if start and _SEPARATOR.match(name[start - 1]):
            start -= 1
        elif end < len(name) and _SEPARATOR.match(name[end]):
            end += 1
        name = name[:start] + name[end:]
    return name


def _without_time(key: str) -> str:
    return _TIME_STAMP.sub("", key)


def _match(keys_a: _Keys, keys_b: _Keys, loosen: Callable[[str], str] | None = None) -> MarkedNames:
    """Names of equal keys; a key that a source has twice counts for nothing."""
    pairs = _join(keys_a, keys_b)
    patterns = _common_patterns(pairs) if all(keys_a[a] == keys_b[b] for a, b in pairs.values()) else None
    if loosen is not None:
        used_a, used_b = (set(names) for names in zip(*pairs.values())) if pairs else (set(), set())
        left_a = {name: loosen(key) for name, key in keys_a.items() if name not in used_a}
        left_b = {name: loosen(key) for name, key in keys_b.items() if name not in used_b}
        loose = {keys_a[names[0]]: names for names in _join(left_a, left_b).values()}
        pairs, patterns = pairs | loose, None if loose else patterns
    return MarkedNames(pairs, patterns)


def _join(keys_a: _Keys, keys_b: _Keys) -> dict[str, tuple[str, str]]:
    # What is nothing but a mark (vis.png) keeps its name.
    return {keys_a[a] or a: (a, b) for a, b in join_names(keys_a, keys_b).items() if a != b}


def _common_patterns(pairs: Mapping[str, tuple[str, str]]) -> tuple[str, str] | None:
    """The patterns of all pairs, if they have the same ones."""
    found = {
        (a.replace(key, "{name}", 1), b.replace(key, "{name}", 1))
        for key, (a, b) in pairs.items()
        if key in a and key in b
    }
    return found.pop() if len(found) == 1 else None


def _match_flir_frames(names_a: list[str], names_b: list[str]) -> MarkedNames:
    keys_a, keys_b = (
        {name: match[1] for name in names if (match := _FLIR_FRAME.fullmatch(name))}
        for names in (names_a, names_b)
    )
    pattern = "video-*-frame-{name}-*"
    return MarkedNames(_join(keys_a, keys_b), (pattern, pattern))


def _match_flir_numbers(names_a: list[str], names_b: list[str]) -> MarkedNames:
    """FLIR's hand-held cameras store DC_0124 right after IR_0123 (or FLIR0123)."""
    keys_a, keys_b = _without_words(names_a, {"dc"}), _without_words(names_b, {"ir", "flir"})
    earlier = {name: _NUMBER.sub(_one_less, key) for name, key in keys_a.items()}
    return MarkedNames(_join(earlier, keys_b), None)


def _one_less(number: re.Match) -> str:
    return str(int(number[0]) - 1).zfill(len(number[0]))
