"""Event names inside a line or a field: one, several, or one with something said about it."""

import re

from ..event_types import canonical_event_type, is_known_event
from .denial import is_denied
from .denial_words import CROSSES
from .findings import Finding

#: Characters of a name field that are looked at.
_LONGEST = 1000
_SEPARATOR = re.compile(r"[:：=?？→]| [-–—] | ?\.{3,} ?| / (?=(?:yes|no)\b)|\t|\s*[(（]", re.IGNORECASE)
_SEVERAL = re.compile(r"[,;/|&+、，；]| and | und | et | y ")
_VERB = re.compile(r"\s(?:is|are|was|were|isn't|aren't|can|cannot|can't|appears?|seems?|not)\s")
_LONGEST_NAME = 60
_ONLY_BEHIND = re.compile(r" (?:only|alone)$", re.IGNORECASE)
_TICK = r"★[★☆]*|✓|✔|✅|☑|\[[xX✓✔]\]"
_SIGN = re.compile(rf"\s*(?:[-*+•]\s*)?(?:(?P<yes>{_TICK})|(?P<no>{CROSSES}))\s*")
_SIGN_BEHIND = re.compile(rf"\s*(?:(?P<yes>{_TICK})|(?P<no>{CROSSES}))\s*$")


def split_names(value: str) -> list[str]:
    """Event names in a value: one, or several known ones (``low_light, ir_noise``)."""
    parts = _SEVERAL.split(value[:_LONGEST])
    if len(value) > _LONGEST:
        # what is cut may be half a name
        value, parts = value[:_LONGEST], parts[:-1]
    parts = [part for part in parts if canonical_event_type(part)]
    if len(parts) > 1 and all(is_known_event(part) for part in parts):
        # They share a description, which a name that is there a thousand times would get a thousand times.
        return list(dict.fromkeys(map(canonical_event_type, parts)))
    return [value] if canonical_event_type(value) else []


def split_remark(value: str) -> tuple[str, str]:
    """Split what is said behind a known name off it: ``ir_noise - none visible``, ``haze, no``."""
    for separator in re.finditer(rf"{_SEPARATOR.pattern}|[,;，；]", value[:_LONGEST]):
        name, rest = value[: separator.start()], value[separator.end() :]
        if not is_known_event(name):
            continue
        if separator[0].strip() in (",", ";", "，", "；") and len(split_names(value)) > 1:
            break
        if separator[0].strip() in ("(", "（"):
            # Brackets qualify ("haze (visible)") unless they deny.
            if not is_denied(value):
                break
            return value, ""
        return name, rest
    return value, ""


def finding_of_line(line: str) -> Finding | None:
    """What a line says that begins with a known event, or names nothing else.

    Args:
        line (str): E.g. ``Low light: the road is dark``, ``[ ] haze``, ``No noise``, ``Haze is not present.``;
            without the decoration of a list.

    Returns:
        Finding | None: None if it begins with no known event.
    """
    sign = _SIGN.match(line)
    is_present = None if sign is None else sign["yes"] is not None
    if line.lstrip(" *_").startswith("~~"):
        is_present = False
    text = line[sign.end() :] if sign else line
    behind = _SIGN_BEHIND.search(text[:_LONGEST_NAME])
    if behind and is_known_event(text[: behind.start()]):
        return Finding(text[: behind.start()], "", behind["yes"] is not None)
    for name, rest in _splits(text):
        if is_known_event(name) or is_denied(name):
            return Finding(name, rest, False if is_denied(name) else is_present)
    return None


def _splits(text: str) -> list[tuple[str, str]]:
    """Names that a text may begin with, and what follows each."""
    text = text.strip()
    splits = []
    separator = _SEPARATOR.search(text, 0, _LONGEST_NAME + 2)
    if separator:
        splits.append((text[: separator.start()], text[separator.end() :]))
    if len(text) < _LONGEST_NAME:
        splits.append((_ONLY_BEHIND.sub("", text.rstrip(".。!")), ""))
    verb = _VERB.search(text, 0, _LONGEST_NAME)
    if verb:
        splits.append((text[: verb.start()], text[verb.start() :]))
    return [(name.strip(" \t*_`~"), rest.strip(" \t*_`)）")) for name, rest in splits if _has_length(name)]


def _has_length(name: str) -> bool:
    name = name.strip(" \t*_`~")
    # Chinese names may have one letter; Latin ones of one or two are something else.
    return len(name) > 2 or (bool(name) and not name.isascii())
