"""Facts in an image file besides its pixels: camera, time and place, colour space, resolution, how it was held."""

import io
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .pillow_decoding import PILLOW_ERRORS, pillow_facts

#: Formats that carry facts, by extension, with the settings by which OpenCV writes them; a TIFF is not compressed, as
#: libtiff takes no directories of its own then.
_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    ".png": ("PNG", dict(compress_level=1)),
    ".jpg": ("JPEG", dict(quality=95)),
    ".jpeg": ("JPEG", dict(quality=95)),
    ".webp": ("WEBP", dict(lossless=True)),
    ".tif": ("TIFF", {}),
    ".tiff": ("TIFF", {}),
}
#: Tags about the scene, camera and author: description, make, model, software, time, artist, computer, copyright and
#: what Windows adds. All others of the first directory describe how the pixels are stored.
_KEPT = (270, 271, 272, 305, 306, 315, 316, 33432, *range(40091, 40096))
_EXIF, _GPS, _ORIENTATION, _X_RESOLUTION, _Y_RESOLUTION, _UNIT = 34665, 34853, 274, 282, 283, 296
#: Of the second directory: notes of the maker with pointers that lead nowhere elsewhere, and a directory of its own.
_DROPPED = (37500, 40965)
_WIDTH, _HEIGHT = 40962, 40963
#: A segment of JPEG is not longer.
_LONGEST_EXIF = 65_000
_INCH = 2


class Metadata(NamedTuple):
    """Facts about an image.

    Args:
        exif (dict[int, Any]): Tags of the first directory, with those of the Exif and GPS directories as dicts.
        icc_profile (bytes, optional): Its colour space. Default: None, sRGB.
        dpi (tuple[float, float], optional): Resolution in pixels per inch, across and down. Default: None.
    """

    exif: dict[int, Any]
    icc_profile: bytes | None = None
    dpi: tuple[float, float] | None = None


def metadata_of(data: bytes) -> Metadata | None:
    """The facts in an image's file that hold for a fusion of it, too: all but how it is stored and turned.

    Returns:
        Metadata | None: None if it has none, or none that can be read.
    """
    facts = pillow_facts(data, with_exif=notes_facts(data))
    exif: Any = facts.get("exif") or {}
    try:
        tags = {tag: exif[tag] for tag in _KEPT if tag in exif}
        for directory in (_EXIF, _GPS):
            content = {tag: value for tag, value in exif.get_ifd(directory).items() if tag not in _DROPPED}
            tags.update({directory: content} if content else {})
    except (AttributeError, *PILLOW_ERRORS):
        tags = {}
    if str(tags.get(270, "")).startswith('{"shape"'):
        # tifffile's note on the array of that file
        del tags[270]
    dpi = _resolution(facts.get("dpi"))
    if dpi is not None and exif and exif.get(_ORIENTATION, 1) >= 5:
        dpi = dpi[::-1]
    found = Metadata(tags, facts.get("icc_profile") or None, dpi)
    return found if any(found) else None


def can_hold_metadata(path: str | Path) -> bool:
    """Whether the format of a target carries facts."""
    return Path(path).suffix.lower() in _FORMATS


def encode_with_metadata(path: str | Path, pixels: np.ndarray, metadata: Metadata) -> bytes:
    """Encode an image with facts about it.

    Args:
        path (str | Path): Target, of a format for which :func:`can_hold_metadata` holds.
        pixels (np.ndarray): (H, W) or (H, W, 3) uint8 RGB.
        metadata (Metadata): The facts; a colour space of other channels is left out.

    Returns:
        bytes: The file.
    """
    from PIL import Image

    kind, options = _FORMATS[Path(path).suffix.lower()]
    exif = Image.Exif()
    exif.update(metadata.exif)
    if metadata.dpi is not None:
        exif.update({_X_RESOLUTION: metadata.dpi[0], _Y_RESOLUTION: metadata.dpi[1], _UNIT: _INCH})
        options = dict(options, dpi=metadata.dpi)
    if _EXIF in metadata.exif:
        size = {_WIDTH: pixels.shape[1], _HEIGHT: pixels.shape[0]}
        known = {tag: value for tag, value in size.items() if tag in metadata.exif[_EXIF]}
        exif[_EXIF] = {**metadata.exif[_EXIF], **known}
    space = b"GRAY" if pixels.ndim == 2 else b"RGB "
    if metadata.icc_profile is not None and metadata.icc_profile[16:20] == space:
        options = dict(options, icc_profile=metadata.icc_profile)
    data = exif.tobytes() if len(exif) else b""
    if 0 < len(data) <= _LONGEST_EXIF:
        # Pillow's TIFF wants directories that were read.
        written = Image.Exif()
        written.load(data)
        options = dict(options, exif=written)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def _resolution(dpi: Any) -> tuple[float, float] | None:
    try:
        across, down = (float(value) for value in dpi)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 1 < across < 1e6 and 1 < down < 1e6 else None


#: What stands in a file that may note one: Exif of JPEG, WebP and AVIF, of PNG, of older PNGs, XMP.
_MARKS = (b"Exif\0", b"EXIF", b"eXIf", b"Raw profile type", b"tiff:Orientation")
#: Where JPEG 2000 has its Exif.
_JPEG2000_BOX = b"JpgTiffExif->JP2"


def notes_facts(data: bytes) -> bool:
    """Whether a file may have Exif or XMP; of a PNG without it Pillow would decode all to look behind the pixels."""
    return not data.startswith(b"\x89PNG") or any(mark in data for mark in _MARKS)


def read_orientation(data: bytes) -> int:
    """Orientation that a JPEG, PNG, WebP or JPEG 2000 file notes.

    Returns:
        int: 1 to 8, as Exif counts them; 1 (upright) if it notes none, or none that exists.
    """
    orientation = 1
    if _JPEG2000_BOX in data:
        from PIL import Image

        exif = Image.Exif()
        with suppress(*PILLOW_ERRORS):  # damaged facts about an image leave it unchanged
            exif.load(data[data.find(_JPEG2000_BOX) + len(_JPEG2000_BOX) :])
            orientation = exif.get(_ORIENTATION, 1)
    elif any(mark in data for mark in _MARKS):
        with suppress(*PILLOW_ERRORS):
            orientation = pillow_facts(data)["exif"].get(_ORIENTATION, 1)
    return orientation if orientation in range(1, 9) else 1


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turn an image as its orientation says.

    Args:
        pixels (np.ndarray): (H, W) or (H, W, C), as stored.
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
