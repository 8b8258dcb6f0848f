"""Contact sheets: pairs and their fusions side by side, to be looked at, or judged blind."""

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ..evaluation import laplacian_pyramid_fusion, picture_grid
from ..images.image_io import write_image
from ..system.regular_file import write_text_atomically
from ..system.table import Table
from .named_network import NamedNetwork
from .results_page import PYRAMID, main_row
from .scored_pairs import ScoredPair, fuse_pair


def fusions_of(
    networks: Sequence[NamedNetwork], pairs: Sequence[ScoredPair]
) -> Iterator[dict[str, np.ndarray]]:
    """Per pair, the pyramid's image and those of networks, guided ones with the pair's text, by name."""
    for pair in pairs:
        fused = {PYRAMID: laplacian_pyramid_fusion(pair.img_a, pair.img_b)}
        for network in networks:
            annotation = pair.annotation if network.inferencer.guided else None
            fused[main_row(network)] = fuse_pair(network.inferencer, pair, annotation)
        yield fused


def write_contact_sheet(
    path: str | Path,
    pairs: Sequence[ScoredPair],
    fused: Sequence[Mapping[str, np.ndarray]],
    width: int,
    crop: bool = False,
    blind: int | None = None,
) -> None:
    """Draw pairs (rows), and their sources and fusions (columns).

    Args:
        path (str | Path): The image.
        pairs (Sequence[ScoredPair]): The pairs.
        fused (Sequence[Mapping[str, np.ndarray]]): Per pair, the fusions by name.
        width (int): Of every image, in pixels.
        crop (bool): Whether to show the middle of every image, unscaled, instead of all of it. Default: False.
        blind (int, optional): Seed by which the fusions of each row change places; who is where goes into a .csv
            file beside the image. Default: None, under their names.
    """
    path, chance = Path(path), random.Random(blind)
    rows, key = [], []
    for pair, pictures in zip(pairs, fused):
        names = list(pictures)
        if blind is not None:
            chance.shuffle(names)
        key.append([pair.name, *names])
        shown = [pair.img_a, pair.img_b, *(pictures[name] for name in names)]
        rows.append([_middle(picture, width) for picture in shown] if crop else shown)
    columns = list(fused[0]) if blind is None else [str(number + 1) for number in range(len(fused[0]))]
    write_image(path, picture_grid(rows, ["A", "B", *columns], width=width))
    if blind is not None:
        write_text_atomically(path.with_suffix(".csv"), Table(["pair", *columns], key).to_csv())


def _middle(picture: np.ndarray, width: int) -> np.ndarray:
    height = min(picture.shape[0], round(0.75 * width))
    top, left = (picture.shape[0] - height) // 2, max(0, picture.shape[1] - width) // 2
    return picture[top : top + height, left : left + width]
