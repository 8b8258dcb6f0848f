"""The guard of the page: which requests are let in, and what the browser may load."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

#: What the page asks for. Gradio has more: a proxy, a fetcher of addresses, links that keep a visit, recordings.
_ASKED = (
    r"/|/(config|theme\.css|favicon\.ico|manifest\.json)|/(assets|static|svelte)/.*"
    r"|/gradio_api/(upload|upload_progress|queue/(join|data)|heartbeat/\w+|cancel|reset|startup-events|file={files}/.*)"
)
_HEADERS = {
    # Should something ever name another server, browsers do not go there.
    "content-security-policy": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class Door:
    """ASGI middleware that refuses requests of other sites, and all that the page does not ask for.

    Only files in the folder `files` are handed out; `hosts` are names by which the page may be called, none is any.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], files: Path, hosts: tuple[str, ...]) -> None:
        self.app, self.hosts = app, hosts
        self.asked = re.compile(_ASKED.format(files=re.escape(str(files))))

    async def __call__(self, scope: MutableMapping[str, Any], receive: Callable, send: Callable) -> None:
        """Answer 403, or hand the request on and add headers to the answer."""

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        is_let_in = scope["type"] == "lifespan" or self._is_let_in(Headers(scope=scope), scope["path"])
        answer = self.app if is_let_in else PlainTextResponse("not allowed", 403)
        await answer(scope, receive, send_with_headers)

    def _is_let_in(self, headers: Headers, path: str) -> bool:
        host, origin = headers.get("host", ""), headers.get("origin")
        # A name of another site that leads to this machine (DNS rebinding).
        is_our_name = not self.hosts or re.sub(r":\d+$", "", host) in self.hosts
        # Pages of other sites send their visitors' browsers here.
        is_our_page = origin is None or origin.partition("://")[2] == host
        return is_our_name and is_our_page and bool(self.asked.fullmatch(path)) and ".." not in path
