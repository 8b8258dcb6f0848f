"""How a camera was held: the orientation that a file notes, applied the same way for every format."""

from contextlib import suppress

import numpy as np

from .pillow_decoding import PILLOW_ERRORS, pillow_facts

#: What stands in a file that may note one: Exif of JPEG, WebP and AVIF, of PNG, of older PNGs, XMP.
_MARKS = (b"Exif\0", b"EXIF", b"eXIf", b"Raw profile type", b"tiff:Orientation")
#: Where JPEG 2000 has its Exif.
_JPEG2000_BOX = b"JpgTiffExif->JP2"
_ORIENTATION = 274


def notes_facts(data: bytes) -> bool:
    """Whether a file may have Exif or XMP; of a PNG without it Pillow would decode all to look behind the pixels."""
    return not data.startswith(b"\x89PNG") or any(mark in data for mark in _MARKS)


def read_orientation(data: bytes) -> int:
    """Orientation that a JPEG, PNG, WebP or JPEG 2000 file notes.

    Args:
        data (bytes): The file.

    Returns:
        int: 1 to 8, as Exif counts them; 1 (upright) if it notes none, or none that exists.
    """
    orientation = 1
    if _JPEG2000_BOX in data:
        from PIL import Image

        exif = Image.Exif()
        with suppress(*PILLOW_ERRORS):  # damaged facts about an image leave it as it is
            exif.load(data[data.find(_JPEG2000_BOX) + len(_JPEG2000_BOX) :])
            orientation = exif.get(_ORIENTATION, 1)
    elif any(mark in data for mark in _MARKS):
        with suppress(*PILLOW_ERRORS):
            orientation = pillow_facts(data)["exif"].get(_ORIENTATION, 1)
    return orientation if orientation in range(1, 9) else 1


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turn an image as its orientation says.

    Args:
        pixels (np.ndarray): (H, W) or (H, W, C), as it is stored.
        orientation (int): 1 to 8.

    Returns:
        np.ndarray: (H, W) or (H, W, C); for 5 to 8 height and width are exchanged.
    """
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    # Of 5 to 8 after that exchange: 5 is done, 6 was turned right, 7 both ways, 8 left.
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
