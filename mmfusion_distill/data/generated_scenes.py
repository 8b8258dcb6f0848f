"""Generated pairs for trying things out without any data."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..images.image_io import write_image
from ..images.pixels import to_uint8
from .degradations.degradation_kinds import degradation_kinds


@dataclass(frozen=True)
class GeneratedScene:
    """A registered pair and the bodies in it.

    Args:
        visible (np.ndarray): (H, W, 3) RGB, uint8.
        thermal (np.ndarray): (H, W, 1), uint8.
        masks (np.ndarray): (N, H, W) bool: pixels of each body that no other covers; may be empty where one is.
        seen_in (tuple[str, ...]): Where each body is seen: 'infrared', 'visible' or 'both'. Default: (), not said.
    """

    visible: np.ndarray
    thermal: np.ndarray
    masks: np.ndarray
    seen_in: tuple[str, ...] = ()

    @property
    def boxes(self) -> np.ndarray:
        """(N, 4) float32: left, top, right and bottom border of each mask; zeros for an empty one."""
        boxes = np.zeros((len(self.masks), 4), np.float32)
        for box, mask in zip(boxes, self.masks):
            left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
            box[:] = left, top, left + width, top + height
        return boxes


def generate_pair(seed: int, height: int = 192, width: int = 256) -> tuple[np.ndarray, np.ndarray]:
    """Draw a textured street-like scene at dusk and a thermal image of it.

    Warm bodies are bright in the thermal image; those in the dark part of the scene are hardly seen in the
    visible one. Facades have texture and colour in the visible image only.

    Returns:
        tuple[np.ndarray, np.ndarray]: Visible (H, W, 3) RGB and thermal (H, W, 1), uint8.
    """
    scene = generate_scene(seed, height, width)
    return scene.visible, scene.thermal


def generate_scene(seed: int, height: int = 192, width: int = 256) -> GeneratedScene:
    """The scene of :func:`generate_pair` and the bodies in it.

    Returns:
        GeneratedScene: The images and the bodies.
    """
    rng = np.random.default_rng(seed)
    visible = texture(rng, height, width, 24) * 60 + 60
    visible = np.repeat(visible[:, :, None], 3, axis=2) * rng.uniform(0.7, 1.1, 3)
    thermal = texture(rng, height, width, 48) * 30 + 40
    horizon = int(height * rng.uniform(0.4, 0.6))
    visible[:horizon] = visible[:horizon] * 0.4 + np.array([70, 90, 130])
    for _ in range(rng.integers(3, 6)):
        draw_building(rng, visible, thermal, horizon)
    bodies = [_draw_body(rng, visible, thermal, horizon) for _ in range(rng.integers(3, 7))]
    columns = np.linspace(-1, 1, width)
    light = 0.25 + 0.75 / (1 + np.exp(-4 * columns * rng.choice([-1, 1])))
    visible = visible * light[None, :, None] + rng.normal(0, 3, visible.shape)
    thermal = cv2.GaussianBlur(thermal, (0, 0), 1.2) + rng.normal(0, 2, thermal.shape)
    return GeneratedScene(to_uint8(visible), to_uint8(thermal)[:, :, None], uncovered(bodies))


def generate_degraded_pair(
    seed: int, strengths: Mapping[str, float], height: int = 192, width: int = 256
) -> tuple[np.ndarray, np.ndarray]:
    """A pair of :func:`generate_pair`, degraded.

    Args:
        seed (int): Of the scene and of the degradations.
        strengths (Mapping[str, float]): Strengths from 0, barely visible, to 1, by the kind of degradation, see
            :func:`degradation_kinds`.
        height (int): Default: 192.
        width (int): Default: 256.

    Returns:
        tuple[np.ndarray, np.ndarray]: (H, W, 3) and (H, W, 1), uint8.
    """
    rng, kinds = np.random.default_rng(seed), degradation_kinds("infrared-visible")
    sources = [picture.astype(np.float32) for picture in generate_pair(seed, height, width)]
    for name, strength in strengths.items():
        kind = kinds[name]
        sources[kind.source] = kind.degrade(sources[kind.source], rng, strength, kind.places[0])
    visible, infrared = (to_uint8(picture) for picture in sources)
    return visible, infrared


def write_generated_pairs(
    folder: str | Path, count: int, seed: int = 0, height: int = 192, width: int = 256
) -> None:
    """Write pairs as `visible/NAME.png` and `infrared/NAME.png`; what is there already stays."""
    for index in range(count):
        name = f"scene_{index:03d}.png"
        paths = Path(folder) / "visible" / name, Path(folder) / "infrared" / name
        if not all(path.exists() for path in paths):
            for path, image in zip(paths, generate_pair(seed + index, height, width)):
                write_image(path, image)


def texture(rng: np.random.Generator, height: int, width: int, scale: int) -> np.ndarray:
    """Smooth noise (H, W) around 0.5 whose coarse part has spots of `scale` pixels."""
    coarse = rng.random((height // scale + 2, width // scale + 2)).astype(np.float32)
    fine = rng.random((height // 4 + 1, width // 4 + 1)).astype(np.float32)
    size = (width, height)
    return 0.75 * cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC) + 0.25 * cv2.resize(fine, size)


def draw_building(rng: np.random.Generator, visible: np.ndarray, thermal: np.ndarray, horizon: int) -> None:
    """Draw a facade: texture, colour and lit windows in the visible image, even warmth in the thermal one."""
    height, width = thermal.shape
    left, top = rng.integers(0, width - 40), rng.integers(5, max(horizon - 20, 6))
    right, bottom = min(left + rng.integers(30, 80), width), min(horizon + 12, height)
    color = rng.uniform(60, 200, 3)
    wall = visible[top:bottom, left:right]
    wall[:] = color + (texture(rng, wall.shape[0], wall.shape[1], 8) * 40 - 20)[:, :, None]
    wall[::9] *= 0.7
    thermal[top:bottom, left:right] = rng.uniform(60, 95)
    for row in range(top + 4, bottom - 8, 14):
        for column in range(left + 4, right - 8, 12):
            if rng.random() < 0.6:
                visible[row : row + 7, column : column + 6] = (
                    color * 0.3 if rng.random() < 0.5 else (250, 225, 150)
                )
                thermal[row : row + 7, column : column + 6] += 25


def body_mask(shape: tuple[int, int], center: tuple[int, int], size: int) -> np.ndarray:
    """Pixels of a body: an ellipse of half-height `size` and a head; (H, W) bool."""
    mask = np.zeros(shape, np.uint8)
    cv2.ellipse(mask, center, (max(size // 3, 3), size), 0, 0, 360, 1, -1)
    cv2.circle(mask, (center[0], max(center[1] - size, 3)), max(size // 4, 2), 1, -1)
    return mask.astype(bool)


def uncovered(masks: list[np.ndarray]) -> np.ndarray:
    """The visible parts of masks (H, W) of which later ones cover earlier ones: (N, H, W) bool."""
    seen, covered = [], np.zeros_like(masks[0])
    for mask in masks[::-1]:
        seen.append(mask & ~covered)
        covered |= mask
    return np.stack(seen[::-1])


def _draw_body(
    rng: np.random.Generator, visible: np.ndarray, thermal: np.ndarray, horizon: int
) -> np.ndarray:
    height, width = thermal.shape
    size = int(rng.integers(12, 30))
    center = int(rng.integers(10, width - 10)), int(rng.integers(horizon, height - size // 2))
    body = body_mask(thermal.shape, center, size)
    thermal[body] = rng.uniform(190, 245)
    # Clothes are close to the ground in colour: some bodies are invisible without the thermal image.
    visible[body] = visible[body] * rng.uniform(0.75, 1.0) + rng.uniform(0, 15)
    return body
