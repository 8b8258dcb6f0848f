"""The page: what stands on it, and what its buttons call."""

import random
from collections.abc import Callable
from functools import partial, wraps
from html import escape
from typing import TYPE_CHECKING, Any

from ...annotation.annotators.base import MODALITIES
from ...user_errors import UserError
from ...version import __version__
from . import markup
from .fusion_service import MAX_TEXT, FusionService
from .gradio_import import import_gradio
from .limits import Limits
from .uploads import Picture, sample_pair, take_upload

if TYPE_CHECKING:
    import gradio

#: Seconds that pictures stay in memory behind an idle page, and uploads that nobody asked to be read on disk.
_KEPT = 1800
#: Seconds between looks for such uploads.
_SWEPT = 60


def build_page(service: FusionService, limits: Limits) -> "gradio.Blocks":
    """Build the page.

    Args:
        service (FusionService): What fuses.
        limits (Limits): Of uploads.

    Returns:
        gradio.Blocks: To be launched by :func:`~mmfusion_distill.apis.serve.server.launch`.

    Raises:
        MissingPackageError: If Gradio is missing.
    """
    gr = import_gradio()
    # Fonts of the system: the default theme asks Google for its own.
    theme = gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["monospace"])
    with gr.Blocks(
        title="mmfusion_distill",
        theme=theme,
        css=markup.STYLE,
        analytics_enabled=False,
        delete_cache=(_SWEPT, _KEPT),
    ) as page:
        gr.Markdown(
            f"# Image fusion\nmmfusion_distill {__version__}. Two registered pictures of one scene become one. "
            f"Up to {limits.megapixels:g} million pixels and {limits.megabytes:g} MB each; nothing is kept."
        )
        sources = []
        with gr.Row():
            for label in ("A (visible, CT, PET, SPECT)", "B (infrared, MRI)"):
                with gr.Column():
                    drop = gr.File(label=f"Source {label}", height=120)
                    # Gradio's own leaves an empty temporary file behind for every upload.
                    drop.preprocess = _path_of
                    state = gr.State(None, time_to_live=_KEPT)
                    sources.append((drop, state, gr.HTML()))
        with gr.Row():
            weights = gr.Dropdown(service.names, value=service.names[0], label="Weights")
            modality = gr.Dropdown(list(MODALITIES), value=MODALITIES[0], label="Kind of pair")
            text = gr.Textbox(max_length=MAX_TEXT, **_text_options(service, service.names[0]))
        with gr.Row():
            sample = gr.Button("Sample pair")
            fuse = gr.Button("Fuse", variant="primary")
        with gr.Row():
            sliders = gr.HTML(), gr.HTML()
        download, facts, events = gr.HTML(), gr.HTML(), gr.HTML()

        states, previews = [source[1] for source in sources], [source[2] for source in sources]
        results = [*sliders, download, facts, events]
        options = dict(api_name=False, show_progress="minimal", concurrency_limit=1)
        for is_source_b, (drop, state, preview) in enumerate(sources):
            take = partial(_take, limits, bool(is_source_b))
            # The field is emptied afterwards, as the file is gone; the preview tells what is there.
            taken = drop.upload(_in_the_page(take), drop, [state, preview], **options)
            taken.then(lambda: None, None, drop, **options)
        sample.click(_sample, None, [*states, *previews], **options)
        weights.change(lambda name: gr.Textbox(**_text_options(service, name)), weights, text, **options)
        fuse.click(
            _in_the_page(partial(_fuse, service)), [*states, weights, text, modality], results, **options
        )
    _refuse_addresses(page)
    return page


def _text_options(service: FusionService, name: str) -> dict:
    if service.is_guided(name):
        return dict(label="Text", interactive=True, placeholder="e.g. low light; empty: the events below")
    return dict(label="Text (only for guided networks)", interactive=False, value="", placeholder="")


def _in_the_page(function: Callable[..., Any]) -> Callable[..., Any]:
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


def _path_of(payload: Any) -> str | None:
    return None if payload is None else payload.path


def _take(limits: Limits, is_source_b: bool, path: str | None) -> tuple[Picture | None, str]:
    if path is None:
        return None, ""
    picture = take_upload(path, is_source_b, limits)
    return picture, markup.preview(picture)


def _sample() -> tuple[Picture, Picture, str, str]:
    visible, infrared = sample_pair(random.randrange(1000))
    return visible, infrared, markup.preview(visible), markup.preview(infrared)


def _fuse(
    service: FusionService, img_a: Picture | None, img_b: Picture | None, name: str, text: str, modality: str
) -> tuple[str, ...]:
    outcome = service.fuse(img_a, img_b, name, text, modality)
    return (
        markup.slider(img_a, outcome.fused, "A"),
        markup.slider(img_b, outcome.fused, "B"),
        markup.download(outcome.fused),
        f'<div class="mmf-facts">{img_a.size} pixels fused by {escape(name)} in {outcome.seconds:.2f} s. '
        "The statistics annotator sees:</div>",
        markup.event_list(outcome.events),
    )


def _refuse_addresses(page: "gradio.Blocks") -> None:
    """Let no request make this machine fetch an address: Gradio downloads those that stand for a file."""

    async def refuse(path: str) -> str:
        return path if path.startswith("/") and "://" not in path else _raise_address()

    for block in page.blocks.values():
        if hasattr(block, "async_move_resource_to_block_cache"):
            block.async_move_resource_to_block_cache = refuse


def _raise_address() -> str:
    raise import_gradio().Error("upload files instead of addresses", print_exception=False)
