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


def darken_with_noise(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Too short an exposure, with the shot and read noise that little light brings."""
    dark = darken(image, rng, strength)
    return add_sensor_noise(dark, rng, shot=0.02 + 0.4 * strength, read=0.3 + 2.7 * strength)


def over_expose_with_bloom(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Too long an exposure; what is clipped glows into its surroundings."""
    exposed = over_expose(image, rng, strength)
    glow = cv2.GaussianBlur(np.maximum(exposed - 225, 0), (0, 0), 2 + 6 * strength).reshape(image.shape)
    return np.clip(exposed + 2 * strength * glow, 0, 255)


def add_lights(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """One to four lamps, headlights or suns: blown-out discs of 1 to 12 % of the width, with bloom around them."""
    height, width = image.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    lit = image
    for _ in range(rng.integers(1, 5)):
        radius = width * (0.01 + 0.11 * strength * rng.random())
        center = rng.uniform(0, width), rng.uniform(0, height)
        distance = np.hypot(x - center[0], (y - center[1]) * rng.uniform(0.8, 1.6))
        bloom = 255 * np.exp(np.minimum(radius - distance, 0) / (radius * rng.uniform(0.3, 1.5) + 1))
        tint = 1 - 0.25 * rng.random(image.shape[2]) * (image.shape[2] == 3)
        lit = lit + bloom[:, :, None] * tint.astype(np.float32) + 40 * (distance < radius)[:, :, None]
    return np.clip(lit, 0, 255).astype(np.float32)


def add_layered_haze(
    image: np.ndarray, rng: np.random.Generator, strength: float, distant: bool = True
) -> np.ndarray:
    """Haze in drifts: ``distant`` thickens it towards the top, where outdoor scenes are far away."""
    height, width = image.shape[:2]
    near, far = (0.05, 1.2) if distant else (0.85, 1.15)
    slope = np.linspace(far, near, height, dtype=np.float32)[:, None]
    drifts = smooth_noise((height, width), rng) * (0.3 if distant else 0.4)
    return add_haze(image, rng, strength, np.maximum(slope + drifts, 0.02)[:, :, None])


def add_color_noise(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Shot and read noise of every channel, and coloured blotches as demosaicing leaves them."""
    noisy = add_sensor_noise(image, rng, shot=0.05 + 1.2 * strength, read=2 + 20 * strength)
    if image.shape[2] == 3:
        height, width = image.shape[:2]
        blotches = rng.standard_normal((-(-height // 3), -(-width // 3), 3), np.float32)
        blotches = cv2.resize(blotches, (width, height), interpolation=cv2.INTER_LINEAR)
        noisy = noisy + (1 + 12 * strength) * (blotches - blotches.mean(axis=2, keepdims=True))
    return np.clip(noisy, 0, 255)


def add_sensor_noise(image: np.ndarray, rng: np.random.Generator, shot: float, read: float) -> np.ndarray:
    """Noise of variance ``shot * signal + read^2``: Poisson's, which is Gaussian at these counts, and a constant."""
    deviation = np.sqrt(shot * np.maximum(image, 0) + read**2, dtype=np.float32)
    return np.clip(image + deviation * rng.standard_normal(image.shape, np.float32), 0, 255)


def defocus(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """The even disc, 0.8 to 6 pixels in radius, into which a lens out of focus spreads every point."""
    radius = 0.8 + 5.2 * strength
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(y, x), 0, 1).astype(np.float32)
    blurred = cv2.filter2D(image, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)
    return within_range(blurred, image.shape)


def compress(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """JPEG of quality 60 to 8."""
    quality = round(60 - 52 * strength)
    _, data = cv2.imencode(
        ".jpg", np.rint(image[:, :, ::-1]).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    decoded = cv2.imdecode(data, cv2.IMREAD_UNCHANGED).reshape(image.shape)
    return decoded[:, :, ::-1].astype(np.float32)


def kill_pixels(
    image: np.ndarray, rng: np.random.Generator, strength: float, lines: bool = False
) -> np.ndarray:
    """Pixels, 0.05 to 2 % of them, or whole rows and columns, stuck at black or white."""
    height, width = image.shape[:2]
    damaged = image.copy()
    if lines:
        for _ in range(round(1 + 5 * strength)):
            value = 255.0 * rng.integers(2)
            if rng.random() < 0.5:
                damaged[rng.integers(height)] = value
            else:
                damaged[:, rng.integers(width)] = value
        return damaged
    count = max(1, round(height * width * (0.0005 + 0.0195 * strength)))
    places = rng.integers(height * width, size=count)
    damaged.reshape(height * width, -1)[places] = 255.0 * rng.integers(2, size=(count, 1))
    return damaged


def smooth_noise(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Noise (H, W) of deviation about 0.5 that changes over 96 pixels."""
    height, width = shape
    grid = rng.normal(0, 0.6, (height // 96 + 3, width // 96 + 3)).astype(np.float32)
    return cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)


def fade(shape: tuple[int, int], side: str) -> np.ndarray:
    """Weights (H, W, 1) that rise from 0 to 1 towards a side: 'left', 'right', 'top' or 'bottom'."""
    length = shape[1] if side in ("left", "right") else shape[0]
    position = np.linspace(0, 1, length, dtype=np.float32)
    ramp = np.clip((position - 0.3) / 0.4, 0, 1)
    ramp = ramp * ramp * (3 - 2 * ramp)
    if side in ("left", "top"):
        ramp = ramp[::-1]
    return np.broadcast_to(
        ramp[None, :, None] if side in ("left", "right") else ramp[:, None, None], (*shape, 1)
    )
