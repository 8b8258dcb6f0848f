"""What the fields and calls of every tab have in common."""

from collections.abc import Callable, Mapping
from functools import partial, wraps
from html import escape
from typing import Any

from ..user_errors import UserError
from .gradio_import import import_gradio

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


def source_fields(sources: Mapping[str, Callable[[str], tuple[Any, str]]], kept: float) -> tuple[list, list]:
    """A row of fields for one file each.

    Args:
        sources (Mapping[str, Callable]): By the label of a field, what reads its file and returns what is kept of it,
            and HTML that shows it.
        kept (float): Seconds that it stays in memory behind an idle page.

    Returns:
        tuple[list, list]: Per field, the `gradio.State` with what is kept, and the `gradio.HTML` that shows it.
    """
    gr = import_gradio()
    states, previews = [], []
    with gr.Row():
        for label, take in sources.items():
            with gr.Column():
                field, state, preview = (
                    gr.File(label=label, height=120),
                    gr.State(time_to_live=kept),
                    gr.HTML(),
                )
            # Gradio's own leaves an empty temporary file behind for every upload.
            field.preprocess = _path_of
            uploaded = field.upload(in_the_page(partial(_take, take)), field, [state, preview], **CALL)
            # The field is emptied afterwards, as the file is gone; the preview tells what is there.
            uploaded.then(lambda: None, None, field, **CALL)
            states.append(state)
            previews.append(preview)
    return states, previews


def _path_of(payload: Any) -> str | None:
    return None if payload is None else payload.path


def _take(take: Callable[[str], tuple[Any, str]], path: str | None) -> tuple[Any, str]:
    return (None, "") if path is None else take(path)
