"""Whether an infrared image that says nothing changes the colours of the visible one."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..evaluation import ciede2000
from ..system.table import Cell, Table
from ..user_errors import UserError

#: Gray levels of the even images.
LEVELS = (0, 64, 128, 192, 255)

#: Mean CIEDE2000 that a network should stay below; about 1 is just noticeable.
WANTED = 2.0


def measure_even_infrared(
    fuse: Callable[[np.ndarray, np.ndarray], np.ndarray],
    pictures: Sequence[np.ndarray],
    levels: Sequence[int] = LEVELS,
) -> dict[int, float]:
    """How far the result is from the visible image where the infrared one is even.

    Args:
        fuse (Callable): Makes the fused image of a visible one and an infrared one, e.g. `FusionInferencer.fuse`.
        pictures (Sequence[np.ndarray]): Visible images, (H, W, 3) RGB or (H, W), uint8.
        levels (Sequence[int]): Levels of the infrared image, 0 to 255. Default: 0, 64, 128, 192, 255.

    Returns:
        dict[int, float]: Mean CIEDE2000 over pixels and images by level; 0 is no difference.

    Raises:
        UserError: If there is no image.
    """
    if not pictures:
        raise UserError("no visible image to fuse with an even infrared one")
    return {
        level: float(
            np.mean([ciede2000(one, fuse(one, np.full(one.shape[:2], level, np.uint8))) for one in pictures])
        )
        for level in levels
    }


def even_infrared_table(differences: Mapping[str, Mapping[int, float]]) -> str:
    """A Markdown table of networks by levels; what is not below `WANTED` is bold.

    Args:
        differences (Mapping[str, Mapping[int, float]]): By name, what :func:`measure_even_infrared` returns.
    """
    levels = list(next(iter(differences.values()), {}))
    rows = [
        [name, *(Cell(f"{value:.2f}", "" if value < WANTED else "bold") for value in row.values())]
        for name, row in differences.items()
    ]
    return Table(["network", *map(str, levels)], rows).to_markdown()
