"""Frames per second of a video, beside the steps that bound it."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..data.generated_scenes import generate_pair
from ..inference.fusion_inferencer import FusionInferencer
from ..inference.many_pairs import for_many
from ..inference.opened_network import usable_processors
from ..inference.pair_fuser import PairFuser
from ..system.work_ahead import map_ahead
from ..video import VideoOptions, fuse_video
from ..video.matching import by_time
from ..video.read_ahead import read_ahead
from ..video.video_reader import VideoReader
from ..video.video_writer import VideoWriter
from .chained_steps import table_of_steps
from .stopwatch import conditions, time_in_turn

_FPS = 30.0
#: Pixels that the view moves in a frame.
_STEP = 2


def film_table(
    weights: str, frames: int, width: int, height: int, threads: int | None = None, repeats: int = 3
) -> str:
    """Fuse a generated video, and time reading, the network and writing alone.

    Args:
        weights (str): A name that `mmfusion models` lists, or a file.
        frames (int): Of the video.
        width (int): Of the frames.
        height (int): Of the frames.
        threads (int, optional): Of an exported network. Default: None, one a processor.
        repeats (int): Timed runs of each. Default: 3.

    Returns:
        str: A Markdown table.
    """
    network = FusionInferencer(weights=weights, device="cpu", threads=threads)
    with tempfile.TemporaryDirectory() as place:
        films = [Path(place) / f"{label}.mp4" for label in "ab"]
        for film, image in zip(films, generate_pair(0, height, width + _STEP * frames)):
            _write(film, image, frames, width)
        steps = _steps(network, films, Path(place) / "fused.avi")
        times = time_in_turn(steps, repeats)
    table = table_of_steps(times, frames, "frame", threads or usable_processors())
    return f"{table}\n\n{frames} frames of {width}x{height}, {Path(weights).name}, {conditions(repeats)}."


def _write(path: Path, image: np.ndarray, frames: int, width: int) -> None:
    """A view that moves over an image."""
    writer = VideoWriter(path)
    for index in range(frames):
        view = image[:, _STEP * index : _STEP * index + width]
        writer.write(view if view.shape[2] == 3 else view[:, :, 0], _FPS)
    writer.finish()


def _steps(network: PairFuser, films: list[Path], out: Path) -> dict[str, Callable[[], object]]:
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
