"""Events and annotations: the degradations of a pair."""

import re
import unicodedata
from dataclasses import dataclass

from ..user_errors import UserError
from .event_types import canonical_event_type

#: Facts about the origin of an annotation that its file records.
META_FIELDS = ("annotator", "model", "prompt_version")


class AnnotationError(UserError):
    """A text or file that holds no usable annotation."""


@dataclass(frozen=True)
class Event:
    """One degradation of a pair.

    Args:
        type (str): Event name; wording is brought to the known names, see
            :func:`~mmfusion_distill.annotation.event_types.canonical_event_type`.
        description (str): Where and how strong, free text; white space is collapsed and Markdown
            emphasis removed.

    Raises:
        AnnotationError: If ``type`` has no letter or digit.
    """

    type: str
    description: str = ""

    def __post_init__(self) -> None:
        name = canonical_event_type(self.type)
        if not name:
            raise AnnotationError(f"event type {self.type!r} has no letter or digit")
        object.__setattr__(self, "type", name)
        object.__setattr__(self, "description", clean_text(self.description))

    @property
    def text(self) -> str:
        """Event as one line for a text encoder, e.g. ``low light: The road is nearly black.``"""
        words = self.type.replace("_", " ")
        return f"{words}: {self.description}" if self.description else words


@dataclass(frozen=True)
class Annotation:
    """The degradations of one pair.

    Args:
        events (tuple[Event, ...]): At least one event.
        annotator (str): Who wrote it, e.g. ``StatisticsAnnotator``. Default: '' (unknown).
        model (str): Model or version of the annotator. Default: ''.
        prompt_version (str): Version of the prompt that was asked. Default: ''.

    Raises:
        AnnotationError: If there is no event.
    """

    events: tuple[Event, ...]
    annotator: str = ""
    model: str = ""
    prompt_version: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "events", tuple(self.events))
        if not self.events:
            raise AnnotationError("an annotation needs at least one event")
        for field in META_FIELDS:
            object.__setattr__(self, field, clean_text(getattr(self, field)))

    @property
    def event_types(self) -> tuple[str, ...]:
        """Names of the events, in order."""
        return tuple(event.type for event in self.events)

    @property
    def text(self) -> str:
        """All events, one line each. Depends on the events only, not on who wrote them."""
        return "\n".join(event.text for event in self.events)


def clean_text(text: str) -> str:
    """Text on one line without control characters, Markdown emphasis and enclosing quotes."""
    printable = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    line = " ".join(re.sub(r"\*\*+", "", printable).split())
    start, end = 0, len(line)
    while True:
        while start < end and line[start] in " *_`":
            start += 1
        while start < end and line[end - 1] in " *_`":
            end -= 1
        if end - start < 2 or line[start] + line[end - 1] not in ('""', "''", "“”"):
            return line[start:end]
        start, end = start + 1, end - 1
