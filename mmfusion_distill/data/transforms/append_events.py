"""Events that a whole data set has."""

from collections.abc import Mapping


from ...registry import TRANSFORMS
from ...annotation.annotation_types import Annotation, Event
from ...annotation.event_types import NORMAL_EVENT
from ...user_errors import UserError
from .pair_transform import PairTransform


@TRANSFORMS.register_module()
class AppendEvents(PairTransform):
    """Say in the annotation what is wrong with every pair of a data set, e.g. with recordings that are degraded.

    Modified keys: `annotation`; 'normal' goes. Added keys: `target_annotation`, the annotation as it was.

    Args:
        events (Mapping[str, str]): Descriptions by event.

    Raises:
        UserError: If there are none.
    """

    def __init__(self, events: Mapping[str, str]) -> None:
        if not events:
            raise UserError("AppendEvents: events is empty, wanted descriptions by event")
        self.events = dict(events)

    def transform(self, results: dict) -> dict:
        """Append the events to the annotation of one pair."""
        annotation = results.get("annotation")
        own = () if annotation is None else annotation.events
        kept = [event for event in own if event.type not in (NORMAL_EVENT, *self.events)]
        added = [Event(name, text) for name, text in self.events.items()]
        results["annotation"] = Annotation((*kept, *added), annotator=type(self).__name__)
        results["target_annotation"] = annotation
        return results
