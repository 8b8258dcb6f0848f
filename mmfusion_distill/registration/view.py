"""Images as registration looks at them."""

from typing import NamedTuple

import cv2
import numpy as np

from .gradient_fields import to_gray
from .valid_area import valid_area
from .warping import matrix_of_sizes


class View(NamedTuple):
    """The view of one camera.

    Args:
        gray (np.ndarray): (H, W) float32, stretched to [0, 255]; its mean where nothing is shown.
        shown (np.ndarray): (H, W) uint8, 1 where the image shows something.
    """

    gray: np.ndarray
    shown: np.ndarray

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.gray.shape[0], self.gray.shape[1]

    def shrink(self, longest: float) -> "View":
        """The same with a longer side of so many pixels at most."""
        height, width = self.size
        scale = min(1.0, longest / max(height, width))
        if scale == 1:
            return self
        size = max(8, round(width * scale)), max(8, round(height * scale))
        gray = cv2.resize(self.gray, size, interpolation=cv2.INTER_AREA)
        return View(gray, cv2.resize(self.shown, size, interpolation=cv2.INTER_NEAREST))

    def render(self, matrix: np.ndarray, size: tuple[int, int]) -> "View":
        """The same brought to another view, without aliases.

        Args:
            matrix (np.ndarray): (3, 3), from its pixels to those of the other view.
            size (tuple[int, int]): Height and width of the other view.
        """
        scale = _scale_of(matrix, self.size)
        source = self.shrink(max(self.size) * scale) if scale < 0.75 else self
        matrix = matrix @ matrix_of_sizes(self.size, source.size)
        gray = cv2.warpPerspective(source.gray, matrix, size[::-1], borderMode=cv2.BORDER_REPLICATE)
        shown = cv2.warpPerspective(source.shown, matrix, size[::-1], flags=cv2.INTER_NEAREST)
        return View(gray, shown)


def view_of(image: np.ndarray, longest: int) -> View:
    """Prepare an image.

    Args:
        image (np.ndarray): (H, W) or (H, W, 1 or 3) in [0, 255], RGB.
        longest (int): Longer side at most, pixels.
    """
    gray = to_gray(image)
    view = View(gray, valid_area(gray)).shrink(longest)
    seen = view.gray[view.shown > 0]
    low, high = np.percentile(seen, [0.5, 99.5])
    stretched = np.clip((view.gray - low) * (255 / max(high - low, 8)), 0, 255).astype(np.float32)
    mean = np.float32(stretched[view.shown > 0].mean())
    return View(np.where(view.shown > 0, stretched, mean), view.shown)


def _scale_of(matrix: np.ndarray, size: tuple[int, int]) -> float:
    """Pixels of the target per pixel of the source, in the middle."""
    height, width = size
    places = np.float64([[[width / 2, height / 2], [width / 2 + 1, height / 2], [width / 2, height / 2 + 1]]])
    middle, right, below = cv2.perspectiveTransform(places, matrix)[0]
    return float(np.sqrt(abs(np.linalg.det(np.stack([right - middle, below - middle])))))
