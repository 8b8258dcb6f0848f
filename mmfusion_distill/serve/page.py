"""The page: what stands on it, and what its buttons call."""

import random
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial, wraps
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from ..annotation.annotators.statistics_annotator import StatisticsAnnotator
from ..annotation.event_types import READ_EVENTS
from ..data.generated_scenes import generate_pair
from ..evaluation.functional.laplacian_pyramid import laplacian_pyramid_fusion
from ..images.image_io import write_image
from ..images.pixels import shrink
from ..inference.fusion_inferencer import FusionInferencer
from ..registration.pair_reader import PairReader
from ..user_errors import UserError
from ..version import __version__
from ..video import VideoOptions, fuse_video
from ..video.video_options import LAYOUTS
from ..zoo.model_index import PYRAMID
from .uploads import Limits, VisitorFiles, check_film, read_picture

#: Seconds between looks for files that are older than so many, behind an idle page.
SWEPT, KEPT = 60, 1800
#: Longest side of an image on the page, of which the download has all pixels; longest description that is read.
_SHOWN, _MAX_TEXT = 1600, 2000
_TWO_FILES = "two files"
#: Of every call: not for programs, one at a time.
_CALL: dict[str, Any] = dict(api_visibility="private", show_progress="minimal", concurrency_limit=1)
Networks = Mapping[str, FusionInferencer]


def build_page(networks: Networks, limits: Limits, files: VisitorFiles) -> gr.Blocks:
    """Build the page of networks, by the names that it shows; `files` lie inside Gradio's folder."""
    with gr.Blocks(title="mmfusion_distill", analytics_enabled=False, delete_cache=(SWEPT, KEPT)) as page:
        gr.Markdown(
            f"# Image fusion\nmmfusion_distill {__version__}. Two registered images or videos become one. Up to "
            f"{limits.megapixels:g} million pixels, {limits.megabytes:g} MB and {limits.frames} frames; all files "
            "go when you leave the page."
        )
        with gr.Tab("Images"):
            _build_picture_tab(networks, limits, files)
        with gr.Tab("Video"):
            _build_video_tab(networks, limits, files)

        def leave(visit: gr.Request) -> None:
            files.forget(visit.session_hash)

        page.unload(leave)
    for block in page.blocks.values():
        if isinstance(block, gr.components.Component):
            move = block.async_move_resource_to_block_cache
            block.async_move_resource_to_block_cache = partial(_move_file, move)
    return page


def _build_picture_tab(networks: Networks, limits: Limits, files: VisitorFiles) -> None:
    def show(is_source_b: bool, path: Path) -> str:
        return _written(path.with_name("shown.jpg"), read_picture(path, is_source_b, limits))

    def steering(name: str) -> list:
        """Fields for what a network can be told: a text, or else events in place of those that it sees."""
        network, events = networks[name], [(event.replace("_", " "), event) for event in READ_EVENTS]
        takes_events = not network.guided and name != PYRAMID
        text = gr.Textbox(label="Text", value="", max_length=_MAX_TEXT, visible=network.guided)
        return [text, gr.CheckboxGroup(events, label="Events", value=[], visible=takes_events)]

    picture = partial(gr.Image, show_label=False, height=300, buttons=["fullscreen"])
    with gr.Row():
        fields_a = _source("Source A (visible, CT, PET, SPECT)", files, picture, partial(show, False))
        fields_b = _source("Source B (infrared, MRI)", files, picture, partial(show, True))
    with gr.Row():
        weights = gr.Dropdown(list(networks), label="Weights")
        steered = steering(next(iter(networks)))
    with gr.Row():
        sample, button = gr.Button("Sample pair"), gr.Button("Fuse", variant="primary")
    labels = "A", "B", "pyramid"
    with gr.Row():
        sliders = [gr.ImageSlider(label=f"{label} | fused", buttons=["fullscreen"]) for label in labels]
    done = gr.Textbox(label="What was done")
    seen = gr.Label(label="Events that the network saw", show_heading=False, num_top_classes=5, visible=False)
    download = gr.DownloadButton("Download PNG", interactive=False)

    def take_sample(visit: gr.Request) -> list:
        outputs: list = []
        for is_b, image in enumerate(generate_pair(random.randrange(1000), 480, 640)):
            path = files.folder(visit.session_hash) / f"sample_{'AB'[is_b]}.png"
            write_image(path, image)
            outputs += [str(path), path, show(bool(is_b), path)]
        return outputs

    def fuse(a, b, name, text, events, visit: gr.Request):  # type: ignore[no-untyped-def]
        _check_there("source", A=a, B=b)
        network, reader, start = networks[name], PairReader(in_python=True), time.perf_counter()
        source_a, source_b, _ = reader.read(a, b)
        words = (text or "")[:_MAX_TEXT].strip() or None
        if network.guided and words is None:  # as the command does
            annotation = StatisticsAnnotator().annotate_arrays(source_a, source_b)
            fused = network(dict(img_a=a, img_b=b, annotation=annotation))["predictions"][0]
        else:
            fused = network.fuse(a, b, text=words, events=events or None)
        seconds, size = time.perf_counter() - start, f"{fused.shape[1]}x{fused.shape[0]} pixels"
        probabilities = {}
        with suppress(UserError):  # not every network names events
            probabilities = network.explain(a, b)
        target = files.folder(visit.session_hash) / "fused.png"
        write_image(target, fused)
        result = _written(target.with_suffix(".jpg"), fused)
        beside = source_a, source_b, laplacian_pyramid_fusion(source_a, source_b)
        return [
            *((_written(target.with_name(f"{x}.jpg"), image), result) for x, image in zip(labels, beside)),
            "\n".join([f"{size} read and fused by {name} in {seconds:.2f} s.", *reader.notes()]),
            gr.Label(probabilities, visible=bool(probabilities)),
            gr.DownloadButton(value=target, interactive=True),
        ]

    weights.change(steering, weights, steered, **_CALL)
    sample.click(_in_one_sentence(take_sample, files), None, [*fields_a, *fields_b], **_CALL)
    inputs = [fields_a[1], fields_b[1], weights, *steered]
    button.click(_in_one_sentence(fuse, files), inputs, [*sliders, done, seen, download], **_CALL)


