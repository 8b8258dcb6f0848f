"""What an answer says of one event, in the form that all readers of answers share."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..annotation_types import Event
from ..event_types import canonical_event_type, is_known_event
from .denial import is_denied, without_yes


@dataclass(frozen=True)
class Finding:
    """What an answer says of one event.

    Args:
        name (str): The event, as it is spelled; '' where there is none, as in an empty list.
        description (str): What is said about it. Default: ''.
        is_present (bool, optional): Whether it is said to be there, beside the description. Default: None.
    """

    name: str
    description: str = ""
    is_present: bool | None = None

    def of_infrared(self) -> "Finding":
        """The finding where it was made about the infrared source: "noise" there is another event."""
        name = f"ir_{self.name}"
        if is_known_event(name) and canonical_event_type(self.name) != canonical_event_type(name):
            return replace(self, name=name)
        return self


#: An empty list of events: nothing is wrong.
NOTHING = Finding("", "", False)


def present_events(findings: Iterable[Finding]) -> list[Event]:
    """The events that findings assert, without those that they deny."""
    return [
        Event(finding.name, without_yes(finding.description))
        for finding in findings
        if finding.is_present is not False and canonical_event_type(finding.name)
        # A field of its own weighs more than the wording.
        if finding.is_present or not is_denied(finding.name, finding.description)
    ]
