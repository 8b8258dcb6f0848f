"""Time that metrics take."""

from __future__ import annotations

import time
from collections.abc import Sequence

import cv2
import numpy as np
import torch

from ..evaluation.functional.baselines import baseline_images
from ..evaluation.functional.batched import compute_metrics_batched
from ..evaluation.functional.compute import DEFAULT_METRICS, compute_metrics

__all__ = ["benchmark_batched", "benchmark_metrics"]


def benchmark_metrics(
    width: int, height: int, metrics: Sequence[str], repeats: int = 5, threads: int = 1
) -> str:
    """Time each metric alone, and the ten usual ones together, on a generated colour pair.

    Args:
        width: Of the pictures.
        height: Of the pictures.
        metrics: Result keys.
        repeats: Runs of each; the fastest counts, since all disturbance is delay.
        threads: Threads of OpenCV during the runs (NumPy's metrics use one).

    Returns:
        A Markdown table, milliseconds.
    """
    pair = _generated_pair(width, height)
    rows = [(metric, _fastest(pair, [metric], repeats, threads)) for metric in metrics]
    together = _fastest(pair, DEFAULT_METRICS, repeats, threads)
    rows.append((f"{' '.join(DEFAULT_METRICS)} together", together))
    lines = [f"| metric | ms at {width}x{height}, {threads} thread(s) |", "|---|---:|"]
    lines += [f"| {name} | {seconds * 1000:.1f} |" for name, seconds in rows]
    return "\n".join(lines)


def benchmark_batched(width: int, height: int, batch: int, device: str = "cpu", repeats: int = 5) -> str:
    """Time the ten usual metrics of a batch: pictures one by one on the CPU, and all at once on a device.

    Args:
        width: Of the pictures.
        height: Of the pictures.
        batch: Number of pictures.
        device: Where the batched form runs.
        repeats: Runs of each, in turn; the fastest counts.

    Returns:
        One line of text, milliseconds.
    """
    pair = _generated_pair(width, height)
    tensors = [
        torch.from_numpy(image.reshape(height, width, -1))
        .permute(2, 0, 1)
        .expand(batch, -1, -1, -1)
        .to(device)
        for image in pair
    ]
    times: dict[str, list[float]] = {"arrays": [], "batched": []}
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(batch):
            compute_metrics(*pair)
        times["arrays"].append(time.perf_counter() - start)
        start = time.perf_counter()
        # Reading the results waits for the device.
        [values.tolist() for values in compute_metrics_batched(*tensors).values()]
        times["batched"].append(time.perf_counter() - start)
    arrays, batched = (min(values) * 1000 for values in times.values())
    return (
        f"{batch} pictures of {width}x{height}: arrays {arrays:.0f} ms, batched on {device} {batched:.0f} ms"
    )


def _generated_pair(width: int, height: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Smooth noise with edges: what pictures cost does not depend on their content."""
    generator = np.random.default_rng(0)
    noise = generator.normal(size=(height, width, 4))
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    levels = cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    img_a, img_b = np.ascontiguousarray(levels[:, :, :3]), levels[:, :, 3].copy()
    img_b[height // 4 : height // 2, width // 4 : width // 2] = 230
    return img_a, img_b, baseline_images(img_a, img_b)["mean"]


def _fastest(
    pair: tuple[np.ndarray, np.ndarray, np.ndarray],
    metrics: Sequence[str],
    repeats: int,
    threads: int,
) -> float:
    before = cv2.getNumThreads()
    cv2.setNumThreads(threads)
    try:
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            compute_metrics(*pair, metrics=metrics)
            times.append(time.perf_counter() - start)
        return min(times)
    finally:
        cv2.setNumThreads(before)
