"""Images brought to another view by a homography."""

import cv2
import numpy as np


def warp_to_a(img_b: np.ndarray, matrix: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bring source B to the view of source A.

    What B does not show becomes its mean: without edges and no hot object, so that fusion takes A there.

    Args:
        img_b (np.ndarray): (H, W) or (H, W, C), uint8 or float32.
        matrix (np.ndarray): (3, 3), from B to A.
        size (tuple[int, int]): Height and width of A.

    Returns:
        np.ndarray: (H of A, W of A) or (H of A, W of A, C), of the type of B.
    """
    mean = [float(value) for value in np.atleast_1d(img_b.mean(axis=(0, 1)))]
    warped = cv2.warpPerspective(
        img_b, matrix, size[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=mean
    )
    return warped[:, :, None] if img_b.ndim == 3 and warped.ndim == 2 else warped


def matrix_of_sizes(size_a: tuple[int, int], size_b: tuple[int, int]) -> np.ndarray:
    """The map that resizes B to A: (3, 3), for :func:`warp_to_a`.

    As cv2.resize it keeps the corners of the images, not the centres of the corner pixels.
    """
    y, x = (length_a / length_b for length_a, length_b in zip(size_a, size_b))
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])


def map_points(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Where a homography takes points (N, 2), as x, y."""
    return cv2.perspectiveTransform(np.asarray(points, np.float64)[None], np.asarray(matrix, np.float64))[0]


def corners_of(size: tuple[int, int]) -> np.ndarray:
    """The corners (4, 2) of an image of a height and a width, as x, y, clockwise from the upper left one."""
    height, width = size
    return np.float64([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]])
