"""Reading an annotation out of text that a person or a language model wrote."""

import html
import re

from .annotation_types import META_FIELDS, Annotation, AnnotationError, Event, clean_text
from .answers.content_parts import without_parts
from .answers.exceptions import exceptions_in, says_more
from .answers.findings import NOTHING, Finding, present_events, refusal_in
from .answers.json_findings import findings_of_json
from .answers.line_findings import findings_of_lines, findings_of_named_lines, without_tags
from .answers.table_findings import findings_of_tables
from .answers.thinking import without_thinking
from .event_types import MEDICAL_NORMAL_EVENT, NORMAL_EVENT

#: Longest text that is parsed; the longest answers seen have a few thousand characters.
MAX_CHARACTERS = 200_000

#: Says that the sign before it is drawn in colours; "✔️" has one.
_EMOJI_MARK = "\ufe0f"
_META_LINE = re.compile(rf"^#\s*({'|'.join(META_FIELDS)})\s*:(.*)$")
_FENCE = re.compile(r"(?:```|~~~)\s*\w*")
#: An answer that is no more than a sentence or two of this kind.
_ALL_IS_WELL = re.compile(
    r"(?:clean pair|nothing(?: (?:wrong|unusual|of note|to (?:report|note|add|see)))?|néant"
    r"|rien(?: à signaler)?|nichts|nada|niente|ничего"
    r"|(?:两幅|兩幅|两张)?(?:图像|图片|影像)?(?:都|均)?(?:很|是)?正常)[.!。]?"
    r"|(?:there (?:is|are) |i (?:can )?(?:see|find|detect|observe) "
    r"|(?:the|both) (?:images?|pictures?) (?:shows?|have|has) )?"
    r"(?:no|none of the(?:se)?|neither|i (?:do not|don't|cannot|can't) (?:see|find|detect|observe|notice) any)"
    r"(?: [\w-]+){0,4} (?:degradations?|events?|issues?|problems?|defects?)\b[^.]{0,100}\.?(?: [^.]{0,120}\.?)?"
    r"|(?:(?:both|the)(?: two)? (?:images?|pictures?|pair)|everything)(?: in both(?: \w+)?)? (?:is|are"
    r"|looks?|appears?"
    r"|seems?) (?:(?:to be )?(?:quite |very |all )?(?:clean|clear|normal|fine|good|undegraded|free (?:of|from)"
    r" (?:any )?(?:visible )?(?:degradations?|defects?))|of (?:good|high) quality)\b(?![^.]*\b(?:but|except"
    r"|though|although"
    r"|however)\b)[^.]{0,100}\.?"
    r"|(?:(?:图像|图片|两幅图像)?(?:质量)?(?:良好|清晰|正常)?[，,]?(?:中|均)?(?:没有|未|并未|无)(?:发现"
    r"|检测到|观察到)?(?:任何|明显)?的?(?:退化|降质|劣化|异常|问题)"
    r"|(?:劣化|異常|問題)[はも](?:見られ(?:ません|ない)|ありません|ない|なし)"
    r"|(?:es \w+ )?keine(?:rlei)? (?:\w+ )?(?:beeinträchtigung|störung|degradation|verschlechterung)\w*"
    r"|aucune (?:dégradation|altération)|(?:no (?:se \w+|hay) (?:ninguna )?|ninguna |sin )degradaci\w+"
    r"|(?:não \w+ )?(?:nenhuma|sem) degrada\w+|nessun degrado|искажений (?:нет|не \w+)|열화(?:가|는)? 없\w+)"
    r"[^.。]{0,60}[.。]?"
)


