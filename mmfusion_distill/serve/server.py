"""Starting the page."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from ..inference.fusion_inferencer import FusionInferencer
from ..user_errors import MissingPackageError, UserError, UserFileError
from ..zoo.model_index import list_models
from .uploads import Limits, VisitorFiles

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    return host in _LOOPBACK or f"[{host}]" in _LOOPBACK


def load_networks(weights: Sequence[str], device: str | None) -> dict[str, FusionInferencer]:
    """Load networks, by the names that the page shows: files without folders, then those that ship."""
    networks: dict[str, FusionInferencer] = {}
    for source in dict.fromkeys([*weights, *list_models()]):
        name = Path(source).name
        if name in networks:
            raise UserError(f"two files of weights are called {name}: rename one of them")
        try:
            networks[name] = FusionInferencer(weights=source, device=device)
        except ImportError:
            # What ships but needs other packages than are installed is not offered.
            if source not in list_models():
                raise
    return networks


@contextmanager
def launch(
    limits: Limits,
    weights: Sequence[str] = (),
    device: str | None = None,
    host: str = "127.0.0.1",
    port: int = 7860,
) -> Iterator[str]:
    """Serve the page at an address, which it gives, until the context ends; then delete all files of visitors.

    Args:
        limits (Limits): Of uploads.
        weights (Sequence[str]): Files of weights to offer beside those that come with the package. Default: ().
        device (str, optional): Default: None, the GPU if there is one.
        host (str): Address to listen at. Default: '127.0.0.1', this machine only.
        port (int): Default: 7860. 0 takes the first free one from there.

    Raises:
        UserError: If Gradio is missing, weights cannot be used, or address and port are none that are free.
    """
    with tempfile.TemporaryDirectory(prefix="mmfusion-serve-", ignore_cleanup_errors=True) as folder:
        # Read when Gradio is imported, and later: its own folders outlive it, and it would call home.
        os.environ.update(dict.fromkeys(("GRADIO_TEMP_DIR", "GRADIO_EXAMPLES_CACHE"), folder))
        os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_DISABLE_TELEMETRY="1")
        try:
            from starlette.middleware import Middleware

            from .door import Door
            from .page import build_page
        except ImportError as error:
            what = f"cannot be imported ({error})" if find_spec("gradio") else "is not installed"
            raise MissingPackageError(
                f'the page needs Gradio, which {what}: pip install "mmfusion_distill[serve]"'
            ) from error
        files = VisitorFiles(Path(folder, "visits"))
        page = build_page(load_networks(weights, device), limits, files)
        door = Middleware(Door, files=files.root, hosts=_LOOPBACK if is_loopback(host) else ())
        try:
            _, address, _ = page.queue(max_size=16).launch(
                server_name=host,
                server_port=port or None,
                share=False,
                prevent_thread_lock=True,
                quiet=True,
                footer_links=[],
                run_history=False,
                max_file_size=int(limits.megabytes * 1e6),
                app_kwargs=dict(middleware=[door]),
            )
            yield address
        except OSError as error:
            raise UserFileError(f"cannot listen at {host}:{port}: take another --port or --host") from error
        finally:
            page.close(verbose=False)
