"""Reading an annotation out of text that a person or a language model wrote."""

import json
import re
from collections.abc import Iterator

from .annotation_types import META_FIELDS, Annotation, AnnotationError, Event, clean_text
from .event_types import canonical_event_type, is_known_event

#: Longest text that is parsed; the longest answers seen have a few thousand characters.
MAX_CHARACTERS = 200_000

# The text may come from a server, so the time must grow with its length only: two repetitions that take the same
# characters never follow each other in a pattern that can fail behind them.

# What may stand before a key: quote signs, bullets, headings, emphasis, "1." or "(2)".
_DECORATION = r"[\s>*_#`\-+•–]*(?:\(?\d+[.):]*[\s*_`]*)?"
_TYPE_KEY = r"(?:event|degradation)(?:[\s_-]*(?:types?|names?))?|type"
_KEY_END = r"[\s*_`]*(?:#?\d+[\s*_`]*)?[:：][\s*_`]*"
_TYPE_LINE = re.compile(rf"^{_DECORATION}(?:{_TYPE_KEY}){_KEY_END}(.*)$", re.IGNORECASE)
_DESCRIPTION_LINE = re.compile(rf"^{_DECORATION}descriptions?{_KEY_END}(.*)$", re.IGNORECASE)
_DESCRIPTION_INSIDE = re.compile(rf"[\s,;.*_`|(-]descriptions?{_KEY_END}", re.IGNORECASE)
_META_LINE = re.compile(rf"^#\s*({'|'.join(META_FIELDS)})\s*:(.*)$")
_FENCE = re.compile(r"(?:```|~~~)\s*\w*")
# These two match anything: what counts is how far.
_PREFIX = re.compile(_DECORATION)
_ORDINAL = re.compile(r"(?:events?)?[\s#]*\d*[\s.:)*_`\-=]*", re.IGNORECASE)
_SEPARATOR = re.compile(r"[:：]| [-–—] ")
_NAME_LENGTHS = range(3, 61)
#: Characters of an ``Event Type:`` that are looked at.
_LONGEST_TYPES = 1000
_TYPE_FIELDS = ("event_type", "type", "event", "name", "degradation", "degradation_type")
_DESCRIPTION_FIELDS = ("description", "desc", "details", "detail", "text", "explanation", "reason")


def parse_annotation(text: str, source: str = "") -> Annotation:
    """Read the annotation in a text.

    Understands, in this order: lines ``Event Type:`` and ``Description:`` (blank lines, numbering, bullets,
    Markdown emphasis and headings, code fences, descriptions over several lines), JSON (bare, fenced or in
    prose; a list of events, an object with such a list, or event names as keys), and lines that begin with a
    known event (``- Low light: the road ...``).

    Args:
        text (str): Text of an annotation file or answer of a language model.
        source (str): Where it comes from (a path), for the message of the error. Default: ''.

    Returns:
        Annotation: Its events in the order of the text; unknown ones are kept.

    Raises:
        AnnotationError: If no event is found, or if the text is JSON that breaks off.
    """
    if len(text) > MAX_CHARACTERS:
        raise AnnotationError(
            f"{_prefix(source)}{len(text):,} characters are no annotation, which has at most {MAX_CHARACTERS:,}: "
            "delete the file or annotate the pair again"
        )
    lines = [line for line in text.splitlines() if not _FENCE.fullmatch(line.strip())]
    meta, lines = _split_meta(lines)
    events = _events_of_lines(lines) or _events_of_json("\n".join(lines), source)
    events = events or _events_of_named_lines(lines)
    if not events:
        shown = clean_text(text)[:80] or "nothing"
        raise AnnotationError(
            f"{_prefix(source)}no event found, expected lines 'Event Type: ...' and 'Description: ...' "
            f"but got {shown!r}: delete or correct it and annotate the pair again"
        )
    return Annotation(tuple(events), **meta)


def _prefix(source: str) -> str:
    return f"{source}: " if source else ""


