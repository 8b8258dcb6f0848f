"""Bringing source B to the size and view of source A, as the options say."""

from collections.abc import Sequence

import cv2
import numpy as np

from ..images.image_source import ImageReadError
from ..images.source_options import SourceOptions
from .alignment import RegistrationError, find_affine, find_homography
from .camera_calibration import CameraCalibration
from .shift import Shift, measure_shift
from .warping import warp_to_a

Pair = tuple[np.ndarray, np.ndarray]


class PairAligner:
    """Brings source B to the size and view of source A, as the options say.

    Args:
        options (SourceOptions): What to do.

    Raises:
        UserError: If the calibration cannot be read.
    """

    def __init__(self, options: SourceOptions) -> None:
        self.options = options
        path = options.calibration
        self.calibration = CameraCalibration.read(path) if path else None

    @property
    def is_registering(self) -> bool:
        """Whether B is brought to another view, and not only to another size."""
        return self.calibration is not None or self.options.register != "none"

    @property
    def is_fitting(self) -> bool:
        """Whether B is brought to the size of A."""
        return self.is_registering or self.options.resize

    def find(self, pairs: Sequence[Pair], name: str = "the pair") -> np.ndarray | None:
        """Find the map from B to A that all of the pairs have in common.

        Args:
            pairs (Sequence[tuple]): One or several pairs (H, W, C) of the same two cameras, in [0, 255].
            name (str): Of the pair in messages. Default: 'the pair'.

        Returns:
            np.ndarray | None: (3, 3); None if there is nothing to do but perhaps to resize.

        Raises:
            ImageReadError: If they cannot be registered, or do not fit the calibration.
        """
        size_a, size_b = (image.shape[:2] for image in pairs[0])
        if self.calibration is not None:
            self.calibration.check_sizes(size_a, size_b, name)
            return self.calibration.matrix
        if self.options.register == "none":
            return None
        find = find_homography if self.options.register == "homography" else find_affine
        try:
            return find(pairs).matrix
        except RegistrationError as error:
            raise ImageReadError(f"{name}: {error}") from error

    def apply(self, pair: Pair, matrix: np.ndarray | None, name: str = "the pair") -> Pair:
        """Bring B to A.

        Args:
            pair (tuple): (H, W, C) each.
            matrix (np.ndarray, optional): What :meth:`find` found.
            name (str): Of the pair in messages. Default: 'the pair'.

        Returns:
            tuple: The pair, of equal size.

        Raises:
            ImageReadError: If the sizes differ and nothing says what to do.
        """
        img_a, img_b = pair
        size = img_a.shape[:2]
        if matrix is not None:
            return img_a, warp_to_a(img_b, matrix, size)
        if img_b.shape[:2] == size:
            return pair
        if not self.options.resize:
            sizes = [f"{image.shape[1]}x{image.shape[0]}" for image in pair]
            raise ImageReadError(
                f"{name}: the two sources differ in size, A is {sizes[0]}, B {sizes[1]}: register "
                "them (--register, --calibration), or --resize B if both show the same view"
            )
        smaller = size[0] * size[1] < img_b.shape[0] * img_b.shape[1]
        resized = cv2.resize(img_b, size[::-1], interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
        return img_a, resized.reshape(*size, -1) if img_b.ndim == 3 else resized

    def missing_in_a(
        self,
        missing: np.ndarray | None,
        matrix: np.ndarray | None,
        size_a: tuple[int, int],
        size_b: tuple[int, int],
    ) -> np.ndarray | None:
        """Where source B shows nothing, in the view of A: what :meth:`apply` had to fill, too.

        Args:
            missing (np.ndarray, optional): (H of B, W of B) bool.
            matrix (np.ndarray, optional): What :meth:`find` found.
            size_a (tuple[int, int]): Height and width of A.
            size_b (tuple[int, int]): Height and width of B.

        Returns:
            np.ndarray | None: (H of A, W of A) bool; None if B shows something everywhere.
        """
        if matrix is None and (missing is None or size_a == size_b):
            return missing
        shown = np.ones(size_b, np.float32) if missing is None else (~missing).astype(np.float32)
        if matrix is None:
            shown = cv2.resize(shown, size_a[::-1], interpolation=cv2.INTER_LINEAR)
        else:
            shown = cv2.warpPerspective(shown, matrix, size_a[::-1], flags=cv2.INTER_LINEAR)
        hidden = shown < 0.999
        return hidden if hidden.any() else None

    def misalignment(self, pair: Pair) -> Shift | None:
        """The shift of a pair of equal size that is misaligned beyond doubt although nobody asked to register it."""
        if self.is_registering:
            return None
        shift = measure_shift(*pair)
        return shift if shift.is_clear else None
