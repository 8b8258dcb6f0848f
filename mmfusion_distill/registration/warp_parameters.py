"""The eight ways in which a homography moves an image: moved, scaled, turned; stretched, sheared, tilted."""

import numpy as np

#: Of the parameters: right, down, scale, turn | stretch, shear | tilt across, tilt along.
COUNT = 8
#: From here on a map is no similarity.
SIMILARITY = 4


class WarpParameters:
    """Small maps of an image as eight numbers, each in pixels at half the longer side from the middle.

    Args:
        size (tuple[int, int]): Height and width of the image.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        height, width = size
        self.reach = max(height, width) / 2
        self.middle = np.array([(width - 1) / 2, (height - 1) / 2])
        x, y = self.middle / self.reach
        self._to_unit = np.array([[1 / self.reach, 0, -x], [0, 1 / self.reach, -y], [0, 0, 1]])

    def moves(self, points: np.ndarray) -> np.ndarray:
        """How each parameter moves points.

        Args:
            points (np.ndarray): (N, 2), x and y in pixels.

        Returns:
            np.ndarray: (N, 2, 8): pixels (x, y) per pixel of a parameter.
        """
        x, y = ((points - self.middle) / self.reach).T
        one, none = np.ones_like(x), np.zeros_like(x)
        across = [one, none, x, -y, x, y, x * x, x * y]
        down = [none, one, y, x, -y, x, x * y, y * y]
        return np.stack([np.stack(across, 1), np.stack(down, 1)], 1)

    def matrix(self, values: np.ndarray) -> np.ndarray:
        """The homography (3, 3) of up to eight parameters, the missing ones 0."""
        right, down, scale, turn, stretch, shear, tilt_x, tilt_y = (
            np.pad(values, (0, COUNT - len(values))) / self.reach
        )
        unit = np.array(
            [
                [1 + scale + stretch, shear - turn, right],
                [shear + turn, 1 + scale - stretch, down],
                [-tilt_x, -tilt_y, 1],
            ]
        )
        return np.linalg.inv(self._to_unit) @ unit @ self._to_unit

    def unlike_similarity(self, matrix: np.ndarray) -> np.ndarray:
        """How far a map of this image is from a similarity.

        Args:
            matrix (np.ndarray): (3, 3).

        Returns:
            np.ndarray: (8,) float64: 0 for what a similarity has, then stretch, shear and both tilts.
        """
        unit = self._to_unit @ matrix @ np.linalg.inv(self._to_unit)
        unit = unit / unit[2, 2]
        slope = unit[:2, :2] - np.outer(unit[:2, 2], unit[2, :2])
        like, turned = (slope[0, 0] + slope[1, 1]) / 2, (slope[1, 0] - slope[0, 1]) / 2
        rest = np.linalg.solve([[like, -turned], [turned, like]], slope)
        stretch, shear = (rest[0, 0] - rest[1, 1]) / 2, (rest[0, 1] + rest[1, 0]) / 2
        return self.reach * np.array([0, 0, 0, 0, stretch, shear, -unit[2, 0], -unit[2, 1]])
