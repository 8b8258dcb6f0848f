"""What stands before the page: which requests are let in, and what the browser may load."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

#: The page holds its pictures itself, so Gradio's ways to hand out files, and to fetch from others, stay shut.
_SHUT = re.compile(
    r"^(/gradio_api)?/(file|proxy|stream|custom_component|component_server|process_recording)\b"
)

#: What Gradio's page would load or connect to elsewhere: a script of a CDN, and Google's fonts.
_ELSEWHERE = re.compile(rb'<script[^>]*\ssrc="https?://[^>]*>\s*</script>|<link[^>]*\shref="https?://[^>]*>')

_HEADERS = (
    # Should something else ever name another server, browsers do not go there.
    (
        b"content-security-policy",
        b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)


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
                names = {name for name, _ in _HEADERS}
                kept = [pair for pair in message.get("headers", ()) if pair[0].lower() not in names]
                message = dict(message, headers=[*kept, *_HEADERS])
            await send(message)

        if scope["path"] == "/":
            send_with_headers = _without_elsewhere(send_with_headers)
        if self._is_refused(scope):
            await send_with_headers(
                dict(type="http.response.start", status=403, headers=[(b"content-type", b"text/plain")])
            )
            await send(dict(type="http.response.body", body=b"not allowed"))
            return
        await self.app(scope, receive, send_with_headers)

    def _is_refused(self, scope: MutableMapping[str, Any]) -> bool:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        # A name of another site that leads to this machine (DNS rebinding).
        if self.hosts and re.sub(r":\d+$", "", host) not in self.hosts:
            return True
        # A page of another site that sends its visitor's browser here.
        origin = headers.get(b"origin")
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
        headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        if len(headers) < len(start["headers"]) and page:
            headers.append((b"content-length", str(len(page)).encode()))
        await send(dict(start, headers=headers))
        await send(dict(type="http.response.body", body=page))

    return gathered
