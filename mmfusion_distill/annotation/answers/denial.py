"""Whether a model says that an event is not there."""

import re
from functools import lru_cache
from typing import NamedTuple

from ..annotation_types import clean_text
from ..event_translations import TRANSLATIONS
from ..event_types import KNOWN_EVENT_TYPES, MEDICAL_NORMAL_EVENT, NORMAL_EVENT, canonical_event_type
from . import denial_words as words

#: Characters of a description that are looked at, which bounds the time.
_LOOKED_AT = 400
_END = r"(?=\s*(?:$|[.,;:!?()\[\]。，；、！]|\s[-–—]))"
_HEDGE = (
    r"(?:(?:most )?(?:probably|likely|apparently|possibly|perhaps|maybe|certainly|definitely|clearly"
    r"|obviously),? )?"
)
_BARE = re.compile(
    rf"(?:it is |it's |is )?{_HEDGE}(?:{words.DENIALS}|{words.UNKNOWN}|{words.FOREIGN_BARE}){_END}(?!\.\s*\d)"
)
_YES = re.compile(rf"(?:{words.YES}){_END}")
_ZERO = re.compile(
    r"(?:(?:score|severity|level|degree|rating|confidence"
    r"|probability)\s*[:=]?\s*)?(?:[-+]?0+(?:[.,]0+)?|-\d+(?:[.,]\d+)?|0?[.,][0-4]\d*(?=$))\s*(?:%|分|点|점"
    r"|points?|punkte)?"
    r"(?:\s*(?:/|of|out of|von|sur|de)\s*\d+)?(?=\.?\s*(?:$|[,;:(\[（]|\.\s|\s[-–—]))"
)
_SHARE = re.compile(r"(?P<number>\d{1,3}(?:[.,]\d{1,9})?)\s*(?P<percent>%)?(?=$|[\s.;)])")
_CHANCE = r"probability|likelihood|chance|confidence"
#: What stands before a text and says nothing; a minus does.
_MARKS = re.compile(r"^(?:[ :=>–—|~·•'\"]|-(?!\d))+")
_NO_APOSTROPHE = re.compile(r"(?<=\b(?:is|do))nt\b|(?<=\b(?:are|was|has|had|did))nt\b|(?<=\bdoes)nt\b")
_BLANK = re.compile(r"[\s\-–—.*_~]*$")
#: What a model says when it has talked itself out of an event.
_VERDICT = re.compile(
    r"(?:^|[.;,]\s*|\b(?:so|hence|thus|therefore|i will|let's|we can|can)\s+)(?:so |hence |thus |therefore )?"
    r"(?:it is |this is |it |i )?(?:skip(?:ped)?(?: it| this| that)?|exclude(?:d)? it"
    r"|rule(?:d)? (?:it )?out|not an event"
    r"|does not apply|not applicable|not present|denied|no)\s*(?:$|[.;!])"
)
_CROSS = re.compile(rf"(?:{words.CROSSES})")
_NAME_AGAIN = re.compile(r"([^:=]{1,40}?)\s*[:=]\s*(?=\S)")
_ANSWER = re.compile(r"(?:a|ans|answer|response)(?:\s?\d{1,3})?")
_PRESENCE = re.compile(r"(?:is )?(?:present|detected|visible|observed|found)\s*[:=]\s*(?=\S)")
_NEGATED_BEGINNING = re.compile(r"(?:no|not|none|nothing|never|neither|nowhere|hardly|barely)\b")
#: "Not without noise", "no part is free of haze".
_DOUBLE = re.compile(words.DOUBLE)
_LITTLE_CHANCE = re.compile(
    rf"(?:(?:very |rather )?low (?:{_CHANCE})\b|(?:{_CHANCE})\s*(?:is |[:=])?\s*(?:very |rather )?low\b"
    rf"|[0-4]?\d(?:\.\d+)?\s?% (?:{_CHANCE}))"
)
_QUESTION = re.compile(r"[^.!?。？]{0,80}[?？]\s*(?=\S)")
_SENTENCE = re.compile(r"(?:\.(?=\s|$)|[!?;。！？；\n])\s*")
_CONTRAST = re.compile(words.CONTRASTS)
#: "Although the sky is gray, ..."
_CONCESSION = re.compile(r"^(?:although|though|while|whereas|even though)\b[^,]*,\s*")
_SOME = re.compile(
    r"(?:\W|for |a |an |some |in |there is |there are |it |shows? |has )*(?:slight(?:ly)?|mild(?:ly)?|faint"
    r"|minor|little|bit|few|thin|thick|heavy|strong|moderate(?:ly)?|partial(?:ly)?|some)\b"
)
_NEGATION = re.compile(rf"\b(?:{words.NEGATORS}|{words.NOT}|absent|would|could|might|if)\b")
_OTHER_SOURCE = re.compile(r"\b(?:infrared|thermal|ir|visible|rgb|second|other|latter|mri|ct|pet|spect)\b")
_DENIED_NAME = re.compile(
    r"(?:(?:no|not|non|without|zero|absent|missing|absence of|lack of|free of)(?:\s+(?:any|visible"
    r"|significant))?[\s_-]+)(?P<rest>.+)"
    rf"|(?P<free>.+?)[\s_-]+(?:free|absent|none)\W*$|(?:{words.FOREIGN_NEGATED})(?P<foreign>.+)"
)
# The look-ahead takes each word once, so that a text of such words is not tried in every combination.
_ALLOWED = rf"(?:(?=(?P<word>(?:{words.ALLOWED}|{words.ANY_EVENT})\b))(?P=word),?\s+)*"
_AFTER_THERE = r"\s*(?:$|[.,;:!)]|(?:in|on|here|at|within|from|for|to|anywhere|and|n?or|by)\b)"
_PLACE = (
    r"(?:\s+(?:in|on|of|from|within|across) (?:the |both |either |this )?(?:[\w-]+ ){0,2}"
    r"(?:images?|pictures?|scenes?|photos?))?"
)
_KIND = r"(?:\s+(?:level|condition|effect|issue|problem|degradation|artifact|event)s?)?"
_GONE = (
    r"(?:is|are|was|were|seems?|appears?) (?:absent|negligible|non-?existent|none|nil|ruled out|excluded"
    r"|no (?:issue|problem|concern))"
)
_SHOWS = r"(?:is|are|looks?|appears?|has|have|shows?|seems?)"
_VERY = r"(?:(?:very|quite|generally|relatively|mostly|fairly|reasonably|overall|still|both) )*"
_IN_BRACKETS = re.compile(r"[(\[（【]([^()\[\]（）【】]{1,60})[)\]）】]")


