"""Pairs per second of a folder, beside the steps that bound it; and its memory."""

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from ..data.generated_scenes import write_generated_pairs
from ..images.image_io import write_image
from ..images.metadata import metadata_of
from ..images.source_notes import FIRST_PAIRS
from ..inference.folder_fusing import fuse_files
from ..inference.fusion_inferencer import FusionInferencer
from ..inference.many_pairs import MANY, for_many
from ..inference.opened_network import usable_processors
from ..registration.pair_reader import PairReader
from ..system.work_ahead import map_ahead
from .chained_steps import table_of_steps
from .peak_memory import peak_bytes
from .stopwatch import conditions, time_in_turn

#: Different images among the pairs; the others are links to them.
_DIFFERENT = 16


def folder_table(
    weights: str,
    pairs: int,
    width: int,
    height: int,
    workers: int = 2,
    threads: int | None = None,
    repeats: int = 3,
) -> str:
    """Fuse a folder of generated pairs, and time decoding, the network and encoding alone.

    Args:
        weights (str): A name that `mmfusion models` lists, or a file.
        pairs (int): Of the folder.
        width (int): Of the images.
        height (int): Of the images.
        workers (int): Threads that read, and as many that write. Default: 2.
        threads (int, optional): Of an exported network. Default: None, one a processor.
        repeats (int): Timed runs of each. Default: 3.

    Returns:
        str: A Markdown table.
    """
    network = FusionInferencer(weights=weights, device="cpu", threads=threads)
    with tempfile.TemporaryDirectory() as place:
        folders = _write_pairs(Path(place), pairs, width, height)
        times = time_in_turn(_steps(network, *folders, Path(place) / "out", workers), repeats)
    table = table_of_steps(times, pairs, "pair", threads or usable_processors())
    return f"{table}\n\n{pairs} pairs of {width}x{height}, {Path(weights).name}, {conditions(repeats)}."


def folder_memory(weights: str, pairs: int, width: int, height: int, threads: int | None = None) -> str:
    """Largest memory of fusing a tenth of some pairs, and then all of them.

    Args:
        weights (str): As for :func:`folder_table`.
        pairs (int): Likewise.
        width (int): Likewise.
        height (int): Likewise.
        threads (int, optional): Likewise. Default: None.

    Returns:
        str: A sentence.
    """
    network = FusionInferencer(weights=weights, device="cpu", threads=threads)
    peaks = []
    with tempfile.TemporaryDirectory() as place:
        for count in (pairs // 10, pairs):
            root = Path(place) / str(count)
            folders = _write_pairs(root, count, width, height)
            # Threads and runtimes take their memory with the first pairs.
            fuse_files(
                network,
                *_write_pairs(root / "first", min(MANY, pairs), width, height),
                root / "first" / "out",
            )
            peak = peak_bytes(partial(fuse_files, network, *folders, root / "out"))
            peaks.append("unknown" if peak is None else f"{peak / 1e6:.0f} MB")
    return (
        f"largest memory above that before: {peaks[0]} over {pairs // 10} pairs, {peaks[1]} over {pairs} "
        f"({width}x{height}, {Path(weights).name})"
    )


def _write_pairs(place: Path, pairs: int, width: int, height: int) -> tuple[Path, Path]:
    different = min(pairs, _DIFFERENT)
    write_generated_pairs(place, different, height=height, width=width)
    folders = place / "visible", place / "infrared"
    for folder in folders:
        files = sorted(folder.iterdir())
        for index in range(different, pairs):
            file = files[index % different]
            os.link(file, file.with_name(f"again_{index}{file.suffix}"))
    return folders


def _steps(
    network: FusionInferencer, folder_a: Path, folder_b: Path, out: Path, workers: int
) -> dict[str, Callable[[], object]]:
    """Each step alone, and all of them as `mmfusion fuse` chains them."""
    names = sorted(path.name for path in folder_a.iterdir())
    out.mkdir()

    def decoded(name: str) -> Any:
        read_a = reader.read_a(folder_a / name)
        metadata_of(read_a.stored.file or b"")
        read = reader.join(read_a, reader.read_b(folder_b / name))
        return network.load(dict(img_a=read.img_a, img_b=read.img_b, read=read))

    reader = PairReader(looked_at=0)
    loaded = [decoded(name) for name in names]
    fuser, at_once = for_many(network, loaded[0], len(names))
    pictures = [fuser.fuse_loaded([pair])[0] for pair in loaded]

    def decode() -> None:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(decoded, names))

    def fuse() -> None:
        for _ in map_ahead(lambda pair: fuser.fuse_loaded([pair]), loaded, at_once):
            pass

    def encode() -> None:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda name, picture: write_image(out / name, picture), names, pictures))

    def whole() -> None:
        looking = PairReader(looked_at=FIRST_PAIRS)
        fuse_files(network, folder_a, folder_b, out, workers=workers, overwrite=True, reader=looking)

    return {"decode alone": decode, "network alone": fuse, "encode alone": encode, "folder": whole}
