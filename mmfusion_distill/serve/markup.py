"""Pieces of the page that hold pictures: these travel inside the page, so that no file of them is written."""

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from ..annotation.annotation_types import Event
from ..images.pixels import data_url, shrink
from .uploads import Picture

#: Longest side of a picture on the page; the download has all pixels.
_SHOWN = 1280

STYLE = (Path(__file__).parent / "page.css").read_text()


def preview(picture: Picture) -> str:
    """A source as it was read, with its name and size."""
    return (
        f'<div class="mmf-preview"><img alt="{escape(picture.name)}" src="{_shown(picture.pixels * 255)}">'
        f"<div>{escape(picture.name)}, {picture.size}</div></div>"
    )


def slider(picture: Picture, fused: np.ndarray, label: str) -> str:
    """A source on the left of a line that the mouse or the arrow keys move, the result on its right."""
    return (
        f'<div class="mmf-slider"><img alt="{escape(label)}" src="{_shown(picture.pixels * 255)}">'
        f'<img class="mmf-fused" alt="fused" src="{_shown(fused)}">'
        f'<input type="range" min="0" max="100" value="50" aria-label="{escape(label)} or fused" '
        "oninput=\"this.parentElement.style.setProperty('--split', this.value + '%')\">"
        f'<span class="mmf-left">{escape(label)}</span><span class="mmf-right">fused</span></div>'
    )


def download(fused: np.ndarray) -> str:
    """A link that saves the result as PNG."""
    address = data_url(fused, "png")
    return f'<a class="mmf-download" download="fused.png" href="{address}">Download PNG</a>'


def film(data: bytes) -> str:
    """A video that plays, and a link that saves it."""
    address = f"data:video/webm;base64,{base64.b64encode(data).decode()}"
    return (
        f'<video class="mmf-video" controls autoplay loop muted src="{address}"></video>'
        f'<div><a class="mmf-download" download="fused.webm" href="{address}">Download WebM</a></div>'
    )


def facts(text: str) -> str:
    """A sentence about a result."""
    return f'<div class="mmf-facts">{escape(text)}</div>'


def event_list(events: Sequence[Event]) -> str:
    """Events of an annotator."""
    items = (f"<li><b>{escape(event.type)}</b> {escape(event.description)}</li>" for event in events)
    return f'<ul class="mmf-events">{"".join(items)}</ul>'


def _shown(pixels: np.ndarray) -> str:
    return data_url(shrink(pixels, _SHOWN))
