"""Formats that OpenCV's wheels do not read everywhere: which one a file has, and what reads it."""

import importlib
from importlib.util import find_spec
from typing import NamedTuple


class ForeignFormat(NamedTuple):
    """A format that is left to Pillow.

    Args:
        name (str): What it is called.
        pillow (str): Its name in Pillow's list of formats; '' if Pillow has none.
        module (str): Plugin to import for it; '' if Pillow alone may read it.
        package (str): What installs that.
    """

    name: str
    pillow: str = ""
    module: str = ""
    package: str = ""


_AVIF = ForeignFormat("AVIF", "AVIF", "pillow_avif", "'pillow>=11.3'")
_HEIC = ForeignFormat("HEIC", "HEIF", "pillow_heif", "pillow-heif")
_JXL = ForeignFormat("JPEG XL", "JXL", "pillow_jxl", "pillow-jxl-plugin")
_JPEG2000 = ForeignFormat("JPEG 2000", "JPEG2000", "", "pillow")
#: First bytes of what is no image for us, though it may look like one; the remedy is to convert it.
_MAGICS = (
    (b"\0\0\0\x0cjP  \r\n\x87\n", _JPEG2000),
    (b"\xff\x4f\xff\x51", _JPEG2000),
    (b"\0\0\0\x0cJXL \r\n\x87\n", _JXL),
    (b"\xff\x0a", _JXL),
    (b"GIF8", ForeignFormat("GIF", "GIF")),
    (b"8BPS", ForeignFormat("Photoshop", "PSD")),
    (b"qoif", ForeignFormat("QOI", "QOI")),
    (b"v/1\x01", ForeignFormat("OpenEXR")),
    (b"%PDF", ForeignFormat("PDF")),
    (b"<svg", ForeignFormat("SVG")),
    (b"SIMPLE  =", ForeignFormat("FITS")),
    (b"\x89HDF\r\n", ForeignFormat("HDF5")),
    (b"\x93NUMPY", ForeignFormat("NumPy (.npy)")),
    (b"FFF\0", ForeignFormat("FLIR (.fff, .seq)")),
)
_AVIF_BRANDS = (b"avif", b"avis")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")


def foreign_format(data: bytes) -> ForeignFormat | None:
    """Format of a file by its first bytes, if it is one that OpenCV does not read everywhere.

    Args:
        data (bytes): The file.
    """
    if data[4:8] == b"ftyp":
        length = min(int.from_bytes(data[:4], "big"), 256)
        brands = [data[8:12], *(data[at : at + 4] for at in range(16, length, 4))]
        # A generic brand may come first: the list says which kind it is.
        if any(brand in _AVIF_BRANDS for brand in brands):
            return _AVIF
        if any(brand in _HEIC_BRANDS for brand in brands):
            return _HEIC
        return ForeignFormat("video (MP4, QuickTime)")
    if data[128:132] == b"DICM":
        return ForeignFormat("DICOM (.dcm)")
    return next((kind for magic, kind in _MAGICS if data.startswith(magic)), None)


def can_be_read(kind: ForeignFormat) -> bool:
    """Whether Pillow reads a format here; its plugin is imported if there is one."""
    from PIL import Image

    if not kind.pillow:
        return False
    Image.init()
    if kind.pillow not in Image.OPEN and kind.module and find_spec(kind.module) is not None:
        plugin = importlib.import_module(kind.module)
        # pillow-heif wants to be asked; the others register themselves.
        getattr(plugin, "register_heif_opener", lambda: None)()
    return kind.pillow in Image.OPEN


def remedy(kind: ForeignFormat) -> str:
    """Advice about a format that cannot be read here."""
    if kind.package:
        return f"install {kind.package} (pip install {kind.package}), or convert it to PNG"
    if kind.name.endswith(")") and "." in kind.name:
        return "give it that ending" if kind.name[:5] in ("DICOM", "NumPy") else "export a 16-bit TIFF"
    return "convert it to PNG or 16-bit TIFF"
