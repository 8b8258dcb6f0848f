"""Generated night scenes in the folders and files that OpenMMLab's data sets read."""

import json
from pathlib import Path

import numpy as np

from ..io.image_io import write_image
from ..io.regular_file import write_text_atomically
from .generated_scenes import GeneratedScene
from .night_scenes import generate_night_scene

KINDS = ("infrared", "visible", "both")


def write_night_scenes(
    folder: str | Path, count: int, seed: int = 0, height: int = 128, width: int = 160
) -> None:
    """Write scenes of :func:`generate_night_scene` with what detectors, segmenters and classifiers learn from.

    `visible/NAME.png` and `infrared/NAME.png`; `masks/NAME.png`, 1 where a person is and 0 elsewhere; `labels.txt`,
    a line `NAME.png 1` for a scene with people and `NAME.png 0` for one without; `people.json`, boxes as in COCO.
    `people_infrared.json` (and `_visible`, `_both`) has the people who are seen in the infrared picture only (in the
    visible one only, in both); the others are marked to be left out of account.

    Args:
        folder (str | Path): Target folder; what is there is written anew.
        count (int): Number of scenes.
        seed (int): Seed of the first scene. Default: 0.
        height (int): Of the pictures. Default: 128.
        width (int): Of the pictures. Default: 160.
    """
    folder = Path(folder)
    scenes = {
        f"night_{number:04d}.png": generate_night_scene(number, height, width)
        for number in range(seed, seed + count)
    }
    for name, scene in scenes.items():
        write_image(folder / "visible" / name, scene.visible)
        write_image(folder / "infrared" / name, scene.thermal)
        write_image(folder / "masks" / name, scene.masks.any(0).astype(np.uint8))
    labels = "".join(f"{name} {int(len(scene.masks) > 0)}\n" for name, scene in scenes.items())
    write_text_atomically(folder / "labels.txt", labels)
    for kind in (None, *KINDS):
        path = folder / ("people.json" if kind is None else f"people_{kind}.json")
        write_text_atomically(path, json.dumps(_coco(scenes, kind)))


def _coco(scenes: dict[str, GeneratedScene], kind: str | None) -> dict:
    images: list[dict] = []
    annotations: list[dict] = []
    for number, (name, scene) in enumerate(scenes.items()):
        height, width = scene.thermal.shape[:2]
        images.append(dict(id=number, file_name=name, height=height, width=width))
        for (left, top, right, bottom), seen_in in zip(scene.boxes.tolist(), scene.seen_in):
            box = [left, top, right - left, bottom - top]
            annotations.append(
                dict(
                    id=len(annotations) + 1,
                    image_id=number,
                    category_id=1,
                    bbox=box,
                    area=box[2] * box[3],
                    iscrowd=int(kind not in (None, seen_in)),
                )
            )
    return dict(images=images, annotations=annotations, categories=[dict(id=1, name="person")])
