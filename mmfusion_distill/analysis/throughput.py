"""Pairs per second of a folder and frames per second of a video, beside the steps that bound both; memory."""

import os
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..data.generated_scenes import generate_pair, write_generated_pairs
from ..images.image_io import write_image
from ..images.metadata import metadata_of
from ..images.source_notes import FIRST_PAIRS
from ..inference.folder_fusing import fuse_files
from ..inference.fusion_inferencer import FusionInferencer
from ..inference.pair_fuser import MANY, PairFuser, for_many
from ..registration.pair_reader import PairReader
from ..system.cores import usable_threads
from ..system.table import Table
from ..system.work_ahead import map_ahead, read_ahead
from ..video import VideoOptions, fuse_video
from ..video.matching import by_time
from ..video.video_reader import VideoReader
from ..video.video_writer import VideoWriter
from .stopwatch import Times, conditions, peak_bytes, time_in_turn


def table_of_steps(times: Mapping[str, Times], count: int, unit: str, processors: int) -> str:
    """Rates of steps alone and of all together, beside what the steps allow when they overlap.

    That is the rate of the slowest of them, or that at which all processors are busy with their processor times.

    Returns:
        str: Markdown.
    """
    *steps, whole = times
    slowest = min(count / times[step].seconds for step in steps)
    work = sum(times[step].cpu_seconds for step in steps) / count
    bound = min(slowest, processors / work)
    rows = [
        [name, f"{rate:.1f}", f"{1e3 * one.cpu_seconds / count:.1f}", f"{rate / bound:.2f}"]
        for name, one in times.items()
        for rate in [count / one.seconds]
    ]
    table = Table(["step", f"{unit}s/s", f"CPU ms a {unit}", "of what is allowed"], rows).to_markdown()
    made = count * processors / times[whole].cpu_seconds
    return (
        f"{table}\n\nThe steps allow {bound:.1f} {unit}s/s when they overlap: the slowest alone {slowest:.1f}, "
        f"{processors} processors with {1e3 * work:.1f} ms a {unit} {processors / work:.1f}. By arithmetic "
        f"{processors} processors with nothing else to do make {made:.1f} of the {whole}."
    )


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

    Returns:
        str: A Markdown table.
    """
    network = FusionInferencer(weights=weights, device="cpu", threads=threads)
    with tempfile.TemporaryDirectory() as place:
        folders = _write_pairs(Path(place), pairs, width, height)
        times = time_in_turn(_folder_steps(network, *folders, Path(place) / "out", workers), repeats)
    table = table_of_steps(times, pairs, "pair", threads or usable_threads())
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


def _folder_steps(
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


_FPS = 30.0
#: Pixels that the view moves in a frame.
_STEP = 2


def film_table(
    weights: str, frames: int, width: int, height: int, threads: int | None = None, repeats: int = 3
) -> str:
    """Fuse a generated video, and time reading, the network and writing alone.

    Returns:
        str: A Markdown table.
    """
    network = FusionInferencer(weights=weights, device="cpu", threads=threads)
    with tempfile.TemporaryDirectory() as place:
        films = [Path(place) / f"{label}.mp4" for label in "ab"]
        for film, image in zip(films, generate_pair(0, height, width + _STEP * frames)):
            _write(film, image, frames, width)
        steps = _film_steps(network, films, Path(place) / "fused.avi")
        times = time_in_turn(steps, repeats)
    table = table_of_steps(times, frames, "frame", threads or usable_threads())
    return f"{table}\n\n{frames} frames of {width}x{height}, {Path(weights).name}, {conditions(repeats)}."


def _write(path: Path, image: np.ndarray, frames: int, width: int) -> None:
    """A view that moves over an image."""
    writer = VideoWriter(path)
    for index in range(frames):
        view = image[:, _STEP * index : _STEP * index + width]
        writer.write(view if view.shape[2] == 3 else view[:, :, 0], _FPS)
    writer.finish()


def _film_steps(network: PairFuser, films: list[Path], out: Path) -> dict[str, Callable[[], object]]:
    """Each step alone, and all of them as `mmfusion video` chains them."""
    pairs = [
        (frame_a.pixels, frame_b.pixels[:, :, :1])
        for frame_a, frame_b in by_time(VideoReader(films[0]), VideoReader(films[1]))
    ]
    loaded = [network.load(dict(img_a=img_a, img_b=img_b)) for img_a, img_b in pairs]
    fuser, at_once = for_many(network, loaded[0], len(loaded))

    def read() -> None:
        frames_a, frames_b = (read_ahead(VideoReader(film)) for film in films)
        for _ in by_time(frames_a, frames_b):
            pass

    def fuse() -> None:
        for _ in map_ahead(lambda inputs: fuser.fuse_loaded([inputs]), loaded, at_once):
            pass

    def write() -> None:
        writer = VideoWriter(out, overwrite=True)
        for picture, _ in pairs:
            writer.write(picture, _FPS)
        writer.finish()

    def whole() -> None:
        fuse_video(network, films[0], films[1], out, VideoOptions(overwrite=True))

    return {"decode alone": read, "network alone": fuse, "encode alone": write, "film": whole}
