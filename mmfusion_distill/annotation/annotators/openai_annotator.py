"""Annotations by a vision-language model behind an OpenAI-compatible server."""

import asyncio
import os
import re
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from ...images.pairing import ImagePair
from ...images.pixels import data_url
from ...system.number_range import ABOVE_ZERO, NOT_NEGATIVE, at_least, check_numbers
from ...user_errors import MissingPackageError
from ..annotation_parser import parse_annotation
from ..annotation_types import Annotation
from ..prompting import Prompt, load_pictures, load_prompt
from .base import AnnotationResult, Annotator
from .chat_client import ChatClient, ChatError
from .worker_pool import stream_results


def _schema_of(**properties: dict) -> dict:
    """JSON schema of an object that has these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_EVENTS = {
    "type": "array",
    "items": _schema_of(event_type={"type": "string"}, description={"type": "string"}),
}
_RESPONSE_FORMAT = {
    "type": "json_schema",
    "json_schema": {"name": "annotation", "strict": True, "schema": _schema_of(events=_EVENTS)},
}
_JSON_REQUEST = (
    "\n\nIf you answer in JSON, give the same content as "
    '{"events": [{"event_type": ..., "description": ...}]}.'
)

_RANGES = {
    "workers": at_least(1),
    "timeout": ABOVE_ZERO,
    "retries": at_least(0),
    "backoff": NOT_NEGATIVE,
    "max_wait": NOT_NEGATIVE,
    "max_tokens": at_least(1),
    "max_size": at_least(1),
}


class OpenAIAnnotator(Annotator):
    """Asks a server: vLLM, SGLang, Ollama, a cloud. Needs the package ``httpx``.

    The key is read from the environment variable ``OPENAI_API_KEY``; local servers need none.

    Args:
        model (str): Name of the model at the server.
        base_url (str): Address of the server, up to and with ``/v1``. Default: 'http://localhost:8000/v1'.
        workers (int): Requests at the same time. Default: 8.
        timeout (float): Seconds for one request. Default: 120.
        retries (int): Further tries after a failed or unusable answer. Default: 4.
        backoff (float): Seconds before the second try, doubled each time. Default: 1.
        max_wait (float): Longest pause between tries in seconds; bounds Retry-After too. Default: 120.
        max_tokens (int): Longest answer. Default: 1024.
        max_size (int): Longer side of the images that are sent. Default: 768.
        montage (bool): Whether a third image shows both side by side. Default: False.
        structured (bool): Whether JSON of a fixed schema is asked for; given up if the server rejects it.
            Default: True.
        prompt_version (str): Which prompt of the package. Default: 'v1'.

    Raises:
        MissingPackageError: If httpx is not installed.
        OptionError: If a number is out of its range.
    """

    def __init__(
        self,
        model: str,
        base_url: str = "http://localhost:8000/v1",
        workers: int = 8,
        timeout: float = 120,
        retries: int = 4,
        backoff: float = 1,
        max_wait: float = 120,
        max_tokens: int = 1024,
        max_size: int = 768,
        montage: bool = False,
        structured: bool = True,
        prompt_version: str = "v1",
    ) -> None:
        check_numbers(type(self).__name__, _RANGES, locals())
        try:
            import httpx  # noqa: F401
        except ImportError as error:
            raise MissingPackageError("OpenAIAnnotator needs httpx: pip install httpx") from error
        self.model = model
        self.base_url = base_url.rstrip("/") + "/"
        self.workers = workers
        self.patience: dict[str, Any] = dict(
            timeout=timeout, retries=retries, backoff=backoff, max_wait=max_wait
        )
        self.max_tokens = max_tokens
        self.max_size = max_size
        self.montage = montage
        self.structured = structured
        self.prompt_version = prompt_version

    def annotate(
        self, pairs: Iterable[ImagePair], modality: str = "infrared-visible"
    ) -> Iterator[AnnotationResult]:
        """Annotate pairs, ``workers`` at a time, see :meth:`Annotator.annotate`."""
        prompt = load_prompt(modality, self.prompt_version)
        # A thread of its own: requests go on while the caller handles a result, and notebooks, which run a
        # loop themselves, work too.
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        http = self._connect()
        client = ChatClient(http, **self.patience)
        try:
            yield from stream_results(
                lambda pair: asyncio.run_coroutine_threadsafe(
                    self._annotate_pair(client, pair, prompt), loop
                ),
                pairs,
                self.workers,
            )
        finally:
            asyncio.run_coroutine_threadsafe(_finish(http), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def _connect(self) -> Any:
        import httpx

        key = os.environ.get("OPENAI_API_KEY")
        return httpx.AsyncClient(
            base_url=self.base_url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=self.patience["timeout"],
            limits=httpx.Limits(max_connections=self.workers),
        )

    async def _annotate_pair(self, client: ChatClient, pair: ImagePair, prompt: Prompt) -> AnnotationResult:
        try:
            urls = await asyncio.to_thread(self._data_urls, pair)
        except (OSError, ValueError) as error:
            return AnnotationResult(pair, None, str(error))
        try:
            annotation = await self._ask(client, urls, prompt)
        except ChatError as error:
            return AnnotationResult(pair, None, str(error), error.answer)
        return AnnotationResult(pair, annotation)

    async def _ask(self, client: ChatClient, urls: list[str], prompt: Prompt) -> Annotation:
        def check(text: str) -> Annotation:
            events = parse_annotation(text, modality=prompt.modality).events
            return Annotation(events, type(self).__name__, self.model, prompt.version)

        structured = self.structured
        try:
            return await client.ask(self._body(urls, prompt, structured), check)
        except ChatError as error:
            if not structured or not _is_about_structure(error):
                raise
            # Servers without structured output reject the request; from now on it is plain text.
            self.structured = False
            return await client.ask(self._body(urls, prompt, False), check)

    def _data_urls(self, pair: ImagePair) -> list[str]:
        return [
            data_url(picture) for picture in load_pictures(pair, self.max_size, self.montage, self.reader)
        ]

    def _body(self, urls: list[str], prompt: Prompt, structured: bool) -> dict:
        content = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
        content.append({"type": "text", "text": prompt.text + (_JSON_REQUEST if structured else "")})
        body = {
            "model": self.model,
            "messages": [{"role": "user", "content": content}],
            "temperature": 0,
            "max_tokens": self.max_tokens,
        }
        return body | ({"response_format": _RESPONSE_FORMAT} if structured else {})


def _is_about_structure(error: ChatError) -> bool:
    """Whether a request was rejected because of the schema that it asks for."""
    if error.status in (400, 422):
        return True
    # Some servers say so with status 200.
    return error.final and re.search(r"response_format|schema|grammar|structured", str(error)) is not None


async def _finish(http: Any) -> None:
    """Cancel what still runs (after Ctrl-C) and close the connections."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await http.aclose()
