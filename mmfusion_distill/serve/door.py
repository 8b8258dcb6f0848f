"""What stands before the page: which requests are let in, and what the browser may load."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

#: The page holds its pictures itself, so Gradio's ways to hand out files, and to fetch from others, stay shut.
_SHUT = re.compile(
    r"^(/gradio_api)?/(file|proxy|stream|custom_component|component_server|process_recording)\b"
)

#: What Gradio's page would load or connect to elsewhere: a script of a CDN, and Google's fonts.
_ELSEWHERE = re.compile(rb'<script[^>]*\ssrc="https?://[^>]*>\s*</script>|<link[^>]*\shref="https?://[^>]*>')

_HEADERS = {
    # Should something else ever name another server, browsers do not go there.
    "content-security-policy": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class Door:
    """ASGI middleware that refuses requests of other sites and for files.

    Args:
        app (Callable): What is behind it.
        hosts (tuple[str, ...]): Names by which the page may be called; none lets any in.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], hosts: tuple[str, ...] = ()) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: MutableMapping[str, Any], receive: Callable, send: Callable) -> None:
        """Answer 403, or hand the request on and add headers to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        if self._is_refused(scope):
            await PlainTextResponse("not allowed", 403)(scope, receive, send_with_headers)
        elif scope["path"] == "/":
            await self.app(scope, receive, _without_elsewhere(send_with_headers))
        else:
            await self.app(scope, receive, send_with_headers)

    def _is_refused(self, scope: MutableMapping[str, Any]) -> bool:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        # A name of another site that leads to this machine (DNS rebinding).
        if self.hosts and re.sub(r":\d+$", "", host) not in self.hosts:
            return True
        # A page of another site that sends its visitor's browser here.
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            return True
        path = re.sub("/+", "/", scope["path"])
        return _SHUT.match(path) is not None


def _without_elsewhere(send: Callable) -> Callable:
    """Take out of an HTML answer what the browser would fetch from other servers."""
    start: MutableMapping[str, Any] = {}
    body = bytearray()

    async def gathered(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        body.extend(message.get("body", b""))
        if message.get("more_body"):
            return
        page = _ELSEWHERE.sub(b"", bytes(body))
        headers = MutableHeaders(scope=start)
        del headers["content-length"]
        if page:
            headers["content-length"] = str(len(page))
        await send(start)
        await send(dict(type="http.response.body", body=page))

    return gathered
