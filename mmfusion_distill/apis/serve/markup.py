"""Pieces of the page that hold pictures: these travel inside the page, so that no file of them is written."""

import base64
from collections.abc import Sequence
from html import escape

import numpy as np

from ...annotation.annotation_types import Event
from ...io.pixels import data_url, shrink
from .uploads import Picture

#: Longest side of a picture on the page; the download has all pixels.
_SHOWN = 1280

STYLE = """
.mmf-slider { position: relative; line-height: 0; overflow: hidden; border-radius: 6px; --split: 50%; }
.mmf-slider img { width: 100%; height: auto; display: block; margin: 0; }
.mmf-slider .mmf-fused { position: absolute; inset: 0; clip-path: inset(0 0 0 var(--split)); }
.mmf-slider::after { content: ""; position: absolute; top: 0; bottom: 0; left: var(--split); width: 2px;
  margin-left: -1px; background: white; box-shadow: 0 0 3px black; pointer-events: none; }
.mmf-slider input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0;
  cursor: ew-resize; }
.mmf-slider input:focus-visible + span { outline: 2px solid orange; }
.mmf-slider span { position: absolute; bottom: 6px; padding: 2px 6px; border-radius: 4px; font-size: 12px;
  line-height: 1.3; color: white; background: rgba(0, 0, 0, .65); pointer-events: none; }
.mmf-slider .mmf-left { left: 6px; }
.mmf-slider .mmf-right { right: 6px; }
.mmf-preview img { max-height: 180px; max-width: 100%; border-radius: 6px; margin: 0; }
.mmf-video { width: 100%; max-width: 960px; border-radius: 6px; }
.mmf-download { display: inline-block; padding: 8px 16px; border-radius: 6px; color: white !important;
  background: #2563eb; text-decoration: none; }
"""


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