def _build_video_tab(networks: Networks, limits: Limits, files: VisitorFiles) -> None:
    with gr.Row():
        labels = "Video A (visible), or both side by side", "Video B (infrared)"
        kept = [_source(x, files, gr.Markdown, partial(check_film, limits=limits))[1] for x in labels]
    with gr.Row():
        options = [
            # The fast one first.
            gr.Dropdown(sorted(networks, key=lambda name: name != "tiny"), label="Weights of the video"),
            gr.Dropdown([_TWO_FILES, *LAYOUTS], label="Sources"),
            gr.Dropdown(["time", "frame"], label="Frames match by"),
            gr.Slider(0, 5, value=0.5, step=0.5, label="Smooth brightness over seconds"),
            gr.Textbox(label="Text of the video (only for guided networks)", max_length=_MAX_TEXT),
        ]
    button = gr.Button("Fuse the video", variant="primary")
    film = gr.Video(label="Fused video", height=480, autoplay=True, loop=True)
    done = gr.Textbox(label="What was done")

    def fuse(a, b, name, layout, match, steady, text, visit: gr.Request):  # type: ignore[no-untyped-def]
        layout, films = (None, dict(A=a, B=b)) if layout == _TWO_FILES else (layout, dict(A=a))
        _check_there("video", **films)
        words = (text or "")[:_MAX_TEXT].strip() or None
        how = VideoOptions(layout=layout, match=match, steady=steady, max_frames=limits.frames, text=words)
        target = files.folder(visit.session_hash) / "fused.webm"
        report = fuse_video(networks[name], a, films.get("B"), target, how)
        facts = (
            f"{report.frames} frames fused by {name} in {report.seconds:.1f} s ({report.fps:.1f} a second)."
        )
        return str(target), files.shown("\n".join([facts, *report.notes]))

    button.click(_in_one_sentence(fuse, files), [*kept, *options], [film, done], **_CALL)


def _source(label: str, files: VisitorFiles, preview: Callable, show: Callable[[Path], str]) -> list:
    """A field for a file, the state with what is kept of it, and what shows it."""
    with gr.Column():
        fields = [gr.File(label=label, height=120), gr.State(), preview()]

    def take(upload: dict, visit: gr.Request) -> tuple[str, Path, str]:
        path = files.keep(Path(upload["path"]), visit.session_hash)
        try:
            return str(path), path, show(path)
        except BaseException:
            shutil.rmtree(path.parent)
            raise

    # Gradio's own reading of the field would leave an empty file behind.
    taken = fields[0].upload(_in_one_sentence(take, files), fields[0], fields, preprocess=False, **_CALL)
    for emptied in (taken.failure, fields[0].clear):
        emptied(lambda: [None] * 3, None, fields, **_CALL)
    return fields


def _check_there(what: str, **paths: Path | None) -> None:
    """Refuse to go on without uploads, which go after a while."""
    missing = [label for label, path in paths.items() if path is None or not path.is_file()]
    if missing:
        raise UserError(f"{what} {' and '.join(missing)} is missing: upload it")


def _written(path: Path, image: np.ndarray) -> str:
    write_image(path, shrink(image, _SHOWN))
    return str(path)


def _in_one_sentence(call: Callable[..., Any], files: VisitorFiles) -> Callable[..., Any]:
    """What the visitor can fix becomes one sentence on the page."""

    @wraps(call)
    def answered(*args: Any) -> Any:
        try:
            return call(*args)
        except UserError as error:
            # The page shows it as HTML, and names of files are the visitor's.
            raise gr.Error(escape(files.shown(str(error))), print_exception=False) from None

    return answered


async def _move_file(move: Callable[..., Any], path: Any) -> str | None:
    """Gradio's own fetches an address that stands for a file, and its sweeping ends at a folder that does."""
    if not Path(path).is_file():
        raise gr.Error("this file is gone: upload it again", print_exception=False)
    return await move(path)