def _split_meta(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """Take the comment lines about the origin off the top; blank lines may stand among them."""
    meta = {}
    for index, line in enumerate(lines):
        match = _META_LINE.match(line.strip())
        if match:
            meta[match[1]] = match[2]
        elif line.strip():
            return meta, lines[index:]
    return meta, []


def _events_of_lines(lines: list[str]) -> list[Event]:
    events: list[Event] = []
    types: list[str] | None = None  # of the event being read; [] while its value is still to come
    description: list[str] = []
    for line in lines:
        type_match, description_match = _TYPE_LINE.match(line), _DESCRIPTION_LINE.match(line)
        if type_match:
            events += _close(types, description)
            value, inline = _split_inline(type_match[1])
            types, description = _split_types(value), [inline] if inline else []
        elif types is None or _is_ordinal(line):
            continue
        elif description_match:
            description.append(description_match[1])
        elif not types:
            types = _split_types(line)
        else:
            description.append(line)
    return events + _close(types, description)


def _is_ordinal(line: str) -> bool:
    """Whether a line only counts: ``Event 2``, ``3.``, ``---``."""
    return _ORDINAL.match(line, _PREFIX.match(line).end()).end() == len(line)


def _close(types: list[str] | None, description: list[str]) -> list[Event]:
    return [Event(name, " ".join(description)) for name in types or []]


def _split_inline(value: str) -> tuple[str, str]:
    """Split ``low_light Description: dark`` on one line."""
    match = _DESCRIPTION_INSIDE.search(value)
    return (value[: match.start()], value[match.end() :]) if match else (value, "")


def _split_types(value: str) -> list[str]:
    """Event names in a value: one, or several known ones (``low_light, ir_noise``)."""
    parts = re.split(r"[,;/|&+]| and ", value[:_LONGEST_TYPES])
    if len(value) > _LONGEST_TYPES:
        # what is cut may be half a name
        value, parts = value[:_LONGEST_TYPES], parts[:-1]
    parts = [part for part in parts if canonical_event_type(part)]
    if len(parts) > 1 and all(is_known_event(part) for part in parts):
        # They share a description, which a name that is there a thousand times would get a thousand times.
        return list(dict.fromkeys(map(canonical_event_type, parts)))
    return [value] if canonical_event_type(value) else []


def _events_of_json(text: str, source: str) -> list[Event]:
    decoder = json.JSONDecoder(strict=False)
    starts = [match.start() for match in re.finditer(r"[\[{]", text)]
    position = 0
    events: list[Event] = []
    # What fails is read again from the next bracket on, so often and no more.
    budget = 4 * len(text) + 10_000
    for start in starts:
        if start < position:
            continue
        try:
            value, position = decoder.raw_decode(text, start)
            events += list(_walk_json(value))
        except (json.JSONDecodeError, RecursionError) as error:
            budget -= getattr(error, "pos", len(text)) - start
            # An outer bracket that does not close means that events may be missing: better none than some.
            if budget < 0 or re.match(r"[\[{]\s*[\[{\"]", text[start : start + 200]):
                raise AnnotationError(
                    f"{_prefix(source)}the JSON is broken or cut off: annotate the pair again, "
                    "with more output tokens if a model wrote it"
                ) from None
    return events


def _walk_json(value: object) -> Iterator[Event]:
    """Events in decoded JSON: objects with a type field, event names as keys, known names as strings."""
    if isinstance(value, list):
        for item in value:
            if isinstance(item, str) and is_known_event(item):
                yield Event(item)
            else:
                yield from _walk_json(item)
    elif isinstance(value, dict):
        fields = {re.sub(r"[\s-]+", "_", str(key).lower()): item for key, item in value.items()}
        name = next((fields[f] for f in _TYPE_FIELDS if isinstance(fields.get(f), str)), None)
        if name is not None and canonical_event_type(name):
            yield Event(name, _json_description(fields))
            return
        for key, item in value.items():
            if isinstance(item, str) and is_known_event(str(key)):
                yield Event(str(key), item)
            elif isinstance(item, (list, dict)):
                yield from _walk_json(item)


def _json_description(fields: dict[str, object]) -> str:
    parts = [fields[f] for f in _DESCRIPTION_FIELDS if fields.get(f)]
    return parts[0] if parts and isinstance(parts[0], str) else " ".join(map(str, parts[:1]))


def _events_of_named_lines(lines: list[str]) -> list[Event]:
    events = []
    for line in lines:
        name, description = _split_named(line)
        if name and is_known_event(name):
            events.append(Event(name, description))
        elif not name and line.strip() and len(line) < 60 and is_known_event(line):
            events.append(Event(line))
    return events


def _split_named(line: str) -> tuple[str, str]:
    """Name and description of ``- Low light: dark``; empty where no name stands before a separator."""
    rest = line[_PREFIX.match(line).end() :]
    for separator in _SEPARATOR.finditer(rest):
        name = rest[: separator.start()].rstrip(" \t*_`")
        if len(name) >= _NAME_LENGTHS.stop or ":" in name or "：" in name:
            break
        if len(name) in _NAME_LENGTHS:
            return name, rest[separator.end() :].lstrip(" \t*_`")
    return "", ""
