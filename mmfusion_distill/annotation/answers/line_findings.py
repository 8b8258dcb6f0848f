"""Answers in lines: ``Event Type:`` and ``Description:``, or lines that begin with an event."""

import re
from dataclasses import replace

from ..event_types import is_known_event
from .denial import is_blank, is_denied, is_unlikely, is_yes
from .denial_words import INFRARED, VISIBLE
from .findings import NOTHING, Finding
from .names import finding_of_line, split_names, split_remark

# The text may come from a server, so the time must grow with its length only: two repetitions that take the same
# characters never follow each other in a pattern that can fail behind them.

# What may stand before a key: quote signs, bullets, headings, emphasis, "1." or "(2)".
_DECORATION = r"[\s>*_#`\-+•–]*(?:\(?(?:\d+[.):、]*|[a-h][.)](?=\s))[\s*_`]*)?"
_TYPE_KEY = (
    r"(?:event|degradation|art[ie]fact)(?:[\s_-]*(?:types?|names?))?|type"
    r"|(?:事件|退化|降质|劣化|降質)(?:类型|類型|类别|名称)?|类型|類型|(?:イベント|劣化)(?:の?(?:種類|タイプ"
    r"|種別))?|種類"
    r"|(?:이벤트|열화)(?: ?(?:유형|종류))?|유형|ereignis(?:typ|art)?|art des ereignisses|typ|degradationstyp"
    r"|(?:type d['’])?[ée]v[ée]nement|(?:type de )?d[ée]gradation|(?:tipo d[ei] )?evento"
    r"|(?:tipo de )?degradaci[óo]n"
    r"|(?:tipo de )?degrada[çc][ãa]o|(?:tipo di )?degrado|tipo|(?:тип )?событи[ея]|тип(?: (?:деградации"
    r"|искажения))?|тип події"
    r"|typ zdarzenia|olay türü|loại sự kiện|type gebeurtenis|نوع الحدث|घटना प्रकार"
)
_DESCRIPTION_KEY = (
    r"descriptions?|details?|explanation|描述|说明|說明|説明|記述|설명|beschreibung|descripci[óo]n"
    r"|descri[çc][ãa]o|descrizione"
    r"|описание|beschrijving|opis|açıklama|mô tả|الوصف|विवरण|опис"
)
_PRESENCE_KEY = (
    r"(?:is[\s_])?(?:present|detected|visible|observed|found|applicable)|presence|exists?|status|存在"
    r"|是否存在|有无|vorhanden"
    r"|pr[ée]sent|presente|присутствует|наличие|有無"
)
_DEGREE_KEY = r"severity|level|intensity|strength|degree|score|程度|严重程度"
_LIKELIHOOD_KEY = r"confidence|probability|likelihood|certainty|置信度|概率"
_KEY_END = r"[\s*_`]*(?:#?\d+[\s*_`]*)?(?:[:：=]|(?<=\s)[-–—](?=\s))[\s*_`]*"
_TYPE_LINE = re.compile(rf"^{_DECORATION}(?:{_TYPE_KEY}){_KEY_END}(.*)$", re.IGNORECASE)
_DESCRIPTION_LINE = re.compile(rf"^{_DECORATION}(?:{_DESCRIPTION_KEY}){_KEY_END}(.*)$", re.IGNORECASE)
_DESCRIPTION_INSIDE = re.compile(rf"[\s,;.*_`|(-](?:{_DESCRIPTION_KEY}){_KEY_END}", re.IGNORECASE)
_PRESENCE_LINE = re.compile(rf"^{_DECORATION}(?:{_PRESENCE_KEY}){_KEY_END}(.*)$", re.IGNORECASE)
_DEGREE_LINE = re.compile(rf"^{_DECORATION}(?:{_DEGREE_KEY}){_KEY_END}(.*)$", re.IGNORECASE)
_LIKELIHOOD_LINE = re.compile(rf"^{_DECORATION}(?:{_LIKELIHOOD_KEY}){_KEY_END}(.*)$", re.IGNORECASE)
_EMPTY_LIST_LINE = re.compile(
    rf"^{_DECORATION}(?:detected |identified |visible |found )?(?:events|degradations|issues"
    rf"|event[\s_]types|事件){_KEY_END}"
    r"(?:\[\s*\]|none|no(?:ne)? detected|nothing|n/?a|null|无|無|なし|없음|keine|aucune?|ningun[oa]"
    r"|nessun[oa]|нет)[\s.*_`]*$",
    re.IGNORECASE,
)
#: A degree that is small but not nothing.
_SLIGHT = re.compile(r"0?[.,]0*[1-9]")
# These match anything: what counts is how far.
_PREFIX = re.compile(_DECORATION)
_ORDINAL = re.compile(r"(?:events?)?[\s#]*\d*[\s.:)*_`\-=]*", re.IGNORECASE)
#: A heading over events that are there, or are not.
_SECTION_LINE = re.compile(
    rf"^{_DECORATION}(?:(?:degradations?|events?|issues?)(?: that are)? )?(?:(?P<no>no|not (?:present|detected"
    rf"|observed|found"
    r"|visible|applicable|identified|seen)|absent|ruled out|excluded|rejected|denied|undetected|不存在|无"
    r"|未检测到)"
    r"|yes|present|detected|observed|found|identified|confirmed|存在|检测到)(?: (?:degradations?|events?"
    r"|issues?))?"
    r"[\s*_`]*(?:[:：]|(?<=\s)[-–—](?=\s))[\s*_`]*(?P<rest>.*)$",
    re.IGNORECASE,
)
#: Within a line: another such heading, and a question.
_SECTION_INSIDE = re.compile(
    r"(?<=[.;])\s+(?=(?:not )?(?:present|absent|detected|observed|found)\s?:"
    r"|(?:is|are) (?:there|it|the)\b[^?\n]{1,60}\?)",
    re.IGNORECASE,
)
#: Numbers behind each other in a line: "(1) haze (2) noise"; and names in brackets of Chinese lists.
_COUNTED_LINE = re.compile(r"^[ \t]*\(?1[.)]\s?\S.*$", re.MULTILINE)
_COUNTED = re.compile(r"(?<=[^\s:：])\s+(?=\(?[2-9][.)]\s)")
_CHINESE_BRACKETS = re.compile(r"^([ \t]*)【([^【】\n]{1,20})】[ \t:：]*(?=\S)", re.MULTILINE)
#: An opening before names: "The degradations are: haze, noise."
_LIST_LINE = re.compile(
    rf"^{_DECORATION}(?:the |these )?(?:main |visible |detected |identified |found |following )?"
    r"(?:degradations?|events?|event[\s_]types|issues?|problems?)(?: (?:are|is|include|present|found|detected"
    r"|visible))*[\s*_`]*[:：][\s*_`\[]*(?P<names>[^\[\]]{1,300}?)[\s.*_`\]]*$",
    re.IGNORECASE,
)
_SOURCE_LINE = re.compile(
    rf"^{_DECORATION}(?:the )?(?:(?P<infrared>{INFRARED})|{VISIBLE})[\s*_`]*[:：][\s*_`]*(?P<rest>.*)$",
    re.IGNORECASE,
)
#: A longer line is a sentence, no heading over a description or list of names.
_LONGEST_HEADING = 60
_LONGEST_LIST = 300
#: Where one statement about an event ends and the next may begin.
_CONTRAST = r"(?:but|aber|mais|pero|mas|ma)"
_CLAUSE = re.compile(rf"[.;。；]\s*|[,，、]\s*|\s+(?={_CONTRAST}\s)", re.IGNORECASE)
_ONLY = re.compile(
    rf"(?:(?:{_CONTRAST}|and|or|only|just|however|there (?:is|are)|il y a|es gibt|hay"
    r"|(?:the )?only (?:visible |present )?(?:degradation"
    r"|event"
    r"|issue|problem)(?: (?:present|visible|detected|found|here))? is"
    r"|(?:q|question)\s?\d{0,3}[:.]|(?:is|are) (?:there|it)(?: any)?(?= [^?\n]{1,60}\?))\s+)*",
    re.IGNORECASE,
)


