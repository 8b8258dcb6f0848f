"""Starting the page."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from ..user_errors import UserFileError
from .fusion_service import FusionService
from .gradio_import import import_gradio
from .limits import Limits
from .page import build_page

#: Visitors whose pictures are held at the same time; those of the oldest are dropped first.
_SESSIONS = 16
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    return f"[{host}]" in _LOOPBACK or host in _LOOPBACK


@contextmanager
def launch(
    service: FusionService, limits: Limits, host: str = "127.0.0.1", port: int = 7860
) -> Iterator[str]:
    """Serve the page until the context ends; temporary files of uploads are deleted with it.

    Args:
        service (FusionService): What fuses.
        limits (Limits): Of uploads.
        host (str): Address to listen at. Default: '127.0.0.1', this machine only.
        port (int): Default: 7860. 0 takes a free one.

    Yields:
        str: Address of the page.

    Raises:
        MissingPackageError: If Gradio is missing.
        UserFileError: If the port is taken or the host is none of this machine.
    """
    import_gradio()
    port = _free_port(host, port)
    before = os.environ.get("GRADIO_TEMP_DIR")
    with tempfile.TemporaryDirectory(prefix="mmfusion-serve-") as folder:
        # Gradio's own folder is shared by all its programs and outlives them.
        os.environ["GRADIO_TEMP_DIR"] = folder
        page = build_page(service, limits)
        try:
            from starlette.middleware import Middleware

            from .door import Door

            hosts = _LOOPBACK if is_loopback(host) else ()
            _, address, _ = page.queue(max_size=16).launch(
                server_name=host,
                server_port=port,
                share=False,
                inbrowser=False,
                prevent_thread_lock=True,
                quiet=True,
                show_api=False,
                ssr_mode=False,
                pwa=False,
                max_file_size=limits.bytes,
                state_session_capacity=_SESSIONS,
                app_kwargs=dict(
                    middleware=[Middleware(Door, hosts=hosts)],
                    docs_url=None,
                    redoc_url=None,
                    openapi_url=None,
                ),
            )
            yield address
        finally:
            page.close(verbose=False)
            if before is None:
                del os.environ["GRADIO_TEMP_DIR"]
            else:
                os.environ["GRADIO_TEMP_DIR"] = before


def _free_port(host: str, port: int) -> int:
    try:
        # Gradio waits and names neither host nor reason.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return probe.getsockname()[1]
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserFileError(
            f"cannot listen at {host}:{port} ({reason}): choose another --port or --host"
        ) from error