def parse_annotation(text: str, source: str = "", modality: str = "infrared-visible") -> Annotation:
    """Read the annotation in a text.

    Understands, in this order: lines ``Event Type:`` and ``Description:`` (blank lines, numbering, bullets,
    Markdown emphasis and headings, code fences, descriptions over several lines), tables, JSON (bare, fenced or in
    prose; a list of events, an object with such a list, or event names as keys), and lines that begin with a
    known event (``- Low light: the road ...``); keys and names of events in a dozen languages. What a model thinks
    before it answers counts for nothing, and what it denies ("not present", false) is no event.

    Args:
        text (str): Text of an annotation file or answer of a language model.
        source (str): Where it comes from (a path), for the message of the error. Default: ''.
        modality (str): Of the pair; says what a pair is called with which nothing is wrong. Default:
            'infrared-visible'.

    Returns:
        Annotation: Its events in the order of the text; unknown ones are kept. If all are denied, or the list of
        events is empty, the single event ``normal`` (``medical_normal``).

    Raises:
        AnnotationError: If nothing is said about events, the model refused, or the text breaks off.
    """
    if len(text) > MAX_CHARACTERS:
        raise AnnotationError(
            f"{_prefix(source)}{len(text):,} characters are no annotation, which has at most {MAX_CHARACTERS:,}: "
            "delete the file or annotate the pair again"
        )
    try:
        # Web interfaces write "&lt;think&gt;".
        text = html.unescape(text) if "&lt;" in text else text
        meta, lines = _split_meta(without_parts(text).splitlines())
        lines = without_tags(without_thinking("\n".join(lines).replace(_EMOJI_MARK, ""))).splitlines()
        lines = [line for line in lines if not _FENCE.fullmatch(line.strip())]
        findings = _findings_of(lines)
    except AnnotationError as error:
        raise AnnotationError(f"{_prefix(source)}{error}") from None
    refusal = refusal_in("\n".join(lines)) if not any(finding.name for finding in findings) else ""
    if refusal:
        raise AnnotationError(f"{_prefix(source)}the model refused: {refusal}")
    if not findings:
        shown = clean_text("\n".join(lines))[:80] or "nothing"
        raise AnnotationError(
            f"{_prefix(source)}no event found, expected lines 'Event Type: ...' and 'Description: ...' "
            f"but got {shown!r}: delete or correct it and annotate the pair again"
        )
    events = present_events(findings)
    # "None" about one of the images says nothing about the other.
    wrong = [event for event in events if event.type not in (NORMAL_EVENT, MEDICAL_NORMAL_EVENT)]
    if not wrong:
        # Both names say that all is well; which is right the pair decides.
        description = next((event.description for event in events), "")
        wrong = [Event(MEDICAL_NORMAL_EVENT if modality == "medical" else _normal_of(events), description)]
    return Annotation(tuple(wrong), **meta)


def _normal_of(events: list[Event]) -> str:
    return events[0].type if events else NORMAL_EVENT


def _findings_of(lines: list[str]) -> list[Finding]:
    """What the first way of reading that finds something says."""
    text = "\n".join(lines)
    return (
        findings_of_lines(lines)
        or findings_of_tables(lines)
        or findings_of_json(text)
        or _findings_of_prose(text, lines)
        or ([NOTHING] if _ALL_IS_WELL.fullmatch(clean_text(text)[:500].lower()) else [])
    )


def _findings_of_prose(text: str, lines: list[str]) -> list[Finding]:
    """Lines that begin with an event; none where they deny all, and the rest states what is not read here."""
    findings = findings_of_named_lines(lines)
    if present_events(findings):
        return findings
    excepted = exceptions_in(text)
    if excepted or not says_more(text, findings):
        return findings + excepted
    return []


def _prefix(source: str) -> str:
    return f"{source}: " if source else ""


def _split_meta(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """Take the comment lines about the origin off the top; blank lines may stand among them."""
    meta = {}
    for index, line in enumerate(lines):
        match = _META_LINE.match(line.strip())
        if match:
            meta[match[1]] = match[2]
        elif line.strip() and not _FENCE.fullmatch(line.strip()):
            fences = [before for before in lines[:index] if _FENCE.fullmatch(before.strip())]
            return meta, fences + lines[index:]
    return meta, []
