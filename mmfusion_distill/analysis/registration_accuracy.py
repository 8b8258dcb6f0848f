"""Registration tried on pairs whose relation is known, because they were warped on purpose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ..registration.alignment import RegistrationError, find_homography
from ..registration.warping import corners_of, map_points

#: A map is right if no corner of B lies farther off than this share of A's diagonal.
TOLERANCE = 0.01

Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Trial:
    """One pair that was registered.

    Args:
        name (str): Of the pair.
        error (float, optional): Farthest corner of B, as a share of A's diagonal; None if the pair was refused.
        beyond (float, optional): The same against what the unwarped pair is registered to; None if the pair was
            refused.
        reason (str): Why it was refused. Default: ''.
    """

    name: str
    error: float | None
    beyond: float | None
    reason: str = ""


def draw_warp(rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, tuple[int, int]]:
    """Draw another camera: 0.6 to 1.4 of the view, shifted by up to 15 %, turned by up to 10 degrees, tilted.

    Returns:
        tuple: The map (3, 3) from pixels of the camera to pixels of A, and the camera's height and width, which are
        half those of A or more.
    """
    height, width = size
    share = rng.uniform(0.5, 1)
    small = max(8, round(height * share)), max(8, round(width * share))
    scale = rng.uniform(0.6, 1.4) * width / small[1]
    turn = np.deg2rad(rng.uniform(-10, 10))
    cosine, sine = scale * np.cos(turn), scale * np.sin(turn)
    right, down = rng.uniform(-0.15, 0.15, 2) * (width, height)
    to_middle = np.array([[1, 0, (1 - small[1]) / 2], [0, 1, (1 - small[0]) / 2], [0, 0, 1]])
    from_middle = np.array([[1, 0, (width - 1) / 2 + right], [0, 1, (height - 1) / 2 + down], [0, 0, 1]])
    corners = corners_of(small).astype(np.float32)
    tilted = corners + np.float32(rng.uniform(-0.02, 0.02, (4, 2)) * small[::-1])
    tilt = cv2.getPerspectiveTransform(corners, tilted)
    turned = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    return from_middle @ turned @ to_middle @ tilt, small


def seen_by(image: np.ndarray, matrix: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The part of an image that a camera sees, black where it sees beyond.

    Args:
        image (np.ndarray): (H, W, 1), uint8.
        matrix (np.ndarray): (3, 3), from the camera to the image.
        size (tuple[int, int]): Height and width of the camera.
    """
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    # A pixel of the camera covers several of the image.
    source = cv2.GaussianBlur(image, (0, 0), 0.4 * scale) if scale > 1.2 else image
    return cv2.warpPerspective(source, np.linalg.inv(matrix), size[::-1]).reshape(*size, 1)


def try_pairs(pairs: Iterable[tuple[str, Pair]], seed: int, is_exact: bool) -> list[Trial]:
    """Warp pairs and register them.

    Args:
        pairs (Iterable): Name, and a registered pair (H, W, 3) and (H, W, 1), uint8.
        seed (int): Of the warps.
        is_exact (bool): Whether the pairs are registered exactly, as generated ones are.

    Returns:
        list[Trial]: One for each pair.
    """
    rng = np.random.default_rng(seed)
    trials = []
    for name, (img_a, img_b) in pairs:
        matrix, size = draw_warp(rng, img_a.shape[:2])
        try:
            found = find_homography([(img_a, seen_by(img_b, matrix, size))]).matrix
        except RegistrationError as error:
            trials.append(Trial(name, None, None, str(error)))
            continue
        own = np.eye(3) if is_exact else _own_map((img_a, img_b))
        beyond = None if own is None else farthest(found, own @ matrix, img_a, size)
        trials.append(Trial(name, farthest(found, matrix, img_a, size), beyond))
    return trials


def try_unwarped(pairs: Iterable[tuple[str, Pair]]) -> list[Trial]:
    """Register unchanged pairs; the error is how far a corner is moved."""
    trials = []
    for name, (img_a, img_b) in pairs:
        try:
            found = find_homography([(img_a, img_b)]).matrix
        except RegistrationError as error:
            trials.append(Trial(name, None, None, str(error)))
        else:
            trials.append(Trial(name, farthest(found, np.eye(3), img_a, img_b.shape[:2]), None))
    return trials


def farthest(found: np.ndarray, true: np.ndarray, img_a: np.ndarray, size_b: tuple[int, int]) -> float:
    """Error of the worst corner of B, as a share of A's diagonal."""
    corners = corners_of(size_b)
    away = map_points(found, corners) - map_points(true, corners)
    return float(np.hypot(*away.T).max() / np.hypot(*img_a.shape[:2]))


def accuracy_row(name: str, errors: Sequence[float | None]) -> str:
    """A line of a table in Markdown: pairs, within the tolerance, beyond it, refused, median and worst error."""
    taken = [error for error in errors if error is not None]
    within = sum(error <= TOLERANCE for error in taken)
    figures = (np.median(taken), max(taken)) if taken else ()
    median, worst = [f"{100 * figure:.2f} %" for figure in figures] or ["-", "-"]
    return (
        f"| {name} | {len(errors)} | {within} | {len(taken) - within} | {len(errors) - len(taken)} "
        f"| {median} | {worst} |"
    )


def _own_map(pair: Pair) -> np.ndarray | None:
    try:
        return find_homography([pair]).matrix
    except RegistrationError as error:
        # The best that is known of it, trusted or not: else nothing would judge the warped one.
        return error.doubted
