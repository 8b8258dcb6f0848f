"""Generated night scenes, of which no source alone shows every person."""

import json
from pathlib import Path

import cv2
import numpy as np

from ..images.image_io import write_image
from ..images.pixels import to_uint8
from ..system.regular_file import write_text_atomically
from ..user_errors import UserError
from .generated_scenes import GeneratedScene, body_mask, draw_building, texture, uncovered

#: Where a person is seen.
KINDS = ("infrared", "visible", "both")


def generate_night_scene(
    seed: int, height: int = 128, width: int = 160, infrared_only: float = 0.5, visible_only: float = 0.25
) -> GeneratedScene:
    """Draw a street by night with up to four people and the thermal image of it.

    A person in the dark is seen in the thermal image only. Others stand in the light of a lamp; of these some wear
    clothes as cold as the ground and are seen in the visible image only. Engines and lamps are as warm as people,
    posts and signs in the light as bright.

    Args:
        seed (int): Seed of the scene.
        height (int): At least 64. Default: 128.
        width (int): At least 64. Default: 160.
        infrared_only (float): Share of the people who are seen in the thermal image only. Default: 0.5.
        visible_only (float): Share of those who are seen in the visible one only. Default: 0.25.

    Returns:
        GeneratedScene: With `seen_in` for every body; each has at least half of its pixels uncovered.

    Raises:
        UserError: If the shares are more than all, or the image is too small.
    """
    if min(infrared_only, visible_only) < 0 or infrared_only + visible_only > 1:
        raise UserError(
            f"infrared_only={infrared_only} and visible_only={visible_only} must add up to at most 1"
        )
    if min(height, width) < 64:
        raise UserError(f"a night scene of {width}x{height} is too small: at least 64x64")
    rng = np.random.default_rng(seed)
    visible = np.repeat(texture(rng, height, width, 24)[:, :, None] * 40 + 25, 3, axis=2)
    thermal = texture(rng, height, width, 48) * 40 + 40
    horizon = int(height * rng.uniform(0.3, 0.45))
    for _ in range(rng.integers(2, 5)):
        draw_building(rng, visible, thermal, horizon)
    visible *= rng.uniform(0.3, 0.6, 3)
    for _ in range(rng.integers(2, 5)):
        _draw_distractor(rng, visible, thermal, horizon)
    bodies: list[np.ndarray] = []
    kinds: list[str] = []
    for _ in range(rng.integers(0, 5)):
        body = _free_place(rng, thermal.shape, horizon, bodies)
        if body is not None:
            kinds.append(_draw_person(rng, visible, thermal, body, infrared_only, visible_only))
            bodies.append(body)
    masks = uncovered(bodies) if bodies else np.zeros((0, height, width), bool)
    visible = visible + rng.normal(0, 4, visible.shape)
    thermal = cv2.GaussianBlur(thermal, (0, 0), 0.8) + rng.normal(0, 3, thermal.shape)
    return GeneratedScene(to_uint8(visible), to_uint8(thermal)[:, :, None], masks, tuple(kinds))


def write_night_scenes(
    folder: str | Path, count: int, seed: int = 0, height: int = 128, width: int = 160
) -> None:
    """Write scenes of :func:`generate_night_scene` with what detectors, segmenters and classifiers learn from.

    `visible/NAME.png` and `infrared/NAME.png`; `masks/NAME.png`, 1 where a person is and 0 elsewhere; `labels.txt`,
    a line `NAME.png 1` for a scene with people and `NAME.png 0` for one without; `people.json`, boxes as in COCO.
    `people_infrared.json` (and `_visible`, `_both`) has the people who are seen in the infrared image only (in the
    visible one only, in both); the others are marked to be left out of account.
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
    for name, counted in {"people": KINDS, **{f"people_{kind}": (kind,) for kind in KINDS}}.items():
        write_text_atomically(folder / f"{name}.json", json.dumps(_coco(scenes, counted)))


def _free_place(
    rng: np.random.Generator, shape: tuple[int, int], horizon: int, bodies: list[np.ndarray]
) -> np.ndarray | None:
    """Mask of a further body that hides half of no other, or None if there is no room."""
    height, width = shape
    for _ in range(10):
        size = int(rng.integers(height // 10, height // 6))
        center = int(rng.integers(8, width - 8)), int(rng.integers(horizon, height - size))
        body = body_mask(shape, center, size)
        if all((body & other).sum() < 0.25 * min(body.sum(), other.sum()) for other in bodies):
            return body
    return None


def _draw_person(
    rng: np.random.Generator,
    visible: np.ndarray,
    thermal: np.ndarray,
    body: np.ndarray,
    infrared_only: float,
    visible_only: float,
) -> str:
    kind = rng.random()
    if kind >= infrared_only:
        clothes = rng.uniform(60, 220, 3)
        visible[body] = clothes + (texture(rng, body.shape[0], body.shape[1], 8)[body] * 30 - 15)[:, None]
    else:
        # Dark clothes in the dark: what is left is less than the noise.
        visible[body] += rng.uniform(-2, 2)
    if infrared_only <= kind < infrared_only + visible_only:
        thermal[body] += rng.uniform(-3, 3)
        return "visible"
    thermal[body] = rng.uniform(170, 240)
    return "infrared" if kind < infrared_only else "both"


def _draw_distractor(
    rng: np.random.Generator, visible: np.ndarray, thermal: np.ndarray, horizon: int
) -> None:
    """An engine, lamp, post or sign: warm or bright, but of no person's shape."""
    height, width = thermal.shape
    tall, wide = rng.integers(4, height // 5), rng.integers(4, height // 5)
    top, left = rng.integers(horizon, height - tall), rng.integers(0, width - wide)
    place = slice(top, top + tall), slice(left, left + wide)
    if rng.random() < 0.5:
        thermal[place] = rng.uniform(150, 240)
    else:
        visible[place] = rng.uniform(60, 220, 3)


def _coco(scenes: dict[str, GeneratedScene], counted: tuple[str, ...]) -> dict:
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
                    iscrowd=int(seen_in not in counted),
                )
            )
    return dict(images=images, annotations=annotations, categories=[dict(id=1, name="person")])