def is_denied(name: str, description: str = "") -> bool:
    """Whether an event is denied: by its name ("no haze"), or by what is said about it ("not present").

    Read is how the description begins: what it says about the other source further on ("the infrared shows no glare
    there") denies nothing.

    Args:
        name (str): The event, as the model spells it.
        description (str): What it says about it. Default: ''.
    """
    event = canonical_event_type(name)
    if event in (NORMAL_EVENT, MEDICAL_NORMAL_EVENT):
        return False
    if _is_denying_name(name):
        return True
    text = _simplified(description)
    while question := _QUESTION.match(text):
        text = text[question.end() :]
    text = _PRESENCE.sub("", text)
    return bool(text) and not _YES.match(text) and _is_denying(text, _patterns_of(event))


def is_yes(text: str) -> bool:
    """Whether a text says no more than that something is there, e.g. "yes"."""
    text = _simplified(text)
    match = _YES.match(text)
    return match is not None and _BLANK.match(text, match.end()) is not None


def without_yes(description: str) -> str:
    """A description without the "yes," that it begins with."""
    text = clean_text(description)
    match = _YES.match(text.lower())
    return (
        text[match.end() :].lstrip(" .,;:!-–—、，。；：")
        if match and len(text) == len(text.lower())
        else text
    )


def is_unlikely(text: str) -> bool:
    """Whether a probability is less than a half, e.g. ``0.1`` or ``12 %``; larger numbers may be of any scale."""
    match = _SHARE.match(text.strip())
    if match is None:
        return False
    number = float(match["number"].replace(",", "."))
    return number < 50 if match["percent"] else 0 <= number < 0.5


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: it is empty, or a dash."""
    return _BLANK.match(clean_text(text)) is not None


class _Patterns(NamedTuple):
    """How an event is denied and what names it."""

    names: re.Pattern
    beginnings: tuple[re.Pattern, ...]
    anywhere: re.Pattern
    opposite: re.Pattern | None
    foreign: re.Pattern | None
    clear: re.Pattern | None


@lru_cache(maxsize=256)
def _patterns_of(event: str) -> _Patterns:
    spelled = re.escape(event.replace("_", " ")).replace(r"\ ", "[ _-]")
    own = "|".join(filter(None, (words.EVENT_WORDS.get(event), spelled)))
    named = rf"(?:{own}|{words.GENERAL_WORDS})\b"
    opening = rf"(?:(?:{words.OPENINGS}),?\s+)?"
    there = rf"{words.THERE}(?: (?:it|any|that|this|them|such))?(?={_AFTER_THERE})"
    beginnings = [
        rf"(?!(?:the |fine |all )*(?:edges|details"
        rf"|contours)\b){opening}(?:{words.NOT})\s+{there}(?!\s+(?:due|because))",
        rf"{opening}(?:{words.NEGATORS}|{words.NOT}|isn't|aren't)\s+{_ALLOWED}{named}",
        rf"(?:the |any )?{_ALLOWED}{named}{_KIND}{_PLACE},?\s+(?:itself )?(?:(?:{words.NOT})\s+{there}|{_GONE}"
        rf"|{words.GONE})",
        words.GONE,
        rf"none (?:is |are |was |were )?{there}",
        rf"there (?:is|are|seems? to be|appears? to be) none{_END}",
        r"i (?:do not|don't) think so\b",
        rf"nothing (?:is|looks|appears|seems)? ?{_ALLOWED}(?:{own})\b",
        rf"neither {there}|nowhere (?:is|are|was|were|does|do|can)\b[^.,;]{{0,40}}?\b(?:{own})\b",
        rf"{opening}(?:{words.NEGATORS})\s+(?:\w+ )?(?:signs?|evidence|indications?|traces?|hints?|symptoms?)"
        rf"(?: (?:of|for) (?:it|this|that|them|such)(?: \w+)?)?{_END}",
        rf"i (?:would not|wouldn't|do not|don't|cannot|can't) (?:call|consider|describe|classify|say|think"
        rf"|believe)\b"
        rf"(?: [\w'-]+){{0,5}}? {named}",
        rf"(?:the |all |both |its )?(?:[\w-]+ ){{1,3}}(?:is|are|was|were|do|does|did) (?:not|never) "
        rf"{_ALLOWED}(?:{own})"
        r"(?:\s+(?:here|anywhere|either|at all))?\s*(?:$|[.!])",
        r"absent(?=\s*(?:in|from|here|on|throughout|across|at|for|and)\b)",
    ]
    anywhere = (
        rf"(?:[,;]|\b(?:with|and|has|have|shows?|so|hence|thus|therefore|is|are|exhibits?|contains?|suffers from)"
        rf"|(?=\s+(?:without|free of|free from)\b))\s+"
        rf"(?:there (?:is|are)\s+)?(?:{words.NEGATORS}|not)\s+{_ALLOWED}(?:{own})\b"
    )
    return _Patterns(
        re.compile(rf"\b(?:{own})\b"),
        tuple(re.compile(beginning) for beginning in beginnings),
        re.compile(anywhere),
        _opposite_pattern(event, own),
        _foreign_pattern(event),
        _clear_pattern(event),
    )


def _opposite_pattern(event: str, own: str) -> re.Pattern | None:
    if event not in words.OPPOSITES:
        return None
    return re.compile(
        rf"(?:(?:{words.SUBJECT}),? {_SHOWS} )?{_VERY}(?:{words.OPPOSITES[event]})(?: (?:image|picture"
        rf"|scene|photo)s?)?"
        r"(?:(?:,| and) [\w-]+)?\s*(?:$|[.,;]|with (?:no|good|clear)\b|without\b|and\b)"
        # e.g. "the infrared is sharp, the visible one smeared"
        rf"(?:(?:.*\b(?:no|not|nothing|without|free)\b)|(?!.*\b(?:{own})\b))"
    )


def _clear_pattern(event: str) -> re.Pattern | None:
    """What is said of things that the event would hide: "people stand out clearly", and no more."""
    if event not in words.CLEAR_THINGS:
        return None
    things = words.CLEAR_THINGS[event]
    other = r"visible|rgb|colou?r" if event.startswith("ir_") else r"infrared|thermal|ir"
    return re.compile(
        rf"(?:(?!(?:no|not|nothing|none|few|only|hardly|barely"
        rf"|neither)\b)[\w-]+ ){{0,4}}?(?:{things}) {words.CLEARLY}"
        rf"(?:,? (?:and )?(?:very |quite )?(?:clearly|well|sharply|easily|strongly|brightly|distinctly))?"
        rf"(?:,? (?:against|from|in|on|with|to|across|at|above)(?: (?!(?:{other}|but"
        rf"|only)\b)[\w-]+){{1,6}})?\s*[.!]?$"
    )


def _foreign_pattern(event: str) -> re.Pattern | None:
    names = sorted(filter(None, TRANSLATIONS.get(event, "").lower().split(";")), key=len, reverse=True)
    if not names:
        return None
    named = "|".join(map(re.escape, names))
    return re.compile(rf"(?:{words.FOREIGN_NEGATED})(?:{named})|(?:{named})(?:{words.FOREIGN_BEHIND})")


def _is_denying(text: str, patterns: _Patterns) -> bool:
    if _ZERO.match(text) or _CROSS.match(text):
        return True
    if _LITTLE_CHANCE.match(text):
        return True
    if name := _NAME_AGAIN.match(text):
        is_heading = patterns.names.fullmatch(name[1]) or _ANSWER.fullmatch(name[1])
        text = text[name.end() :] if is_heading else text
    first = _SENTENCE.split(text, maxsplit=1)[0]
    first = _CONCESSION.sub("", first)
    if _DOUBLE.search(first):
        return False
    main = _CONTRAST.split(first, maxsplit=1)[0]
    match = _BARE.match(text) or next(filter(None, (one.match(main) for one in patterns.beginnings)), None)
    match = match or _later_denial(main, patterns)
    if match is None and patterns.opposite is not None and main == first:
        match = patterns.opposite.match(main)
    if match is None and patterns.clear is not None and patterns.clear.match(text):
        return True
    if match is None and patterns.foreign is not None:
        match = patterns.foreign.search(first)
    if match is None:
        return _VERDICT.search(text) is not None
    return not _is_there_after_all(text, match.end(), patterns)


def _later_denial(main: str, patterns: _Patterns) -> re.Match | None:
    """A denial behind an introduction ("bright daylight with no low light"), of the source that it is about."""
    match = patterns.anywhere.search(main)
    if match is None or _NEGATED_BEGINNING.match(main) or patterns.names.search(main, 0, match.start()):
        return None
    clause = re.split(r"[,;]", main[: match.start() + 1])[-1] if match.start() else ""
    is_about_other = main[: match.start()].count(",") and _OTHER_SOURCE.search(clause)
    return None if is_about_other else match


def _is_there_after_all(text: str, end: int, patterns: _Patterns) -> bool:
    """Whether an exception follows a denial: "no haze in front, but fog far away"."""
    contrast = _CONTRAST.search(text, end)
    if contrast:
        rest = _SENTENCE.split(text[contrast.end() :], maxsplit=1)[0]
        name = patterns.names.search(rest)
        if name and not _NEGATION.search(rest, 0, name.start()):
            return True
        return _SOME.match(rest) is not None
    later = _SENTENCE.split(text[end:])[1:3]
    return any(patterns.names.search(sentence) and not _NEGATION.search(sentence) for sentence in later)


def _is_denying_name(name: str) -> bool:
    text = _simplified(name)
    if name.strip().startswith("~~"):
        return True
    if any(_is_denying(part, _patterns_of("")) for part in _IN_BRACKETS.findall(text)):
        return True
    match = _DENIED_NAME.match(_IN_BRACKETS.sub(" ", text).strip().replace("_", " "))
    if match is None:
        return False
    rest = next(filter(None, match.groups()))
    return canonical_event_type(rest) in KNOWN_EVENT_TYPES or bool(
        re.match(rf"(?:{words.ANY_EVENT}|{words.GENERAL_WORDS})\b", rest)
    )


def _simplified(text: str) -> str:
    text = clean_text(text[: 2 * _LOOKED_AT]).lower().replace("’", "'").replace("_", " ")
    return _MARKS.sub("", _NO_APOSTROPHE.sub("n't", text))[:_LOOKED_AT]
