"""Names of fields in which models put what they say of events; lower case, words joined by underscores."""

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
        "confidence",
        "probability",
    ),
    *("likelihood", "certainty", "rating"),
)
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
