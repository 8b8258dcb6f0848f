"""Degradations of known strength, to measure how well annotators recognise them and to train with.

Each takes an image (H, W, C) in 0 to 255 and gives a finite image of the same size and range, so that any of them
may follow any other; ``rng`` makes it repeatable. Without ``strength`` it draws one that a person sees at once; with
it, 0 is barely visible and 1 about the worst that is drawn without.
"""

from collections.abc import Callable

import cv2
import numpy as np

Degradation = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def darken(image: np.ndarray, rng: np.random.Generator, strength: float | None = None) -> np.ndarray:
    """Exposure four to eight times too short, gamma 1.2; by strength 1.1 to eight times, gamma 1 to 1.2."""
    if strength is None:
        return 255 * (image / 255) ** 1.2 * rng.uniform(0.12, 0.25)
    # Exposures are told apart by their ratio.
    return 255 * (image / 255) ** (1 + 0.2 * strength) * np.float32(0.9 * (0.12 / 0.9) ** strength)


def over_expose(image: np.ndarray, rng: np.random.Generator, strength: float | None = None) -> np.ndarray:
    """Exposure 1.7 to 2.5 times too long, clipped; by strength 1.1 to 2.5 times."""
    return np.clip(image * _amount(rng, (1.7, 2.5), strength, 1.1, 2.5), 0, 255)


def flatten_contrast(
    image: np.ndarray, rng: np.random.Generator, strength: float | None = None
) -> np.ndarray:
    """Tones pulled towards the mean, a sixth to a quarter of their spread left; by strength 0.8 to 0.15."""
    mean = image.mean()
    return np.clip(mean + (image - mean) * _amount(rng, (0.15, 0.25), strength, 0.8, 0.15), 0, 255)


def add_noise(image: np.ndarray, rng: np.random.Generator, strength: float | None = None) -> np.ndarray:
    """White Gaussian noise of 20 to 30 gray levels; by strength 3 to 30."""
    return np.clip(image + rng.normal(0, _amount(rng, (20, 30), strength, 3, 30), image.shape), 0, 255)


def blur_by_motion(
    image: np.ndarray, rng: np.random.Generator, strength: float | None = None, angle: float | None = None
) -> np.ndarray:
    """Linear motion over 13 to 21 pixels (by strength 3 to 21) in any direction or at ``angle`` (radian)."""
    length = int(rng.integers(13, 22)) if strength is None else round(3 + 18 * strength)
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi) if angle is None else angle
    centre = (length - 1) / 2
    reach = np.array([np.cos(angle), -np.sin(angle)]) * centre
    start, end = np.rint(centre - reach).astype(int), np.rint(centre + reach).astype(int)
    cv2.line(kernel, tuple(map(int, start)), tuple(map(int, end)), 1.0)
    blurred = cv2.filter2D(image.astype(np.float32), -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)
    return within_range(blurred, image.shape)


def add_stripes(
    image: np.ndarray, rng: np.random.Generator, strength: float | None = None, rows: bool | None = None
) -> np.ndarray:
    """Random offsets of 10 to 18 gray levels (by strength 1.5 to 18) for every row or every column."""
    rows = rng.random() < 0.5 if rows is None else rows
    shape = (image.shape[0], 1, 1) if rows else (1, image.shape[1], 1)
    return np.clip(image + rng.normal(0, _amount(rng, (10, 18), strength, 1.5, 18), shape), 0, 255)


def add_haze(
    image: np.ndarray,
    rng: np.random.Generator,
    strength: float | None = None,
    depth: np.ndarray | float = 1.0,
) -> np.ndarray:
    """Air light of 220 through a transmission of 0.25 to 0.4, by strength 0.9 to 0.2 (Koschmieder's law).

    ``depth`` (H, W, 1), relative to the distance of this transmission, lets it vary over the image.
    """
    transmission = _amount(rng, (0.25, 0.4), strength, 0.9, 0.2) ** depth
    return np.clip(image * transmission + 220 * (1 - transmission), 0, 255)


def blur(image: np.ndarray, rng: np.random.Generator, strength: float | None = None) -> np.ndarray:
    """Gaussian blur of 3 to 4 pixels, by strength 0.5 to 4, alike in all directions."""
    sigma = _amount(rng, (3, 4), strength, 0.5, 4)
    return within_range(cv2.GaussianBlur(image.astype(np.float32), (0, 0), sigma), image.shape)


def displace(image: np.ndarray, rng: np.random.Generator, strength: float | None = None) -> np.ndarray:
    """Shift by 15 to 20 % of the width, by strength 1 to 20 %, to one side."""
    shift = rng.choice([-1, 1]) * _amount(rng, (0.15, 0.2), strength, 0.01, 0.2) * image.shape[1]
    moved = cv2.warpAffine(
        image.astype(np.float32),
        np.array([[1, 0, shift], [0, 1, 0]], np.float32),
        (image.shape[1], image.shape[0]),
    )
    return within_range(moved, image.shape)


def within_range(filtered: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The result of a filter of OpenCV, in this shape (H, W, C) and within 0 to 255.

    Filters round beyond the range of their input. After -1e-6 a power is NaN, and a JPEG has a white pixel.
    """
    return np.clip(filtered.reshape(shape), 0, 255)


def _amount(
    rng: np.random.Generator,
    seen_at_once: tuple[float, float],
    strength: float | None,
    weak: float,
    strong: float,
) -> float:
    return rng.uniform(*seen_at_once) if strength is None else weak + (strong - weak) * strength


#: Event -> the source that is degraded (0: A, 1: B) and how.
INFRARED_VISIBLE_DEGRADATIONS: dict[str, tuple[int, Degradation]] = {
    "low_light": (0, darken),
    "over_exposure": (0, over_expose),
    "ir_low_contrast": (1, flatten_contrast),
    "ir_noise": (1, add_noise),
    "high_noise": (0, add_noise),
    "motion_blur": (0, blur_by_motion),
    "sensor_artifact": (1, add_stripes),
    "haze": (0, add_haze),
}
MEDICAL_DEGRADATIONS: dict[str, tuple[int, Degradation]] = {
    "contrast_enhancement": (1, flatten_contrast),
    "edge_preservation": (0, blur),
    "noise_suppression": (1, add_noise),
    "detail_enhancement": (1, blur),
    "structure_consistency": (1, displace),
    "artifact_reduction": (1, add_stripes),
}
