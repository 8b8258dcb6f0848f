"""Descriptions that a user types."""

from .annotation_types import Annotation, Event


def annotation_of_text(text: str) -> Annotation:
    """An annotation from what a user typed, e.g. "low light" or "low_light; haze: thick in the distance"."""
    events = []
    for part in text.split(";"):
        name, _, description = part.partition(":")
        if name.strip():
            events.append(Event(name, description))
    return Annotation(tuple(events), annotator="user")
