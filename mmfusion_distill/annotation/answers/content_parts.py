"""The text in the content of a chat's message, of whatever parts it is made."""

import json
from collections.abc import Mapping
from typing import Any

#: Kinds of content that are no answer but what led to it.
_THOUGHTS = ("thinking", "reasoning", "reasoning_text", "redacted_thinking", "thought", "summary_text")
#: Kinds of content that are an answer.
_TEXTS = ("text", "output_text", "message")


def without_parts(text: str) -> str:
    """The text in an answer that was stored with the parts around it; any other text unchanged.

    Args:
        text (str): E.g. ``[{"type": "text", "text": "Event Type: haze"}]``, a message with such a content, or a
            completion of such messages.
    """
    if text.lstrip()[:1] not in ("[", "{"):
        return text
    try:
        content = json.loads(text)
        while isinstance(content, Mapping) and content.get("type") not in _TEXTS:
            inner = content.get("choices", content.get("message", content.get("content")))
            if inner is None:
                return text
            content = inner[0] if "choices" in content else inner
    except (ValueError, LookupError, TypeError, RecursionError):
        return text
    parts = content if isinstance(content, list) else [content]
    is_content = isinstance(content, str) or any(
        isinstance(part, Mapping) and part.get("type") in _TEXTS for part in parts
    )
    return text_of_content(content) if is_content else text


def text_of_content(content: Any) -> str:
    """Text of a content: itself, or that of its parts but for thoughts and refusals.

    Args:
        content (Any): The content of a message of a chat: text, a part with a type and text, a list of these, or an
            object that the server decoded.
    """
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, list):
        return "".join(_text_of_part(part) for part in content)
    if isinstance(content, Mapping) and ("text" in content or "type" in content and "content" in content):
        return _text_of_part(content)
    # Some servers decode the JSON that was asked for.
    return json.dumps(content, ensure_ascii=False)


def _text_of_part(part: Any) -> str:
    if not isinstance(part, Mapping):
        return part if isinstance(part, str) else json.dumps(part, ensure_ascii=False)
    if part.get("type") in (*_THOUGHTS, "refusal"):
        return ""
    text = part.get("text", part.get("content", part.get("output_text")))
    if isinstance(text, Mapping):
        text = text.get("value")
    if text is None and "type" not in part:
        return json.dumps(part, ensure_ascii=False)
    return text_of_content(text)
