"""The tab that fuses videos."""

from functools import partial
from html import escape

from ..video import VideoOptions
from ..video.video_options import LAYOUTS
from . import markup
from .films import Film, take_film
from .fusion_service import MAX_TEXT, FusionService
from .gradio_import import import_gradio
from .limits import Limits
from .page_calls import CALL, in_the_page, source_fields

_TWO_FILES = "two files"


def build_video_tab(service: FusionService, limits: Limits, kept: float) -> None:
    """Fill the tab.

    Args:
        service (FusionService): What fuses.
        limits (Limits): Of uploads.
        kept (float): Seconds that videos stay in memory behind an idle page.
    """
    gr = import_gradio()
    gr.Markdown(
        f"Two AVI, MP4, MOV, MKV or WebM files, or one that shows both sides. Up to {limits.frames} frames of "
        f"{limits.megapixels:g} million pixels and {limits.megabytes:g} MB each; nothing is kept."
    )
    states, _ = source_fields(
        {
            "Video A (visible), or both side by side": partial(_take, limits),
            "Video B (infrared)": partial(_take, limits),
        },
        kept,
    )
    with gr.Row():
        weights = gr.Dropdown(service.names, value=_preferred(service), label="Weights of the video")
        layout = gr.Dropdown([_TWO_FILES, *LAYOUTS], value=_TWO_FILES, label="Sources")
        match = gr.Dropdown(["time", "frame"], value="time", label="Frames match by")
        steady = gr.Slider(0, 5, value=0.5, step=0.5, label="Smooth brightness over seconds")
        text = gr.Textbox(max_length=MAX_TEXT, label="Text of the video (only for guided networks)")
    button = gr.Button("Fuse the video", variant="primary")
    results = [gr.HTML(), gr.HTML()]
    button.click(
        in_the_page(partial(_fuse, service, limits)),
        [*states, weights, layout, match, steady, text],
        results,
        **CALL,
    )


def _preferred(service: FusionService) -> str:
    """A name that is offered: the fast network, if it is."""
    return "tiny" if "tiny" in service.names else service.names[0]


def _take(limits: Limits, path: str) -> tuple[Film, str]:
    film = take_film(path, limits)
    return film, f'<div class="mmf-film">{escape(film.name)}, {film.size}</div>'


def _fuse(
    service: FusionService,
    limits: Limits,
    film_a: Film | None,
    film_b: Film | None,
    name: str,
    layout: str,
    match: str,
    steady: float,
    text: str,
) -> tuple[str, str]:
    options = VideoOptions(
        layout=None if layout == _TWO_FILES else layout,
        match=match,
        steady=steady,
        max_frames=limits.frames,
        text=service.check_text(name, text, "describe the videos"),
    )
    fused = service.fuse_films(film_a, film_b, name, options)
    report = fused.report
    facts = f"{report.frames} frames fused by {name} in {report.seconds:.1f} s, {report.fps:.1f} per second."
    return markup.film(fused.data), markup.facts(" ".join([facts, *report.notes]))
