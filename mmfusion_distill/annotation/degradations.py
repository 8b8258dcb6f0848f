"""Degradations of known strength, to measure how well annotators recognise them.

Each takes a picture (H, W, C) in 0 to 255 and gives a picture of the same size and range; ``rng`` makes it
repeatable. The strengths are those that a person sees at once.
"""

from collections.abc import Callable

import cv2
import numpy as np

Degradation = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def darken(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Exposure four to eight times too short, gamma 1.2."""
    return 255 * (image / 255) ** 1.2 * rng.uniform(0.12, 0.25)


def over_expose(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Exposure 1.7 to 2.5 times too long, clipped."""
    return np.clip(image * rng.uniform(1.7, 2.5), 0, 255)


def flatten_contrast(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Tones pulled towards the mean, a sixth to a quarter of their spread left."""
    return image.mean() + (image - image.mean()) * rng.uniform(0.15, 0.25)


def add_noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """White Gaussian noise of 20 to 30 gray levels."""
    return np.clip(image + rng.normal(0, rng.uniform(20, 30), image.shape), 0, 255)


def blur_by_motion(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Linear motion over 13 to 21 pixels in any direction."""
    length = int(rng.integers(13, 22))
    kernel = np.zeros((length, length), np.float32)
    angle, centre = rng.uniform(0, np.pi), (length - 1) / 2
    reach = np.array([np.cos(angle), -np.sin(angle)]) * centre
    start, end = np.rint(centre - reach).astype(int), np.rint(centre + reach).astype(int)
    cv2.line(kernel, tuple(map(int, start)), tuple(map(int, end)), 1.0)
    blurred = cv2.filter2D(image.astype(np.float32), -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)
    return blurred.reshape(image.shape)


def add_stripes(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random offsets of 10 to 18 gray levels for every row or every column."""
    shape = (image.shape[0], 1, 1) if rng.random() < 0.5 else (1, image.shape[1], 1)
    return np.clip(image + rng.normal(0, rng.uniform(10, 18), shape), 0, 255)


def add_haze(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Air light of 220 through a transmission of 0.25 to 0.4 (Koschmieder's law)."""
    transmission = rng.uniform(0.25, 0.4)
    return image * transmission + 220 * (1 - transmission)


def blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gaussian blur of 3 to 4 pixels, alike in all directions."""
    return cv2.GaussianBlur(image.astype(np.float32), (0, 0), rng.uniform(3, 4)).reshape(image.shape)


def displace(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shift by 15 to 20 % of the width to one side."""
    shift = rng.choice([-1, 1]) * rng.uniform(0.15, 0.2) * image.shape[1]
    moved = cv2.warpAffine(
        image.astype(np.float32),
        np.array([[1, 0, shift], [0, 1, 0]], np.float32),
        (image.shape[1], image.shape[0]),
    )
    return moved.reshape(image.shape)


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
