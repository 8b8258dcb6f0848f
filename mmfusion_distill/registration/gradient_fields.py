"""Features that two sensors share: where edges are and how they run, not how bright things are."""

import cv2
import numpy as np

#: Gray levels per pixel below which a gradient counts as noise.
_NOISE = 0.5


def to_gray(image: np.ndarray) -> np.ndarray:
    """Luminance.

    Args:
        image (np.ndarray): (H, W) or (H, W, 1 or 3), RGB, any type.

    Returns:
        np.ndarray: (H, W) float32 in the range of the image.
    """
    image = np.asarray(image, np.float32)
    if image.ndim == 2:
        return image
    return image[:, :, 0] if image.shape[2] == 1 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def gradient_field(
    gray: np.ndarray, shown: np.ndarray | None = None, sigma: float = 1.5, around: float = 12
) -> np.ndarray:
    """Direction of edges, whatever side of them is brighter, weighted by how much they stand out where they are.

    A gradient of direction t counts as (cos 2t, sin 2t), which is the same for light on dark and dark on light; its
    length is m / (m + mean of m around), so that a faint edge of one sensor counts like the strong one of another.

    Args:
        gray (np.ndarray): (H, W) float32 in [0, 255].
        shown (np.ndarray, optional): (H, W) float32, 1 where gradients count, else 0. Default: None, everywhere.
        sigma (float): Of the band in which edges are looked for, pixels. Default: 1.5.
        around (float): Sigma of the surroundings, pixels. Default: 12.

    Returns:
        np.ndarray: (H, W, 2) float32, lengths in [0, 1).
    """
    dx, dy, weight = edge_weights(gray, shown, sigma, around)
    return np.stack([weight * (dx * dx - dy * dy), weight * 2 * dx * dy], axis=2)


def edge_weights(
    gray: np.ndarray, shown: np.ndarray | None, sigma: float, around: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients, and what makes their squares as long as they stand out; arguments of :func:`gradient_field`.

    Returns:
        tuple: Gradients across and down (H, W), and weights (H, W), by which the square of a gradient becomes the
        length that :func:`gradient_field` gives it; all float32.
    """
    smooth = cv2.GaussianBlur(gray, (0, 0), sigma)
    dx = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8)
    dy = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)
    length = cv2.magnitude(dx, dy)
    share = 1.0
    if shown is not None:
        length *= shown
        share = cv2.GaussianBlur(shown, (0, 0), around) + 0.05
    mean_square = (length * length).sum() / (length.size if shown is None else shown.sum() + 1)
    surroundings = cv2.GaussianBlur(length, (0, 0), around) / share + np.sqrt(mean_square) + _NOISE
    weight = length / ((length + surroundings) * np.maximum(length, 1e-6) ** 2)
    return dx, dy, weight if shown is None else weight * shown


def inside_of(shown: np.ndarray, sigma: float) -> np.ndarray:
    """Where gradients of a band do not feel the border of what is shown, nor that of the image.

    Args:
        shown (np.ndarray): (H, W) uint8, 1 where the image shows something.
        sigma (float): Of the band, pixels.

    Returns:
        np.ndarray: (H, W) float32, 1 or 0.
    """
    steps = int(2 * sigma + 1)
    kernel = np.ones((3, 3), np.uint8)
    eroded = cv2.erode(shown, kernel, iterations=steps, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return eroded.astype(np.float32)


def correlation_surface(field_a: np.ndarray, field_b: np.ndarray) -> np.ndarray:
    """Agreement of two fields for every cyclic shift of the second one.

    Args:
        field_a (np.ndarray): (H, W, 2).
        field_b (np.ndarray): (H, W, 2).

    Returns:
        np.ndarray: (H, W) float64: at [dy, dx] (negative ones wrapped) for content of B that lies (dx, dy) right of
        and below that of A; 1 if the fields are equal, about 0 if unrelated.
    """
    spectra = [np.fft.fft2(field[..., 0] + 1j * field[..., 1]) for field in (field_a, field_b)]
    surface = np.fft.ifft2(np.conj(spectra[0]) * spectra[1]).real
    norm = float(np.linalg.norm(field_a) * np.linalg.norm(field_b))
    return surface / norm if norm else np.zeros_like(surface)
