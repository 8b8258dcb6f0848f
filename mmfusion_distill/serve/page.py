"""The page: what stands on it, and what its buttons call."""

import random
from functools import partial
from typing import TYPE_CHECKING

from ..annotation.modalities import MODALITIES
from ..version import __version__
from . import markup
from .fusion_service import MAX_TEXT, FusionService
from .gradio_import import import_gradio
from .limits import Limits
from .page_calls import CALL, in_the_page, source_fields
from .uploads import Picture, sample_pair, take_upload
from .video_tab import build_video_tab

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
        gradio.Blocks: To be launched by :func:`~mmfusion_distill.serve.server.launch`.

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
        with gr.Tab("Pictures"):
            _build_picture_tab(service, limits)
        with gr.Tab("Video"):
            build_video_tab(service, limits, _KEPT)
    _refuse_addresses(page)
    return page


def _build_picture_tab(service: FusionService, limits: Limits) -> None:
    gr = import_gradio()
    states, previews = source_fields(
        {
            "Source A (visible, CT, PET, SPECT)": partial(_take, limits, False),
            "Source B (infrared, MRI)": partial(_take, limits, True),
        },
        _KEPT,
    )
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

    results = [*sliders, download, facts, events]
    sample.click(_sample, None, [*states, *previews], **CALL)
    weights.change(lambda name: gr.Textbox(**_text_options(service, name)), weights, text, **CALL)
    fuse.click(in_the_page(partial(_fuse, service)), [*states, weights, text, modality], results, **CALL)


def _text_options(service: FusionService, name: str) -> dict:
    if service.is_guided(name):
        return dict(label="Text", interactive=True, placeholder="e.g. low light; empty: the events below")
    return dict(label="Text (only for guided networks)", interactive=False, value="", placeholder="")


def _take(limits: Limits, is_source_b: bool, path: str) -> tuple[Picture, str]:
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
        markup.facts(
            f"{img_a.size} pixels fused by {name} in {outcome.seconds:.2f} s. The statistics annotator sees:"
        ),
        markup.event_list(outcome.events),
    )


def _refuse_addresses(page: "gradio.Blocks") -> None:
    """Let no request make this machine fetch an address: Gradio downloads those that stand for a file."""

    async def refuse(path: str) -> str:
        if path.startswith("/") and "://" not in path:
            return path
        raise import_gradio().Error("upload files instead of addresses", print_exception=False)

    for block in page.blocks.values():
        if hasattr(block, "async_move_resource_to_block_cache"):
            block.async_move_resource_to_block_cache = refuse
