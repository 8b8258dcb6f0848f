"""Asking an OpenAI-compatible server, patiently."""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from .chat_answer import AnswerError, answer_of

T = TypeVar("T")

# Statuses that another try may fix; others (wrong key, unknown model) are final.
_PASSING = {408, 409, 425, 429}


class ChatError(Exception):
    """A request that did not lead to an answer.

    Args:
        message (str): One sentence.
        answer (str): What came back, if anything. Default: ''.
        wait (float | None): Seconds the server asks to wait. Default: None.
        final (bool): Whether another try is pointless. Default: False.
        status (int): HTTP status, 0 if there was none; 200 also of errors that come with it. Default: 0.
    """

    def __init__(
        self, message: str, answer: str = "", wait: float | None = None, final: bool = False, status: int = 0
    ) -> None:
        super().__init__(message)
        self.answer = answer
        self.wait = wait
        self.final = final
        self.status = status


class ChatClient:
    """Posts chat completions.

    Args:
        http (httpx.AsyncClient): Connections, with the server's address and key.
        timeout (float): Seconds for one request, all in all.
        retries (int): Further tries after a failed one.
        backoff (float): Seconds before the second try; doubled each time, with jitter.
        max_wait (float): Longest pause in seconds, also where the server asks for more.
    """

    def __init__(self, http: Any, timeout: float, retries: int, backoff: float, max_wait: float) -> None:
        self.http = http
        self.timeout = timeout
        self.retries = retries
        self.backoff = backoff
        self.max_wait = max_wait

    async def ask(self, body: dict, check: Callable[[str], T]) -> T:
        """Post a request until its answer is usable.

        Args:
            body (dict): The request.
            check (Callable[[str], object]): Makes the result of the answer's text, or raises ValueError.

        Returns:
            object: What ``check`` made.

        Raises:
            ChatError: If no try led to a usable answer.
        """
        for attempt in range(self.retries + 1):
            try:
                # httpx bounds the silence between two bytes, this the whole request.
                text = await asyncio.wait_for(self._post(body), self.timeout)
                return self._checked(text, check)
            except (asyncio.TimeoutError, TimeoutError):
                error = ChatError(f"the server gave no answer within {self.timeout:g} s")
            except ChatError as chat_error:
                error = chat_error
            if error.final or attempt == self.retries:
                tries = "" if attempt == 0 else f" (after {attempt + 1} tries)"
                raise ChatError(
                    f"{error}{tries}", error.answer, final=error.final, status=error.status
                ) from None
            pause = self.backoff * 2**attempt * random.uniform(0.5, 1.0)
            await asyncio.sleep(min(pause if error.wait is None else error.wait, self.max_wait))
        raise AssertionError("unreachable")

    @staticmethod
    def _checked(text: str, check: Callable[[str], T]) -> T:
        try:
            return check(text)
        except ValueError as error:
            raise ChatError(f"unusable answer: {error}", text) from error

    async def _post(self, body: dict) -> str:
        import httpx

        try:
            response = await self.http.post("chat/completions", json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = str(error) or type(error).__name__
            raise ChatError(f"the server at {self.http.base_url} cannot be reached: {reason}") from error
        status = response.status_code
        if status != 200:
            raise ChatError(
                f"the server answered {status}: {response.text[:300].strip() or response.reason_phrase}",
                response.text,
                wait=retry_after_seconds(response.headers.get("retry-after")),
                final=status not in _PASSING and status < 500,
                status=status,
            )
        try:
            return answer_of(response.text)
        except AnswerError as error:
            raise ChatError(
                str(error), error.answer or response.text, final=error.is_final, status=status
            ) from error


def retry_after_seconds(header: str | None) -> float | None:
    """Seconds of a Retry-After header, which holds seconds or a date (RFC 9110, 10.2.3)."""
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=timezone.utc)
    return max(0.0, (date - datetime.now(timezone.utc)).total_seconds())
