"""Images by Pillow: in memory, and of the formats and colour models that OpenCV lacks."""

import io
import struct
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

#: Modes whose pixels are gray levels, with or without alpha, or RGB.
_PLAIN_MODES = ("1", "L", "LA", "RGB", "RGBA", "F", "I;16", "I;16L", "I;16B", "I;16N")
#: What Pillow and its plugins raise about a damaged file.
PILLOW_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    TypeError,
    LookupError,
    OverflowError,
    struct.error,
)


def pixels_of_pil(image: "Image.Image") -> np.ndarray:
    """Pixels of an image of any mode, turned as its camera noted.

    Returns:
        np.ndarray: (H, W) gray, (H, W, 2) gray and alpha, (H, W, 3) RGB or (H, W, 4) RGBA, of its own type; a palette
        of grays is gray.

    Raises:
        OSError, ValueError, SyntaxError, EOFError: If it cannot be decoded, or was closed.
    """
    from PIL import ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode == "I":
        # PNG of 16 bits, which older versions of Pillow open as 32.
        pixels = np.asarray(image)
        return pixels.astype(np.uint16) if pixels.min() >= 0 and pixels.max() <= 65_535 else pixels
    if image.mode == "P":
        pixels = np.asarray(image.convert("RGBA" if "transparency" in image.info else "RGB"))
        return gray_of_equal_channels(pixels)
    if image.mode == "PA":
        return gray_of_equal_channels(np.asarray(image.convert("RGBA")))
    if image.mode == "LAB":
        image = _rgb_of_lab(image)
    elif image.mode not in _PLAIN_MODES:
        image = image.convert("RGB")
    pixels = np.asarray(image)
    return pixels.astype(pixels.dtype.newbyteorder("=")) if pixels.dtype.kind == "u" else pixels


def decode_with_pillow(data: bytes, formats: tuple[str, ...] | None = None) -> np.ndarray:
    """First image of a file, turned as its camera noted.

    Returns:
        np.ndarray: See :func:`pixels_of_pil`.

    Raises:
        OSError, ValueError, SyntaxError, EOFError: If it cannot be decoded.
    """
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=formats) as image:
            return pixels_of_pil(image)


def pillow_facts(data: bytes, with_exif: bool = True) -> dict[str, Any]:
    """Facts about a file that Pillow finds in its header.

    Args:
        data (bytes): The file.
        with_exif (bool): Look for Exif, too. Default: True.

    Returns:
        dict[str, Any]: `size` (width, height), `mode`, `exif`, and what formats note besides (`icc_profile`, `dpi`);
        nothing if Pillow cannot open it.
    """
    from PIL import Image

    facts: dict[str, Any] = {}
    with suppress(*PILLOW_ERRORS, Image.DecompressionBombError), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data)) as image:
            facts = {**image.info, "size": image.size, "mode": image.mode}
            facts.pop("exif", None)
            if with_exif:
                facts["exif"] = image.getexif()
    return facts


def gray_of_equal_channels(pixels: np.ndarray) -> np.ndarray:
    """One channel, and alpha, of an image (H, W, 3 or 4) whose colours are all gray; any other unchanged."""
    if (pixels[:, :, :1] != pixels[:, :, 1:3]).any():
        return pixels
    return pixels[:, :, 0] if pixels.shape[2] == 3 else pixels[:, :, 2:]


def _rgb_of_lab(image: "Image.Image") -> "Image.Image":
    from PIL import ImageCms

    profiles = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.profileToProfile(image, *profiles, outputMode="RGB")
