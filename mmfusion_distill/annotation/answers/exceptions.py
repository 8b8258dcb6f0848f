"""What is there after all, in an answer that denies the rest: "no degradation other than low light"."""

import re
from collections.abc import Sequence

from ..annotation_types import clean_text
from ..event_types import is_known_event
from . import denial_words as words
from .denial import is_denied
from .findings import Finding
from .names import finding_of_line, split_names

#: Characters that are looked at, which bounds the time; longer answers are no sentence or two.
_LOOKED_AT = 2000
_EXCEPT = re.compile(
    r"\b(?:except(?: for)?|other than|besides|apart from|aside from|with the exception of|nothing but)\s+"
    r"(?:the |some |a |an )?(?P<names>[^.;:,!?\n]{3,60})",
    re.IGNORECASE,
)
_LONGEST_NAMES = 7
_SENTENCE = re.compile(rf"[.;!?\n]|{words.CONTRASTS}")
_STATEMENT = re.compile(r"\b(?:is|are|looks?|appears?|seems?|suffers?|shows?|has|have|contains?)\b")
_NEGATION = re.compile(rf"\b(?:{words.NEGATORS}|{words.NOT}|absent|none|nor|would|could|might|if)\b")
#: Signs of a list, whose lines are read by others.
_LISTED = re.compile(r"[:=|{}\[\]\t]")
_EVENTS = {event: re.compile(rf"\b(?:{named})\b") for event, named in words.EVENT_WORDS.items()}


def exceptions_in(text: str) -> list[Finding]:
    """The known events that a text excepts from what it denies."""
    findings = []
    for match in _EXCEPT.finditer(clean_text(text[:_LOOKED_AT])):
        parts = match["names"].split()[:_LONGEST_NAMES]
        # "Apart from haze the images are fine": the longest beginning that is nothing but names.
        for count in range(len(parts), 0, -1):
            names = split_names(" ".join(parts[:count]))
            if names and all(is_known_event(name) for name in names):
                findings += [Finding(name, "", True) for name in names]
                break
    return findings


def says_more(text: str, denied: Sequence[Finding]) -> bool:
    """Whether a text that denies events states others in prose: "There is no haze. The road is dark."

    Args:
        text (str): The answer.
        denied (Sequence[Finding]): What it denies.
    """
    names = {finding.name for finding in denied}
    for clause in _SENTENCE.split(text[:_LOOKED_AT].lower()):
        if _LISTED.search(clause) or not _STATEMENT.search(clause) or _NEGATION.search(clause):
            continue
        events = [event for event, named in _EVENTS.items() if event not in names and named.search(clause)]
        if events and not any(is_denied(event, clause) for event in events):
            return True
    return False


def is_denial(text: str) -> bool:
    """Whether a statement denies the event that it names: "the image is not dark", "haze = 0"."""
    finding = finding_of_line(text)
    if finding is not None and finding.description:
        return is_denied(finding.name, finding.description)
    plain = text[:_LOOKED_AT].lower()
    return any(named.search(plain) and is_denied(event, text) for event, named in _EVENTS.items())
