"""Time that metrics take."""

from collections.abc import Sequence
from functools import partial

import cv2
import numpy as np

from ..evaluation import DEFAULT_METRICS, baseline_images, compute_metrics
from ..io.table import Table
from .stopwatch import conditions, time_in_turn


def metrics_table(width: int, height: int, metrics: Sequence[str], repeats: int = 5) -> str:
    """Time each metric alone, and the ten usual ones together, on a generated colour pair.

    Args:
        width (int): Of the pictures.
        height (int): Of the pictures.
        metrics (Sequence[str]): Result keys.
        repeats (int): Timed runs of each. Default: 5.

    Returns:
        str: A Markdown table, milliseconds.
    """
    pair = _generated_pair(width, height)
    chosen = {metric: [metric] for metric in metrics}
    chosen[f"{' '.join(DEFAULT_METRICS)} together"] = list(DEFAULT_METRICS)
    runs = {name: partial(compute_metrics, *pair, metrics=keys) for name, keys in chosen.items()}
    times = time_in_turn(runs, repeats)
    rows = [[name, f"{1e3 * one.seconds:.1f}"] for name, one in times.items()]
    table = Table(["metric", f"ms at {width}x{height}"], rows).to_markdown()
    return f"{table}\n\n{conditions(repeats)}."


def _generated_pair(width: int, height: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Smooth noise with edges: what pictures cost does not depend on their content."""
    generator = np.random.default_rng(0)
    noise = generator.normal(size=(height, width, 4))
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    levels = cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    img_a, img_b = np.ascontiguousarray(levels[:, :, :3]), levels[:, :, 3].copy()
    img_b[height // 4 : height // 2, width // 4 : width // 2] = 230
    return img_a, img_b, baseline_images(img_a, img_b)["mean"]
