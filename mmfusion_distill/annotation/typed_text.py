"""Descriptions that a user types."""

import re

from .annotation_types import Annotation, Event
from .answers.denial import is_denied
from .answers.exceptions import is_denial
from .answers.findings import Finding, present_events
from .event_types import NORMAL_EVENT, is_known_event

_NEITHER = re.compile(r"\bneither\s+(.+?)\s+nor\s+", re.IGNORECASE)
#: Where another statement begins: "no haze but low light", "low light without noise", "no fog and no noise".
_CLAUSE = re.compile(
    r",?\s+(?:but|yet|aber|mais|pero)\s+|,\s*|\s+(?=(?:without|ohne|sans)\s)|\s+and\s+(?=(?:no|not)\s)",
    re.IGNORECASE,
)


def annotation_of_text(text: str) -> Annotation:
    """An annotation from what a user typed.

    Args:
        text (str): Events, each with a description if need be, e.g. "low light" or "low_light; haze: thick in the
            distance".

    Returns:
        Annotation: What is denied ("no haze", "haze: none") is no event in it; if all is, `normal` is the only one.

    Raises:
        AnnotationError: If it names nothing.
    """
    findings = []
    for part in text.split(";"):
        name, _, description = part.partition(":")
        names = [one for one in _CLAUSE.split(_NEITHER.sub(r"no \1, no ", name)) if one.strip()]
        denied = [is_denied(one) or not description and is_denial(one) for one in names]
        if not any(denied) and not all(is_known_event(one) for one in names):
            names, denied = [name], [False]
        findings += [
            Finding(one, description, False if is_none else None)
            for one, is_none in zip(names, denied)
            if one.strip()
        ]
    events = present_events(findings)
    if findings and not events:
        events = [Event(NORMAL_EVENT)]
    return Annotation(tuple(events), annotator="user")