def findings_of_lines(lines: list[str]) -> list[Finding]:
    """What lines ``Event Type:`` and ``Description:`` say, in English or another language."""
    findings: list[Finding] = []
    reader: _EventReader | None = None
    for line in lines:
        type_match = _TYPE_LINE.match(line)
        if type_match:
            findings += reader.findings() if reader else []
            reader = _EventReader(type_match[1])
        elif _EMPTY_LIST_LINE.match(line):
            findings.append(NOTHING)
        elif reader is not None and not _is_ordinal(line):
            reader.read(line)
    return findings + (reader.findings() if reader else [])


class _EventReader:
    """Reads the lines of one event."""

    def __init__(self, value: str) -> None:
        self.is_present: bool | None = None
        self.types, self.description = _split_value(value)

    def read(self, line: str) -> None:
        """Read a line behind that of the type."""
        description = _DESCRIPTION_LINE.match(line)
        presence = _PRESENCE_LINE.match(line)
        if description:
            self.description.append(description[1])
        elif not self.types:
            self.types, remark = _split_value(line)
            self.description += remark
        elif presence and (is_yes(presence[1]) or is_denied("event", presence[1])):
            self.is_present = is_yes(presence[1])
        elif (is_there := _by_degree(line)) is not None:
            self.is_present = is_there
        else:
            self.description.append(line)

    def findings(self) -> list[Finding]:
        """What was read."""
        return [Finding(name, " ".join(self.description), self.is_present) for name in self.types]


