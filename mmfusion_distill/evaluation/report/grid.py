"""Image grids for papers: sources and methods side by side, with zoomed boxes."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from ...images.image_io import write_image
from ...images.pixels import to_uint8, without_single_channel
from ...registration.pair_reader import PairReader
from ...user_errors import OptionError, UserError
from .folder import read_picture, read_sources
from .matched_files import match_files

#: x, y, width, height in pixels.
Box = tuple[int, int, int, int]

_COLORS = ((230, 60, 50), (60, 200, 80), (70, 120, 240), (240, 200, 40))
_GAP = 4
_LABEL_HEIGHT = 22


def write_picture_grid(
    path: str | Path,
    folder_a: str | Path,
    folder_b: str | Path,
    methods: Mapping[str, str | Path],
    names: Sequence[str],
    boxes: Sequence[Box] = (),
    pattern: Sequence[str] | None = None,
    reader: PairReader | None = None,
) -> None:
    """Write a grid of pairs (rows) and of source A, source B and methods (columns).

    Args:
        path: Image to write.
        folder_a: Images of source A.
        folder_b: Images of source B.
        methods: Folder of fused images by method name.
        names: Pairs to show.
        boxes: Parts to frame in every image and to show enlarged below it.
        pattern: See :func:`~mmfusion_distill.evaluation.evaluate_folders`.
        reader: Reads the sources. Default: one without options.

    Raises:
        UserError: If an image is missing or unreadable, or a box does not lie inside it.
    """
    matched, problems = match_files(folder_a, folder_b, methods, names, pattern)
    if problems:
        raise UserError(f"Image grid: {problems[0]}")
    reader = reader or PairReader()
    rows = [[*read_sources(reader, *paths[:2]), *map(read_picture, paths[2:])] for paths in matched.values()]
    write_image(path, picture_grid(rows, ["source A", "source B", *methods], boxes))


def picture_grid(
    rows: Sequence[Sequence[np.ndarray]],
    titles: Sequence[str],
    boxes: Sequence[Box] = (),
    width: int | None = None,
) -> np.ndarray:
    """Put images side by side.

    Args:
        rows: Images (H, W) or (H, W, 1 or 3) RGB, gray levels; those of a row are of one size.
        titles: One for each column.
        boxes: As in :func:`write_picture_grid`.
        width: Of every cell, in pixels. Default: that of the widest image.

    Returns:
        (H', W', 3) uint8 RGB.

    Raises:
        UserError: If a box does not lie inside the images.
    """
    width = width or max(row[0].shape[1] for row in rows)
    lines = [_title_line(titles, width)]
    for row in rows:
        cells = [_cell(_to_rgb(picture), boxes, width) for picture in row]
        lines.append(_join(cells, axis=1))
    return _join(lines, axis=0)


def _cell(picture: np.ndarray, boxes: Sequence[Box], width: int) -> np.ndarray:
    """The image with frames, and below it the enlarged boxes next to each other."""
    for box in boxes:
        _check_box(box, picture.shape)
    colored = list(zip(boxes, itertools.cycle(_COLORS)))
    framed = picture.copy()
    for (x, y, w, h), color in colored:
        cv2.rectangle(framed, (x, y), (x + w - 1, y + h - 1), color, 2)
    parts = [_resize_to_width(framed, width)]
    if boxes:
        zoom_width = (width - _GAP * (len(boxes) - 1)) // len(boxes)
        zooms = [_zoom(picture, box, zoom_width, color) for box, color in colored]
        height = max(zoom.shape[0] for zoom in zooms)
        zooms = [_pad_to(zoom, height, zoom_width) for zoom in zooms]
        strip = _join(zooms, axis=1)
        parts.append(_pad_to(strip, height, width))
    return _join(parts, axis=0)


def _zoom(picture: np.ndarray, box: Box, width: int, color: tuple[int, int, int]) -> np.ndarray:
    x, y, w, h = box
    zoom = _resize_to_width(picture[y : y + h, x : x + w], width)
    cv2.rectangle(zoom, (0, 0), (zoom.shape[1] - 1, zoom.shape[0] - 1), color, 3)
    return zoom


def _check_box(box: Box, shape: tuple[int, ...]) -> None:
    x, y, w, h = box
    if x < 0 or y < 0 or w < 1 or h < 1 or x + w > shape[1] or y + h > shape[0]:
        raise OptionError(
            f"The box x={x}, y={y}, {w}x{h} does not lie inside an image of {shape[1]}x{shape[0]}"
        )


def _to_rgb(picture: np.ndarray) -> np.ndarray:
    picture = without_single_channel(to_uint8(picture))
    return np.repeat(picture[:, :, None], 3, axis=2) if picture.ndim == 2 else picture


def _resize_to_width(picture: np.ndarray, width: int) -> np.ndarray:
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    # Enlarged parts keep their pixels visible, so that no interpolation flatters a method.
    shrinking = width < picture.shape[1]
    interpolation = cv2.INTER_AREA if shrinking else cv2.INTER_NEAREST
    return cv2.resize(picture, (width, height), interpolation=interpolation)


def _title_line(titles: Sequence[str], width: int) -> np.ndarray:
    cells = []
    for title in titles:
        cell = np.full((_LABEL_HEIGHT, width, 3), 255, np.uint8)
        cv2.putText(cell, title, (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
        cells.append(cell)
    return _join(cells, axis=1)


def _pad_to(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    missing = [(0, height - picture.shape[0]), (0, width - picture.shape[1]), (0, 0)]
    return np.pad(picture, missing, constant_values=255)


def _join(parts: Sequence[np.ndarray], axis: int) -> np.ndarray:
    shape = list(parts[0].shape)
    shape[axis] = _GAP
    gap = np.full(shape, 255, np.uint8)
    pieces = [piece for part in parts for piece in (part, gap)][:-1]
    return np.concatenate(pieces, axis=axis)
