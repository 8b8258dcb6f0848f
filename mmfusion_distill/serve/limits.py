"""How large an upload may be."""

from dataclasses import dataclass

from ..images.image_source import ImageReadError
from ..system.number_range import ABOVE_ZERO


@dataclass(frozen=True)
class Limits:
    """Limits of one uploaded picture or video.

    Args:
        megapixels (float): Pixels, in millions. Default: 8.
        megabytes (float): Size of the file, in millions of bytes. Default: 25.
        frames (int): Of a video. Default: 600.

    Raises:
        OptionError: If one is not above 0.
    """

    megapixels: float = 8
    megabytes: float = 25
    frames: int = 600

    def __post_init__(self) -> None:
        for option, value in vars(self).items():
            ABOVE_ZERO.check(f"--max-{option}", value)

    @property
    def bytes(self) -> int:
        """Largest file."""
        return int(self.megabytes * 1e6)

    def check_bytes(self, size: int, name: str) -> None:
        """Check the size of a file.

        Args:
            size (int): In bytes.
            name (str): What the user calls it.

        Raises:
            ImageReadError: If it is too large.
        """
        if size > self.bytes:
            raise ImageReadError(
                f"{name} is larger than {self.megabytes:g} MB: shrink it, or start the page with a larger "
                "--max-megabytes"
            )

    def check_pixels(self, width: int, height: int, name: str) -> None:
        """Check the size of a picture, or of the frames of a video.

        Raises:
            ImageReadError: If it is too large.
        """
        if width * height > self.megapixels * 1e6:
            raise ImageReadError(
                f"{name} has {width}x{height} pixels, more than {self.megapixels:g} million: shrink "
                "it, or start the page with a larger --max-megapixels"
            )

    def check_frames(self, total: int | None, fps: float, name: str) -> None:
        """Check what a video says of its length.

        Args:
            total (int | None): How many frames there are; None if it does not say.
            fps (float): Frames per second.
            name (str): What the user calls it.

        Raises:
            ImageReadError: If there are too many.
        """
        if total is not None and total > self.frames:
            raise ImageReadError(
                f"{name} has {total} frames ({total / fps:.0f} s), more than {self.frames}: cut it, or start the "
                "page with a larger --max-frames"
            )
