"""JSON in an answer, and the fields in it."""

import ast
import contextlib
import json
import re
from typing import Any

from ..annotation_types import AnnotationError

#: Longest text that is read as Python's notation, whose reader takes more memory.
_LONGEST_REPAIRED = 20_000
_BROKEN = (
    "the JSON is broken or cut off: annotate the pair again, with more output tokens if a model wrote it"
)


def json_values(text: str) -> list[Any]:
    """The lists and objects in a text.

    Args:
        text (str): JSON, bare or within prose; with commas before closing brackets, comments, or Python's quotes and
            constants too.

    Returns:
        list[Any]: In their order; empty if there are none.

    Raises:
        AnnotationError: If what seems to be JSON breaks off, as events may be missing then.
    """
    whole = text.strip()
    if whole.startswith('"'):
        # JSON within a string of JSON
        with contextlib.suppress(ValueError, RecursionError):
            whole = json.loads(whole)
        text = whole if isinstance(whole, str) else text
    try:
        return _decode(text)
    except AnnotationError:
        values = _repaired(text)
        if values is None:
            raise
        return values


def _decode(text: str) -> list[Any]:
    decoder = json.JSONDecoder(strict=False)
    starts = [match.start() for match in re.finditer(r"[\[{]", text)]
    position = 0
    values = []
    # What fails is read again from the next bracket on, so often and no more.
    budget = 4 * len(text) + 10_000
    for start in starts:
        if start < position:
            continue
        try:
            value, position = decoder.raw_decode(text, start)
            values.append(value)
        except (json.JSONDecodeError, RecursionError) as error:
            budget -= getattr(error, "pos", len(text)) - start
            # An outer bracket that does not close means that events may be missing: better none than some.
            if budget < 0 or re.match(r"[\[{]\s*[\[{\"'“]", text[start : start + 200]):
                raise AnnotationError(_BROKEN) from None
    return values


def _repaired(text: str) -> list[Any] | None:
    """The outermost list or object, if its mistakes are common ones."""
    start, end = re.search(r"[\[{]", text).start(), max(text.rfind("]"), text.rfind("}")) + 1
    inner = text[start:end]
    if not inner or len(inner) > _LONGEST_REPAIRED:
        return None
    inner = re.sub(r"[“”]", '"', inner)
    inner = re.sub(r"/\*[^*\"]*\*/", "", inner)
    inner = re.sub(r"(?m)(^|[\s,{\[])(?://|#)[^\n\"]*$", r"\1", inner)
    inner = re.sub(r",(\s*[}\]])", r"\1", inner)
    inner = re.sub(r"([{,]\s*)([A-Za-z_]\w*)(\s*:)", r'\1"\2"\3', inner)
    with contextlib.suppress(ValueError, RecursionError):
        return [json.loads(inner, strict=False)]
    try:
        # Python's constants as a name would be no literal.
        return [ast.literal_eval(re.sub(r"\b(?:true|false|null)\b", lambda word: _PYTHON[word[0]], inner))]
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


_PYTHON = {"true": "True", "false": "False", "null": "None"}


#: Fields of an event: its name, what is said about it, whether it is there, or is not, and how strong it is.
TYPE_FIELDS = (
    *(
        "event_type",
        "type",
        "event",
        "name",
        "degradation",
        "degradation_type",
        "event_name",
        "issue",
        "label",
    ),
    *("category", "事件类型", "类型", "事件", "イベントタイプ", "種類", "이벤트_유형", "유형"),
    *("ereignistyp", "typ", "tipo_de_evento", "tipo"),
    *("type_d_événement", "type_événement", "тип_события", "тип"),
)
DESCRIPTION_FIELDS = (
    *(
        "description",
        "desc",
        "details",
        "detail",
        "text",
        "explanation",
        "reason",
        "comment",
        "note",
        "evidence",
    ),
    *("location", "描述", "说明", "説明", "설명"),
    *("beschreibung", "descripción", "descrição", "descrizione", "описание"),
)
PRESENCE_FIELDS = (
    *(
        "present",
        "is_present",
        "presence",
        "detected",
        "is_detected",
        "exists",
        "exist",
        "visible",
        "is_visible",
    ),
    *("observed", "found", "occurs", "applicable", "applies", "value", "answer", "verdict", "result"),
    *(
        "flag",
        "label",
        "prediction",
        "status",
        "state",
        "active",
        "存在",
        "是否存在",
        "vorhanden",
        "présent",
        "presente",
        "присутствует",
    ),
)
ABSENCE_FIELDS = ("absent", "is_absent", "not_present", "negated", "denied", "rejected")
DEGREE_FIELDS = (
    *(
        "severity",
        "level",
        "intensity",
        "strength",
        "degree",
        "magnitude",
        "score",
    ),
    "rating",
)
#: Fields that say how sure it is that an event is there.
LIKELIHOOD_FIELDS = ("confidence", "probability", "likelihood", "certainty")
#: Fields that hold the events; what stands beside them is about something else.
LISTS = (
    *("events", "event_list", "degradations", "degradation_events", "detected_events"),
    *("detected_degradations", "issues", "annotations", "annotation", "event_types"),
    *(
        "degradation_types",
        "findings",
        "detected",
        "present",
        "results",
        "事件",
        "退化",
        "ereignisse",
        "événements",
    ),
    *("eventos", "eventi", "события"),
)
#: Fields that hold what is not there.
DENYING_LISTS = (
    *("absent", "not_present", "not_detected", "not_observed", "not_found", "not_visible", "negative"),
    *("rejected", "excluded", "ruled_out", "denied", "undetected", "not_applicable", "absent_events", "no"),
    *("none", "missing", "false"),
)
#: Fields that hold what the model thought.
THOUGHTS = (
    *("thinking", "thought", "thoughts", "reasoning", "reasoning_content", "scratchpad"),
    *("chain_of_thought", "rationale"),
)
