"""How large an upload may be."""

import os
from dataclasses import dataclass
from pathlib import Path

from ...io.picture_header import read_header
from ...io.picture_source import ImageReadError
from ...io.regular_file import read_regular_file
from ...user_errors import UserError


@dataclass(frozen=True)
class Limits:
    """Limits of one uploaded picture or video.

    Args:
        megapixels (float): Pixels, in millions. Default: 8.
        megabytes (float): Size of the file, in millions of bytes. Default: 25.
        frames (int): Of a video. Default: 600.

    Raises:
        UserError: If one is not above 0.
    """

    megapixels: float = 8
    megabytes: float = 25
    frames: int = 600

    def __post_init__(self) -> None:
        for option, value in (
            ("megapixels", self.megapixels),
            ("megabytes", self.megabytes),
            ("frames", self.frames),
        ):
            if not 0 < value < float("inf"):
                raise UserError(f"--max-{option} is {value}: give a number above 0")

    @property
    def bytes(self) -> int:
        """Largest file."""
        return int(self.megabytes * 1e6)

    def check(self, path: str | Path, name: str) -> None:
        """Check a file before anything of it is decoded.

        Args:
            path (str | Path): Where it lies.
            name (str): What the user calls it.

        Raises:
            ImageReadError: If it is gone, too large, or no picture whose header tells its size.
        """
        self.check_bytes(path, name)
        try:
            header = read_header(read_regular_file(path, self.bytes))
        except OSError as error:
            raise ImageReadError(f"{name} is gone or cannot be read: upload it again") from error
        if header is None:
            raise ImageReadError(f"{name} is no picture: upload a PNG, JPEG, TIFF, BMP, GIF or WebP file")
        self._check_pixels(header.width, header.height, name)

    def check_bytes(self, path: str | Path, name: str) -> None:
        """Check the size of a file; see :meth:`check`."""
        try:
            size = os.path.getsize(path)
        except OSError as error:
            raise ImageReadError(f"{name} is gone or cannot be read: upload it again") from error
        if size > self.bytes:
            raise ImageReadError(
                f"{name} is larger than {self.megabytes:g} MB: shrink it, or start the page with a larger "
                "--max-megabytes"
            )

    def check_frames(self, size: tuple[int, int], total: int | None, fps: float, name: str) -> None:
        """Check what a video says of itself.

        Args:
            size (tuple[int, int]): Width and height.
            total (int | None): How many frames there are; None if it does not say.
            fps (float): Frames per second.
            name (str): What the user calls it.

        Raises:
            ImageReadError: If frames are too large or too many.
        """
        self._check_pixels(*size, name)
        if total is not None and total > self.frames:
            raise ImageReadError(
                f"{name} has {total} frames ({total / fps:.0f} s), more than {self.frames}: cut it, or start the "
                "page with a larger --max-frames"
            )

    def _check_pixels(self, width: int, height: int, name: str) -> None:
        if width * height > self.megapixels * 1e6:
            raise ImageReadError(
                f"{name} has {width}x{height} pixels, more than {self.megapixels:g} million: shrink "
                "it, or start the page with a larger --max-megapixels"
            )
