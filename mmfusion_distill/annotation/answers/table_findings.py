"""Answers in tables: Markdown, HTML, or values separated by commas."""

import csv
import re
from collections.abc import Sequence

from ..event_types import canonical_event_type, is_known_event
from .denial import is_blank, is_denied, is_yes
from .denial_words import INFRARED
from .findings import Finding
from .names import split_names, split_remark

_NAME_HEADER = re.compile(
    r"(?:event|degradation|type|issue|name|artifact|category|事件|类型|類型|退化|イベント|種類|이벤트|유형"
    r"|ereignis|typ|événement|evento|tipo|событие|тип)"
    r"(?:[\s_]*(?:types?|names?|类型|類型|名称))?s?",
    re.IGNORECASE,
)
_DESCRIPTION_HEADER = re.compile(
    r"descriptions?|details?|explanations?|comments?|notes?|remarks?|reason(?:ing)?|evidence|observations?"
    r"|where|location"
    r"|描述|说明|說明|説明|설명|beschreibung|descripción|descrição|descrizione|описание",
    re.IGNORECASE,
)
_PRESENCE_HEADER = re.compile(
    r"(?:is\s*)?(?:present|detected|visible|observed|found|applicable|there)\??|presence|exists?"
    r"|yes\s*/\s*no|status|存在|是否存在"
    r"|vorhanden|présent|presente|присутствует|有無",
    re.IGNORECASE,
)
_DEGREE_HEADER = re.compile(
    r"severity|level|intensity|strength|degree|confidence|probability|likelihood|score|rating|程度|严重程度",
    re.IGNORECASE,
)
_INFRARED_HEADER = re.compile(INFRARED, re.IGNORECASE)
_RULE = re.compile(r"[\s:=+|\-–—]*")
_TAGS = (
    (re.compile(r"</t[dh]>\s*", re.I), "|"),
    (re.compile(r"<tr[^<>]*>", re.I), "\n"),
    (re.compile(r"</?(?:table|thead|tbody|tr|t[dh])\b[^<>]*>", re.I), ""),
)
#: "Severity (0-3)"
_IN_BRACKETS = re.compile(r"\s*[(（\[][^()（）\[\]]*[)）\]]\s*$")
_MOST_COLUMNS = 20


def findings_of_tables(lines: Sequence[str]) -> list[Finding]:
    """What tables in a text say of events; an empty list if there are none."""
    findings: list[Finding] = []
    for rows in _tables(lines):
        findings += _findings_of_rows(rows)
    return findings


def _tables(lines: Sequence[str]) -> list[list[list[str]]]:
    text = "\n".join(lines)
    if re.search(r"<t[dh]\b", text, re.IGNORECASE):
        for tag, replacement in _TAGS:
            text = tag.sub(replacement, text)
        lines = text.splitlines()
    tables, rows = [], []
    for line in [*lines, ""]:
        cells = _cells(line)
        if len(cells) > 1:
            rows += [] if _RULE.fullmatch(line) else [cells]
        elif rows:
            tables.append(rows)
            rows = []
    return tables + _separated(lines)


def _cells(line: str) -> list[str]:
    if "|" not in line:
        return []
    inner = line.strip()
    inner = inner[1:] if inner.startswith("|") else inner
    inner = inner[:-1] if inner.endswith("|") else inner
    return [cell.strip(" \t*_`") for cell in inner.split("|", _MOST_COLUMNS)]


def _separated(lines: Sequence[str]) -> list[list[list[str]]]:
    """Values separated by commas or tabs below a header of known columns."""
    written = [line for line in lines if line.strip()]
    for delimiter in (",", "\t", ";"):
        header = written[0].split(delimiter) if written else []
        if len(header) > 1 and all(_role(cell) for cell in header):
            return [
                [
                    [cell.strip() for cell in row]
                    for row in csv.reader(written, delimiter=delimiter, skipinitialspace=True)
                ]
            ]
    return []


def _role(cell: str) -> str:
    """What the header of a column says that it holds; '' if nothing."""
    cell = _IN_BRACKETS.sub("", cell)
    roles = (
        ("name", _NAME_HEADER),
        ("description", _DESCRIPTION_HEADER),
        ("presence", _PRESENCE_HEADER),
        ("degree", _DEGREE_HEADER),
        ("infrared", _INFRARED_HEADER),
        # a column to tick if it is there, and one if it is not
        ("yes", re.compile("yes", re.IGNORECASE)),
        ("no", re.compile("no", re.IGNORECASE)),
    )
    return next((role for role, header in roles if header.fullmatch(cell.strip())), "")


def _findings_of_rows(rows: list[list[str]]) -> list[Finding]:
    header = rows[0]
    if sum(is_known_event(cell) for cell in header) > 1:
        # Events are columns.
        return [
            _finding(name, [cell], [""])
            for row in rows[1:]
            for name, cell in zip(header, row)
            if is_known_event(name)
        ]
    roles = [_role(cell) for cell in header]
    if not {"yes", "no"} <= set(roles):
        # "haze | no" is a row
        roles = ["" if role in ("yes", "no") else role for role in roles]
    has_header = any(roles)
    column = roles.index("name") if "name" in roles else _column_of_names(rows)
    if column is None:
        return []
    findings = []
    for row in rows[1:] if has_header else rows:
        if len(row) <= column or not canonical_event_type(row[column]):
            continue
        if "name" not in roles and not is_known_event(split_remark(row[column])[0]):
            continue
        others = [index for index in range(len(row)) if index != column]
        name, remark = split_remark(row[column])
        cells = [*([remark] if remark else []), *(row[index] for index in others)]
        kinds = [*([""] if remark else []), *(roles[index] if index < len(roles) else "" for index in others)]
        findings += [_finding(one, cells, kinds) for one in split_names(name)]
    return findings


def _column_of_names(rows: list[list[str]]) -> int | None:
    counts = [
        sum(is_known_event(row[column]) for row in rows if column < len(row))
        for column in range(max(map(len, rows)))
    ]
    return counts.index(max(counts)) if max(counts) else None


def _finding(name: str, cells: Sequence[str], roles: Sequence[str]) -> Finding:
    """Put the cells of a row together."""
    votes: dict[str, bool] = {}
    described = []
    for cell, role in zip(cells, roles):
        is_said = role != "description" and not is_blank(cell)
        if role in ("yes", "no"):
            if is_said and not is_denied("event", cell):
                votes["presence"] = role == "yes"
        elif is_said and is_yes(cell):
            votes[role] = True
        elif role in ("presence", "infrared", "degree") and (is_blank(cell) or is_denied("event", cell)):
            votes[role] = False
        elif is_said and is_denied("event", cell):
            votes.setdefault(role, False)
        elif role == "degree":
            votes[role] = True
            described += [cell] if cell.isalpha() else []
        elif not is_blank(cell) and not (role == "" and cell.replace(".", "").isdigit()):
            described.append(cell)
    is_present = any(votes.values()) if votes else None
    if votes.get("degree") is False:
        is_present = False
    if not described and is_present is None and cells:
        # A row of a check list in which nothing is said.
        is_present = False
    finding = Finding(name, " ".join(described), is_present)
    is_infrared = votes.get("infrared") and votes.get("presence") is False
    return finding.of_infrared() if is_infrared else finding
