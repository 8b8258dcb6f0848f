"""Descriptions that a user types."""

from .annotation_types import Annotation, Event
from .answers.denial import is_denied
from .answers.findings import Finding, present_events
from .event_types import NORMAL_EVENT, is_known_event


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
        names = [one for one in name.split(",") if one.strip()]
        if not all(is_known_event(one) or is_denied(one) for one in names):
            names = [name]
        findings += [Finding(one, description) for one in names if one.strip()]
    events = present_events(findings)
    if findings and not events:
        events = [Event(NORMAL_EVENT)]
    return Annotation(tuple(events), annotator="user")
