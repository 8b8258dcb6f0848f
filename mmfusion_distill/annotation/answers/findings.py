"""What an answer says of one event, in the form that all readers of answers share; refusals."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..annotation_types import Event, clean_text
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


_PICTURES = (
    r"(?:the |any |these |your |both |this |those |an? |actual |attached |provided )*(?:images?"
    r"|pictures?|photos?|attachments?)"
)
_REFUSAL = re.compile(
    rf"(?:i(?:'m| am) (?:sorry|unable to|not able to)(?! (?:see|find|detect) any (?!images?|pictures?))"
    rf"|sorry, (?:but )?i"
    rf"|i (?:can(?:'t|not)|won't|will not|do not|don't|am unable to) (?:help|assist|provide|identify|comply"
    rf"|answer|have access)"
    rf"|(?:can(?:'t|not)|unable to|don't|do not|couldn't|not able to) (?:see|view|access|open|process"
    rf"|receive|analy[sz]e|examine"
    rf"|interpret) {_PICTURES}|i must decline|i apologi[sz]e|as an ai\b|as a (?:large )?language model"
    rf"|(?:no|the|any) (?:images?|pictures?) (?:was|were|is|are) (?:not )?(?:provided|attached|visible"
    rf"|uploaded|included|given)"
    rf"|no (?:images?|pictures?) (?:provided|attached|uploaded|found)"
    rf"|(?:please|could you) (?:provide|upload|attach|share) {_PICTURES}"
    r"|抱歉|对不起|無法(?:查看|提供|看到|識別)|无法(?:查看|提供|帮助|分析|看到|识别)|申し訳|できません|죄송"
    r"|할 수 없습니다"
    r"|es tut mir leid|leider kann ich|je suis désolé|je ne peux pas|lo siento|no puedo|desculpe|não posso"
    r"|mi dispiace"
    r"|non posso|извините|к сожалению|не могу)"
)


def refusal_in(text: str) -> str:
    """The sentence by which a model refuses, or says that it sees no images; '' if it does not."""
    plain = clean_text(text[:4000]).replace("’", "'")
    match = _REFUSAL.search(plain.lower()) if len(plain) == len(plain.lower()) else None
    if match is None:
        return ""
    start = max(plain.rfind(end, 0, match.start()) for end in (". ", "! ", "? ", "。")) + 1
    return re.split(r"(?<=[.!?。])\s", plain[start:].strip(), maxsplit=1)[0][:200]
