"""Effect of naming an event on the fused images of real pairs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import cv2
import numpy as np

from ..annotation.event_types import EVENT_TYPES
from ..data.degradations.degradation_kinds import strong_annotation
from ..evaluation import picture_grid
from ..images.pixels import to_uint8
from ..inference.fusion_inferencer import FusionInferencer
from ..system.table import Table
from .scored_pairs import ScoredPair

#: What naming an event may move, and how the columns are called.
QUANTITIES = {
    "dark_half": "brightness of the dark half",
    "bright_half": "brightness of the bright half",
    "black_point": "black point",
    "contrast": "contrast",
    "saturation": "saturation",
    "noise": "noise where it is flat",
    "sharpness": "sharpness",
}
#: Event -> the quantity that naming it should move.
NAMED = {
    "low_light": "dark_half",
    "over_exposure": "bright_half",
    "ir_low_contrast": "contrast",
    "ir_noise": "noise",
    "high_noise": "noise",
    "motion_blur": "sharpness",
    "sensor_artifact": "noise",
    "haze": "saturation",
}
#: Of the images that are shown, in pixels.
_CELL_WIDTH = 300
#: Side of the blocks that are looked at for flat places, and the share of them that is flat.
_BLOCK, _FLAT = 16, 0.2


@dataclass(frozen=True)
class Steering:
    """Effect of naming events on one set.

    Args:
        events (Sequence[str]): The events that were named.
        changes (Mapping[str, Mapping[str, float]]): Event -> quantity -> mean of the ratios to the result with
            nothing named; 1 is no change.
        pictures (list[list[np.ndarray]]): Of the first pairs: A, B, the result with nothing named, those with each
            event.
    """

    events: Sequence[str]
    changes: Mapping[str, Mapping[str, float]]
    pictures: list[list[np.ndarray]]


def measure_steering(
    fuse: Callable[[ScoredPair, str | None], np.ndarray],
    pairs: Sequence[ScoredPair],
    events: Sequence[str] = EVENT_TYPES,
    shown: int = 3,
) -> Steering:
    """Fuse pairs as seen and with each event named.

    Args:
        fuse (Callable): Fuses a pair that has an event, None for nothing named.
        pairs (Sequence[ScoredPair]): The pairs.
        events (Sequence[str]): The events. Default: all of infrared and visible images.
        shown (int): Pairs whose images are kept. Default: 3.

    Returns:
        Steering: What moved.
    """
    ratios: dict[str, dict[str, list[float]]] = {
        event: {quantity: [] for quantity in QUANTITIES} for event in events
    }
    pictures = []
    for index, pair in enumerate(pairs):
        plain = fuse(pair, None)
        before = quantities_of(plain, pair.img_a)
        row = [pair.img_a, pair.img_b, plain]
        for event in events:
            fused = fuse(pair, event)
            after = quantities_of(fused, pair.img_a)
            for quantity in QUANTITIES:
                ratios[event][quantity].append(after[quantity] / before[quantity])
            row.append(fused)
        if index < shown:
            pictures.append(row)
    changes = {event: {name: fmean(values) for name, values in of.items()} for event, of in ratios.items()}
    return Steering(list(events), changes, pictures)


def fuse_named(network: FusionInferencer, pair: ScoredPair, event: str | None) -> np.ndarray:
    """Fuse a pair, with an event named as strong by text, or by name where the network reads no text."""
    sources = dict(img_a=pair.img_a, img_b=pair.img_b, key=pair.name)
    if event is not None:
        sources |= dict(annotation=strong_annotation([event])) if network.guided else dict(events=[event])
    return network(sources)["predictions"][0]


def quantities_of(fused: np.ndarray, img_a: np.ndarray) -> dict[str, float]:
    """The quantities of :data:`QUANTITIES` of an image.

    Args:
        fused (np.ndarray): (H, W) or (H, W, 3) RGB, gray levels.
        img_a (np.ndarray): Source A of the same size, whose darker and brighter half are looked at.

    Returns:
        dict[str, float]: In gray levels (saturation in units of CIELAB), each at least a small positive number.
    """
    gray, gray_a = _gray(fused), _gray(img_a)
    dark = gray_a <= np.median(gray_a)
    lab = cv2.cvtColor(_rgb(fused).astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    fine = gray - cv2.medianBlur(to_uint8(gray), 3).astype(np.float32)
    slopes = np.hypot(np.diff(gray, axis=0)[:, :-1], np.diff(gray, axis=1)[:-1])
    values = {
        "dark_half": np.median(gray[dark]),
        "bright_half": np.median(gray[~dark]) if (~dark).any() else np.median(gray),
        "black_point": np.percentile(gray, 1),
        "contrast": gray.std(),
        "saturation": np.hypot(lab[..., 1], lab[..., 2]).mean(),
        "noise": _in_flat_blocks(fine, _gray(img_a)),
        "sharpness": slopes.mean(),
    }
    # What is not there cannot be compared: half a gray level stands for it.
    return {name: max(float(value), 0.5 if name != "noise" else 0.05) for name, value in values.items()}


def steering_table(steering: Steering) -> str:
    """Changes in per cent, as Markdown; the quantity that an event names is set in bold."""
    rows = []
    for event in steering.events:
        cells = []
        for quantity, ratio in steering.changes[event].items():
            cell = f"{100 * (ratio - 1):+.0f} %"
            cells.append(f"**{cell}**" if NAMED[event] == quantity else cell)
        rows.append([event, *cells])
    return Table(["named", *QUANTITIES.values()], rows).to_markdown()


def steering_picture(steering: Steering) -> np.ndarray:
    """The pairs that were kept (rows), beside what each event makes of them (columns)."""
    titles = ["A", "B", "nothing named", *steering.events]
    return picture_grid(steering.pictures, titles, width=_CELL_WIDTH)


def _in_flat_blocks(fine: np.ndarray, gray_a: np.ndarray) -> float:
    """Root mean square of what is finer than a median, in the blocks in which A is flattest."""
    height, width = (length - length % _BLOCK for length in fine.shape)
    if not height or not width:
        return float(np.sqrt(np.square(fine).mean()))

    def blocks(image: np.ndarray) -> np.ndarray:
        parts = image[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
        return parts.transpose(0, 2, 1, 3).reshape(-1, _BLOCK * _BLOCK)

    order = np.argsort(blocks(cv2.GaussianBlur(gray_a, (0, 0), 2)).std(axis=1), kind="stable")
    flat = order[: max(1, round(_FLAT * len(order)))]
    return float(np.sqrt(np.square(blocks(fine)[flat]).mean()))


def _rgb(picture: np.ndarray) -> np.ndarray:
    return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)


def _gray(picture: np.ndarray) -> np.ndarray:
    if picture.ndim == 2:
        return picture.astype(np.float32)
    return cv2.cvtColor(picture.astype(np.float32), cv2.COLOR_RGB2GRAY)
