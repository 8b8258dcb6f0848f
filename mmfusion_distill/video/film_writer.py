"""Writing frames at their places."""

import numpy as np

from .video_writer import VideoWriter


class FilmWriter:
    """Writes frames at their places of a video of constant rate; between them the last one stays.

    Args:
        writer (VideoWriter): The target.
        fps (float): Frames per second of the result.
    """

    def __init__(self, writer: VideoWriter, fps: float) -> None:
        self.writer, self.fps = writer, fps
        self._last: np.ndarray | None = None

    def show(self, place: int, picture: np.ndarray) -> None:
        """Show a frame from a place on; a place that was written already is not written again.

        Args:
            place (int): Number of the frame in the result.
            picture (np.ndarray): (H, W, 3) or (H, W) uint8 RGB.

        Raises:
            UserError: As :meth:`VideoWriter.write`.
        """
        self.hold(place)
        self._last = picture
        self.hold(place + 1)

    def hold(self, place: int) -> None:
        """Show the last frame up to a place."""
        while self._last is not None and self.writer.frames < place:
            self.writer.write(self._last, self.fps)
