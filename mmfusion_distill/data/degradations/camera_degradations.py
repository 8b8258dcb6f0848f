"""Degradations by a camera, by strength: 0 is barely visible, 1 about the worst that is still an image.

These go beyond :mod:`.degradations` in what they imitate and build on it. All take and give finite float32
images (H, W, C), 0 to 255.
"""

import cv2
import numpy as np

from .degradations import add_haze, darken, over_expose, within_range


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
