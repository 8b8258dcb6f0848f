"""Generated pairs, and cameras that see them from elsewhere."""

import cv2
import numpy as np

from mmfusion_distill.data.generated_scenes import generate_pair

HEIGHT, WIDTH = 192, 256
PAIRS = [generate_pair(seed, HEIGHT, WIDTH) for seed in range(4)]


def displaced(thermal, matrix, size=(HEIGHT, WIDTH)):
    """What a camera sees to whose view `matrix` leads."""
    mean = float(thermal.mean())
    warped = cv2.warpPerspective(
        thermal, matrix, size[::-1], borderMode=cv2.BORDER_CONSTANT, borderValue=mean
    )
    return warped[:, :, None]


def shift(right, down):
    return np.array([[1.0, 0, right], [0, 1, down], [0, 0, 1]])


def of_corners(*moves):
    corners = np.float32([[0, 0], [WIDTH, 0], [0, HEIGHT], [WIDTH, HEIGHT]])
    return cv2.getPerspectiveTransform(corners, corners + np.float32(moves))


def farthest(found, matrix):
    """Largest error of a map from B to A inside of the image, pixels."""
    grid = [[x, y] for x in np.linspace(25, WIDTH - 25, 5) for y in np.linspace(20, HEIGHT - 20, 5)]
    grid = np.float64([grid])
    return np.abs(cv2.perspectiveTransform(grid, found @ matrix) - grid).max()
