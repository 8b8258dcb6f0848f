"""Pairs per second of a folder that several processes share."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..data.generated_scenes import write_generated_pairs
from ..system.table import Table
from ..user_errors import UserError


def processes_table(
    counts: Sequence[int], pairs: int, width: int, height: int, weights: str, repeats: int
) -> str:
    """Fuse a folder by `mmfusion fuse` in so many processes of one thread each, on the CPU.

    Args:
        counts (Sequence[int]): Numbers of processes.
        pairs (int): How many pairs are generated.
        width (int): Of the pictures.
        height (int): Of the pictures.
        weights (str): A name that `mmfusion models` lists, or a file.
        repeats (int): Runs of each, in turn; the median counts.

    Returns:
        str: A Markdown table. The time is the report's: from the first picture read to the last one written, without
        the start of the processes.

    Raises:
        UserError: If a run fails.
    """
    rates: dict[int, list[float]] = {count: [] for count in counts}
    with tempfile.TemporaryDirectory() as place:
        write_generated_pairs(place, pairs, height=height, width=width)
        for _ in range(repeats):
            for count in counts:
                rates[count].append(_pairs_per_second(Path(place), count, weights))
    medians = {count: statistics.median(values) for count, values in rates.items()}
    rows = [[n, f"{rate:.2f}", f"{rate / medians[counts[0]]:.2f} times"] for n, rate in medians.items()]
    table = Table(["processes", "pairs/s", "of the first"], rows).to_markdown()
    where = f"{pairs} pairs of {width}x{height}, {weights}, one thread each on {os.cpu_count()} cores"
    return f"{table}\n\n{where}; in turn, median of {repeats}."


def _pairs_per_second(place: Path, count: int, weights: str) -> float:
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(count)]
    folders = [str(place / name) for name in ("visible", "infrared", "out")]
    report = place / "report.json"
    options = ["--weights", weights, "--device", "cpu", "--overwrite", "--launcher", "pytorch"]
    options += ["--json", str(report)]
    done = subprocess.run(
        [sys.executable, *launcher, "-m", "mmfusion_distill", "fuse", *folders, *options],
        env=os.environ | dict(OMP_NUM_THREADS="1"),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise UserError(f"{count} processes failed: {done.stderr.strip().splitlines()[0]}")
    return json.loads(report.read_text())["pairs_per_second"]