def _by_degree(line: str) -> bool | None:
    """Whether a line says that the event is there, by a degree or a likelihood; None if it gives neither."""
    degree, likelihood = _DEGREE_LINE.match(line), _LIKELIHOOD_LINE.match(line)
    if likelihood and is_unlikely(likelihood[1]) or degree and _SLIGHT.match(degree[1]):
        return likelihood is None
    said = degree or likelihood
    return False if said and is_denied("event", said[1]) else None


def _split_value(value: str) -> tuple[list[str], list[str]]:
    """Names, and what is said about them on the same line (``low_light Description: dark``)."""
    match = _DESCRIPTION_INSIDE.search(value)
    if match:
        value, remark = value[: match.start()], value[match.end() :]
    else:
        value, remark = split_remark(value)
    return split_names(value), [remark] if remark else []


def _is_ordinal(line: str) -> bool:
    """Whether a line only counts: ``Event 2``, ``3.``, ``---``."""
    return _ORDINAL.match(line, _PREFIX.match(line).end()).end() == len(line)


def findings_of_named_lines(lines: list[str]) -> list[Finding]:
    """What lines say that begin with a known event; below a heading, the lines that follow it.

    A line such as "Not present:" counts for the lines below it, until the next of its kind.
    """
    findings: list[Finding] = []
    heading: Finding | None = None
    description: list[str] = []
    is_section_present: bool | None = None
    is_infrared = False
    text = _CHINESE_BRACKETS.sub(r"\1\2：", _SECTION_INSIDE.sub("\n", "\n".join(lines)))
    text = _COUNTED_LINE.sub(lambda line: _COUNTED.sub("\n", line[0]), text)
    for line in [*text.split("\n"), "---"]:
        section = _SECTION_LINE.match(line)
        source = _SOURCE_LINE.match(line) if section is None else None
        if section:
            is_section_present = section["no"] is None
            line = section["rest"]
        elif source:
            is_infrared = source["infrared"] is not None
            line = source["rest"]
        found = [NOTHING] if _EMPTY_LIST_LINE.match(line) else _named(line)
        if heading is not None and (found or section or source or _is_ordinal(line) and line.strip()):
            findings.append(replace(heading, description=" ".join(description)))
            heading, description = None, []
        found = [replace(one, is_present=False) if is_section_present is False else one for one in found]
        found = [one.of_infrared() if is_infrared else one for one in found]
        if not found and heading is not None:
            description.append(line)
        elif len(found) == 1 and _is_heading(found[0], line):
            heading = found[0]
        else:
            findings += found
    return findings


def _named(line: str) -> list[Finding]:
    """What a line says of the event, or the several events, that it begins with."""
    text = line[_PREFIX.match(line).end() :]
    if listed := _LIST_LINE.match(line):
        names = split_names(listed["names"].replace("'", "").replace('"', ""))
        if all(is_known_event(name) for name in names):
            return [Finding(name) for name in names]
    finding = finding_of_line(_without_only(text))
    if len(text) < _LONGEST_LIST:
        # Others may follow in the same line: "No haze, no low light, only noise.", "1) haze: 0; 2) noise: 3".
        parts = [part[_PREFIX.match(part).end() :] for part in _CLAUSE.split(text.rstrip(" ."))]
        clauses = [clause for clause in (finding_of_line(_without_only(part)) for part in parts) if clause]
        if 1 < len(clauses) == len(parts) and (
            finding is None
            or is_denied(finding.name, finding.description)
            or all(clause.description for clause in clauses)
        ):
            return clauses
    if finding is None:
        names = split_names(text.rstrip(" .")) if len(text) < _LONGEST_LIST else []
        return [Finding(name) for name in names] if len(names) > 1 else []
    if finding.description and is_blank(finding.description):
        # In a check list a dash says no.
        finding = replace(finding, description="", is_present=False)
    return [finding]


def _without_only(text: str) -> str:
    return text[_ONLY.match(text).end() :]


def _is_heading(finding: Finding, line: str) -> bool:
    return not finding.description and finding.is_present is None and len(line) < _LONGEST_HEADING


_TAGGED = re.compile(r"<(\w{3,20})>([^<>]*)</\1>")
_EVENT_TAG = re.compile(
    r"<(?:event|degradation)\b[^<>]*?\b(?:type|name)\s*=\s*[\"']([^\"'<>]*)[\"'][^<>]*>", re.IGNORECASE
)


def without_tags(text: str) -> str:
    """Lines instead of XML: ``<type>haze</type>`` becomes ``type: haze``."""
    if "</" not in text and "/>" not in text:
        return text
    text = _EVENT_TAG.sub(r"\nEvent Type: \1\nDescription: ", text)
    text = _TAGGED.sub(r"\n\1: \2\n", text)
    return re.sub(
        r"</?(?:events?|degradations?|annotation|answer|item|root)\s*/?>", "\n", text, flags=re.IGNORECASE
    )
