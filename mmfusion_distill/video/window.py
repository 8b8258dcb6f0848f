"""A window that shows frames."""

import cv2
import numpy as np

from ..user_errors import UserFileError

_NAME = "fused (q ends)"


class Window:
    """A window that shows frames until somebody presses q or Esc in it."""

    def __init__(self) -> None:
        self.is_ended = False

    def show(self, picture: np.ndarray | None) -> None:
        """Show a frame and look for a pressed key.

        Args:
            picture (np.ndarray, optional): (H, W, 3) or (H, W) uint8 RGB; None leaves the one that is shown.

        Raises:
            UserFileError: If there is no display.
        """
        try:
            if picture is not None:
                bgr = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
                cv2.imshow(_NAME, bgr)
            self.is_ended = cv2.waitKey(1) & 0xFF in (ord("q"), 27)
        except cv2.error as error:
            raise UserFileError(
                "no window can be shown here (OpenCV without one, or no display): name a target instead of --show"
            ) from error
