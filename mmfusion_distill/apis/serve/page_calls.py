"""What the calls of every tab have in common."""

from collections.abc import Callable
from functools import wraps
from html import escape
from typing import TYPE_CHECKING, Any

from ...user_errors import UserError
from .gradio_import import import_gradio

if TYPE_CHECKING:
    import gradio

#: Of every call: no name to be found by, one at a time.
CALL = dict(api_name=False, show_progress="minimal", concurrency_limit=1)


def in_the_page(function: Callable[..., Any]) -> Callable[..., Any]:
    """What the user can mend becomes one sentence in the page."""

    @wraps(function, assigned=())
    def wrapped(*args: Any) -> Any:
        try:
            return function(*args)
        except UserError as error:
            message = str(error)
        except (MemoryError, RuntimeError) as error:
            # PyTorch has no type of its own for what the CPU lacks.
            if not isinstance(error, MemoryError) and "memory" not in str(error):
                raise
            message = "there is not enough memory for this pair: take smaller pictures"
        # The page shows a message as HTML, and names of files are the visitor's.
        raise import_gradio().Error(escape(message), print_exception=False)

    return wrapped


def upload_field(label: str) -> "gradio.File":
    """A field for one file, whose path it gives."""
    field = import_gradio().File(label=label, height=120)
    # Gradio's own leaves an empty temporary file behind for every upload.
    field.preprocess = _path_of
    return field


def _path_of(payload: Any) -> str | None:
    return None if payload is None else payload.path
