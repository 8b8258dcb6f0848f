"""How large a picture may be that is read."""

import os

from ..user_errors import UserError
from .picture_source import ImageReadError

#: Largest picture that is read; `MMFUSION_MAX_PIXELS` in the environment changes it.
MAX_PIXELS = 200_000_000


def max_pixels() -> int:
    """Largest picture that is read, in pixels."""
    return int(float(os.environ.get("MMFUSION_MAX_PIXELS", MAX_PIXELS)))


def check_pixels(name: object, height: int, width: int, kind: type[UserError] = ImageReadError) -> None:
    """Refuse what is too large before it is decoded.

    Args:
        name (object): What it is, for the message.
        height (int): In pixels.
        width (int): In pixels.
        kind (type[UserError]): What is raised. Default: ImageReadError.
    """
    if height * width > max_pixels():
        raise kind(
            f"{name} has {width}x{height} pixels, more than {max_pixels():,}: shrink it, or set "
            "MMFUSION_MAX_PIXELS to allow more"
        )
