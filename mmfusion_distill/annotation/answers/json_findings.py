"""Answers in JSON: lists of events, events as keys, truth values, numbers, nested objects."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..annotation_types import AnnotationError, clean_text
from ..event_types import canonical_event_type, is_known_event, split_humps
from .denial import is_blank, is_denied, is_unlikely, is_yes
from .denial_words import INFRARED
from .findings import NOTHING, Finding
from .json_fields import (
    ABSENCE_FIELDS,
    DEGREE_FIELDS,
    DENYING_LISTS,
    DESCRIPTION_FIELDS,
    LIKELIHOOD_FIELDS,
    LISTS,
    PRESENCE_FIELDS,
    THOUGHTS,
    TYPE_FIELDS,
    json_values,
)
from .names import finding_of_line, split_names, split_remark

_INFRARED = re.compile(INFRARED)
#: What a model writes that repeats the schema it was given.
_SCHEMA_TYPES = ("object", "array", "string", "json_schema")


#: Of a call of a function; and of an event, which is there or not.
_ARGUMENTS = ("arguments", "parameters")
_EVENT_FIELDS = ("event_type", "event", "degradation", "degradation_type")
_EMPTY_LIST = re.compile(r"(?:^|[:=]|\b(?:is|are)\b)[ \t`*_]*\[\s*\][\s.`*_]*$", re.MULTILINE)


def findings_of_json(text: str) -> list[Finding]:
    """What JSON in a text says of events; an empty list if there is none.

    Raises:
        AnnotationError: If it breaks off.
    """
    values = json_values(text)
    # A second list of events corrects the first; single events in a row add up.
    lists = [value for value in values if isinstance(value, dict) and _fields(value).keys() & set(LISTS)]
    if len(lists) > 1:
        values = lists[-1:]
    # The box of a check list ("[ ] haze") is no list of events.
    is_list = _EMPTY_LIST.search(text) is not None
    try:
        return [finding for value in values for finding in _walk(value, bool(value) or is_list)]
    except RecursionError:
        raise AnnotationError("the JSON is nested without end: annotate the pair again") from None


def _fields(value: dict) -> dict[str, Any]:
    return {
        re.sub(r"[\s'’-]+", "_", split_humps(str(key)).strip().lower()): item for key, item in value.items()
    }


def _walk(value: Any, is_list_of_events: bool = False) -> Iterator[Finding]:
    if isinstance(value, list):
        yield from _of_list(value, is_list_of_events)
    elif isinstance(value, dict):
        yield from _of_object(_fields(value))


def _of_list(items: list, is_list_of_events: bool) -> Iterator[Finding]:
    if not items and is_list_of_events:
        yield NOTHING
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) == len(items) == 2 and is_known_event(texts[0]) and not _is_name(texts[1]):
        # a pair of name and description
        yield Finding(texts[0], texts[1])
        return
    if (
        len(texts) == 1
        and len(items) == 2
        and is_known_event(texts[0])
        and isinstance(items[1], (bool, int, float))
    ):
        yield Finding(texts[0], "", _truth(items[1]))
        return
    for item in items:
        if isinstance(item, str):
            finding = finding_of_line(item)
            yield from [finding] if finding else []
        else:
            yield from _walk(item)


def _is_name(text: str) -> bool:
    """Whether a text names an event; "none" may be said of one."""
    return is_known_event(text) and not is_denied("event", text)


def _of_object(fields: dict[str, Any]) -> Iterator[Finding]:
    name = next((fields[f] for f in TYPE_FIELDS if isinstance(fields.get(f), str)), "")
    if name.lower() in _SCHEMA_TYPES and fields.keys() & {"properties", "items", "json_schema"}:
        return
    arguments = next((fields[field] for field in _ARGUMENTS if field in fields), None)
    if arguments is not None and not is_known_event(name):
        # a call of a function
        yield from findings_of_json(arguments) if isinstance(arguments, str) else _walk(arguments, True)
        return
    if fields.get("error") and not any(fields.get(key) for key in LISTS):
        raise AnnotationError(f"the answer is an error: {clean_text(str(fields['error']))[:200]}")
    if canonical_event_type(name):
        name, remark = split_remark(name)
        description = _description(fields) or remark
        for one in split_names(name):
            yield Finding(one, description, _presence(fields))
        return
    if any(field in fields and fields[field] is None for field in _EVENT_FIELDS):
        yield NOTHING
    chosen = {key: item for key, item in fields.items() if key in LISTS}
    denied = {
        key: item for key, item in fields.items() if key in DENYING_LISTS and isinstance(item, (list, dict))
    }
    for key, item in ({**chosen, **denied} if chosen else fields).items():
        if key in THOUGHTS:
            continue
        if key in denied:
            yield from (replace(finding, is_present=False) for finding in _walk(item))
        elif is_known_event(key):
            yield _of_key(key, item)
        elif key in LISTS:
            yield from _of_events_field(item)
        elif _INFRARED.fullmatch(key):
            yield from (finding.of_infrared() for finding in _walk(item))
        elif isinstance(item, (list, dict)):
            yield from _walk(item, is_list_of_events=len(fields) == 1)


def _of_events_field(item: Any) -> Iterator[Finding]:
    """The value of a field that holds the events: a list, an object, or names."""
    if (
        item is None
        or item is False
        or item == {}
        or (isinstance(item, str) and (is_blank(item) or is_denied("event", item)))
    ):
        yield NOTHING
    elif isinstance(item, str):
        for name in split_names(item):
            finding = finding_of_line(name)
            yield from [finding] if finding else []
    else:
        yield from _walk(item, is_list_of_events=True)


def _of_key(name: str, value: Any) -> Finding:
    """What the value says whose key is an event: {"low_light": false, "haze": "far hills"}."""
    if isinstance(value, dict):
        fields = _fields(value)
        if not fields:
            return Finding(name, "", False)
        description = _description(fields)
        presence = _presence(fields)
        if not description and presence is None:
            description = " ".join(str(item) for item in value.values() if isinstance(item, str))
        return Finding(name, description, presence)
    if isinstance(value, list):
        if value and all(isinstance(item, (bool, int, float)) for item in value):
            # one for each image
            return Finding(name, "", any(_truth(item) for item in value))
        parts = [
            item if isinstance(item, str) else _description(_fields(item))
            for item in value
            if isinstance(item, (str, dict))
        ]
        return Finding(name, " ".join(parts), None if value else False)
    if isinstance(value, str) and not is_blank(value) and _number(value) is None:
        return Finding(name, value, True if is_yes(value) else None)
    return Finding(name, "", _truth(value))


def _presence(fields: dict[str, Any]) -> bool | None:
    """Whether the fields beside a name say that it is there; None if none does."""
    said = [_truth(fields[field]) for field in PRESENCE_FIELDS if field in fields]
    said += [
        not absent
        for field in ABSENCE_FIELDS
        if (absent := _truth(fields.get(field))) is not None and field in fields
    ]
    said += [False for field in DEGREE_FIELDS if field in fields and _is_nil(fields[field])]
    said += [False for field in LIKELIHOOD_FIELDS if field in fields and _is_unlikely(fields[field])]
    said = [one for one in said if one is not None]
    return all(said) if said else None


def _truth(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return bool(value)
    number = _number(value)
    if number is not None:
        # Shares from 0 to 1 are probabilities, whole numbers counts or marks.
        return number >= 0.5 if 0 < number < 1 else number > 0
    if isinstance(value, str):
        return False if is_blank(value) or is_denied("event", value) else True if is_yes(value) else None
    return None


def _is_nil(value: Any) -> bool:
    number = _number(value)
    return (
        number <= 0
        if number is not None
        else value is False or isinstance(value, str) and is_denied("event", value)
    )


def _is_unlikely(value: Any) -> bool:
    return _is_nil(value) or (isinstance(value, (str, float)) and is_unlikely(str(value)))


def _number(value: Any) -> float | None:
    try:
        return float(value.strip().rstrip("%") if isinstance(value, str) else value)
    except (TypeError, ValueError):
        return None


def _description(fields: dict[str, Any]) -> str:
    parts = [fields[field] for field in DESCRIPTION_FIELDS if fields.get(field)]
    return parts[0] if parts and isinstance(parts[0], str) else " ".join(map(str, parts[:1]))
