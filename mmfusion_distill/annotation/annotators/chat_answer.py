"""The text in a chat completion, in the shapes that servers give it, or why there is none."""

import json
from collections.abc import Mapping
from typing import Any

from ..answers.content_parts import text_of_content

#: Fields of a message that hold its thoughts.
_THOUGHT_FIELDS = ("reasoning_content", "reasoning", "thinking")
#: What a server says whose error passes with time.
_PASSING = (
    "overload",
    "rate limit",
    "rate_limit",
    "too many requests",
    "try again",
    "timeout",
    "timed out",
    "capacity",
    "busy",
    "loading",
)
_PASSING_CODES = (408, 409, 425, 429)


class AnswerError(Exception):
    """A reply without an answer.

    Args:
        message (str): One sentence.
        answer (str): What came back, if anything. Default: ''.
        is_final (bool): Whether another try is pointless. Default: False.
    """

    def __init__(self, message: str, answer: str = "", is_final: bool = False) -> None:
        super().__init__(message)
        self.answer = answer
        self.is_final = is_final


def answer_of(body: str) -> str:
    """Text of the answer in the body of a reply.

    Args:
        body (str): JSON of a chat completion, or a stream of its parts. The content may be text, a list of parts, an
            object, or arguments of a tool call.

    Returns:
        str: It, not empty.

    Raises:
        AnswerError: If the body is no chat completion, an error, a refusal, empty or cut off.
    """
    reply = _merged_stream(body) if body.lstrip().startswith("data:") else _decoded(body)
    error = _error_in(reply)
    if error is not None:
        raise error
    try:
        choice = reply["choices"][0]
        message = choice.get("message") or choice.get("delta") or {"content": choice.get("text")}
        content, refusal, reason = message.get("content"), message.get("refusal"), choice.get("finish_reason")
    except (LookupError, TypeError, AttributeError) as cause:
        raise AnswerError("the server's answer is no chat completion") from cause
    text = text_of_content(content) or _of_tool_calls(message)
    refusal = refusal or _refusal_in(content)
    if refusal or reason == "content_filter":
        raise AnswerError(f"the model refused: {refusal or 'content filter'}", str(refusal or text))
    if reason == "length":
        raise AnswerError("the answer is cut off: raise max_tokens", text)
    if not text.strip():
        has_thought = any(message.get(field) for field in _THOUGHT_FIELDS)
        hint = ": the model only thought, raise max_tokens or turn its thinking off" if has_thought else ""
        raise AnswerError(f"the answer is empty{hint}")
    return text


def _decoded(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as cause:
        raise AnswerError("the server's answer is no chat completion") from cause


def _merged_stream(body: str) -> Any:
    """One completion of the events of a stream, which some servers send without being asked."""
    text, refusal, reason = [], [], None
    for line in body.splitlines():
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or data in ("", "[DONE]"):
            continue
        part = _decoded(data)
        if _error_in(part) is not None:
            return part
        choices = part.get("choices") if isinstance(part, Mapping) else None
        choice = choices[0] if choices else {}
        delta = choice.get("delta") or choice.get("message") or {}
        text.append(text_of_content(delta.get("content")))
        refusal.append(delta.get("refusal") or "")
        reason = choice.get("finish_reason") or reason
    message = dict(content="".join(text), refusal="".join(refusal))
    return dict(choices=[dict(message=message, finish_reason=reason)])


def _error_in(reply: Any) -> AnswerError | None:
    """The error in a reply whose status says that all is well."""
    if not isinstance(reply, Mapping):
        return None
    choices = reply.get("choices")
    first = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], Mapping) else {}
    error = reply.get("error") or first.get("error")
    if not error and not choices:
        state = reply.get("base_resp")
        error = state if isinstance(state, Mapping) and state.get("status_code") else None
        is_error = reply.get("object") == "error" or {"message", "detail", "msg", "error_msg"} & reply.keys()
        error = error or (reply if is_error else None)
    if not error:
        return None
    sentence, code = _sentence_of(error), _code_of(error)
    passes = code in _PASSING_CODES or 500 <= code < 600 or any(word in sentence.lower() for word in _PASSING)
    return AnswerError(f"the server answered with an error: {sentence[:300]}", is_final=not passes)


def _sentence_of(error: Any) -> str:
    if isinstance(error, Mapping):
        for field in ("message", "msg", "error_msg", "status_msg", "detail", "error", "type", "code"):
            if error.get(field):
                return _sentence_of(error[field])
        return json.dumps(error, ensure_ascii=False)
    return error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)


def _code_of(error: Any) -> int:
    code = (
        error.get("code") or error.get("status") or error.get("status_code")
        if isinstance(error, Mapping)
        else 0
    )
    return int(code) if str(code).isascii() and str(code).isdigit() else 0


def _refusal_in(content: Any) -> str:
    parts = content if isinstance(content, list) else []
    return " ".join(
        str(part["refusal"]) for part in parts if isinstance(part, Mapping) and part.get("refusal")
    )


def _of_tool_calls(message: Mapping) -> str:
    """Arguments of the tool calls, as which some servers return the JSON that was asked for."""
    calls = message.get("tool_calls") or (
        [{"function": message["function_call"]}] if message.get("function_call") else []
    )
    try:
        arguments = [call["function"]["arguments"] for call in calls]
    except (LookupError, TypeError):
        return ""
    return "\n".join(
        one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in arguments
    )
