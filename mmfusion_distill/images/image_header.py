"""What the first bytes of an image file tell without decoding it: format, size, whether it is whole."""

import importlib
import re
import struct
from importlib.util import find_spec
from typing import NamedTuple

#: First bytes of PNG, and of TIFF and BigTIFF of either order of bytes.
PNG = b"\x89PNG\r\n\x1a\n"
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


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
_FILM = ForeignFormat("video")
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
    (b"PK\x03\x04", ForeignFormat("ZIP (.zip, .npz)")),
    (b"\x1aE\xdf\xa3", _FILM),
    (b"FFF\0", ForeignFormat("FLIR (.fff, .seq)")),
)
_AVIF_BRANDS = (b"avif", b"avis")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")


def foreign_format(data: bytes) -> ForeignFormat | None:
    """Format of a file by its first bytes, if it is one that OpenCV does not read everywhere."""
    if data[4:8] == b"ftyp":
        length = min(int.from_bytes(data[:4], "big"), 256)
        brands = [data[8:12], *(data[at : at + 4] for at in range(16, length, 4))]
        # A generic brand may come first: the list says which kind it is.
        if any(brand in _AVIF_BRANDS for brand in brands):
            return _AVIF
        if any(brand in _HEIC_BRANDS for brand in brands):
            return _HEIC
        return _FILM
    if data[:4] == b"RIFF" and data[8:12] == b"AVI ":
        return _FILM
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
    if kind == _FILM:
        return "fuse videos by `mmfusion video A B OUT`"
    if kind.package:
        return f"install {kind.package} (pip install {kind.package}), or convert it to PNG"
    if kind.name.endswith(")") and "." in kind.name:
        return "give it that ending" if kind.name[:5] in ("DICOM", "NumPy") else "export a 16-bit TIFF"
    return "convert it to PNG or 16-bit TIFF"


_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
#: What begins an extension, an image, the end; decoders skip all else.
_GIF_MARKER = re.compile(rb"[!,;]")
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class PictureHeader(NamedTuple):
    """Size of an image, bits of a sample, whether the file is whole as far as it tells, and bands of a TIFF."""

    height: int
    width: int
    bits: int
    is_whole: bool = True
    bands: int = 1


def read_header(data: bytes) -> PictureHeader | None:
    """Read the header of a PNG, JPEG, GIF, BMP, TIFF or WebP file.

    Bytes behind the end of the image (the video of a motion photo) do no harm.

    Returns:
        PictureHeader | None: None if it is no such file or its header is cut off.
    """
    for magic, read in _READERS:
        if data.startswith(magic):
            try:
                return read(data)
            except (struct.error, IndexError):
                return None
    return None


def _png(data: bytes) -> PictureHeader:
    width, height, bits = struct.unpack_from(">IIB", data, 16)
    position = 8
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        position += 12 + length
        if kind == b"IEND":
            return PictureHeader(height, width, bits, position <= len(data))
    return PictureHeader(height, width, bits, False)


def _jpeg(data: bytes) -> PictureHeader | None:
    position, header, waiting = 2, None, set()
    while True:
        match = _JPEG_MARKER.search(data, position)
        if match is None:
            return header and header._replace(is_whole=False)
        marker, position = data[match.end() - 1], match.end()
        if marker == 0xD9:
            # A progressive file that was cut off and closed lacks its later scans.
            return header and header._replace(is_whole=not waiting)
        if marker in (0x01, 0xD8):
            continue
        (length,) = struct.unpack_from(">H", data, position)
        if marker in _JPEG_FRAMES and header is None:
            bits, height, width, components = struct.unpack_from(">BHHB", data, position + 2)
            header = PictureHeader(height, width, bits)
            if marker == 0xC2:
                identifiers = [data[position + 8 + 3 * index] for index in range(components)]
                waiting = {(identifier, part) for identifier in identifiers for part in ("DC", "AC")}
        elif marker == 0xDA:
            count = data[position + 2]
            start, end, bit = struct.unpack_from("BBB", data, position + 3 + 2 * count)
            if bit & 15 == 0:
                for index in range(count):
                    identifier = data[position + 3 + 2 * index]
                    waiting.discard((identifier, "DC" if start == 0 else "AC"))
        position += length


def _gif(data: bytes) -> PictureHeader:
    """The screen, or the first image on it where that is larger: decoders make room for it."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    position = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while (mark := _GIF_MARKER.search(data, position)) is not None and mark[0] != b";":
        position = mark.end()
        if mark[0] == b",":
            left, top, inner_width, inner_height = struct.unpack_from("<HHHH", data, position)
            return PictureHeader(max(height, top + inner_height), max(width, left + inner_width), 8)
        position += 1
        while data[position]:
            position += data[position] + 1
        position += 1
    return PictureHeader(height, width, 8)


def _bmp(data: bytes) -> PictureHeader:
    width, height = struct.unpack_from("<ii", data, 18)
    return PictureHeader(abs(height), abs(width), 8)


def _webp(data: bytes) -> PictureHeader | None:
    kind = data[12:16]
    whole = struct.unpack_from("<I", data, 4)[0] + 8 <= len(data)
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
    elif kind == b"VP8L":
        (packed,) = struct.unpack_from("<I", data, 21)
        width, height = (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    else:
        return None
    return PictureHeader(height, width, 8, whole)


def _tiff(data: bytes) -> PictureHeader | None:
    order = "<" if data[:2] == b"II" else ">"
    if struct.unpack_from(f"{order}H", data, 2)[0] == 43:  # with offsets of 64 bits
        count_format, entry, inline, start = "Q", 20, 12, struct.unpack_from(f"{order}Q", data, 8)[0]
    else:
        count_format, entry, inline, start = "H", 12, 8, struct.unpack_from(f"{order}I", data, 4)[0]
    (count,) = struct.unpack_from(order + count_format, data, start)
    first = start + struct.calcsize(f"={count_format}")
    values: dict[int, int] = {}
    for position in range(first, first + entry * min(count, 0xFFFF), entry):
        tag, kind = struct.unpack_from(f"{order}HH", data, position)
        if tag in (256, 257, 258, 277):
            number = int.from_bytes(
                data[position + 4 : position + inline], "little" if order == "<" else "big"
            )
            at = position + inline
            if tag == 258 and number * 2 > entry - inline:
                at = struct.unpack_from(order + ("Q" if entry == 20 else "I"), data, at)[0]
            (value,) = struct.unpack_from(order + {3: "H", 4: "I", 16: "Q"}.get(kind, "H"), data, at)
            # Of two sizes decoders take the first or the last.
            values[tag] = max(value, values.get(tag, 0))
    if not {256, 257} <= set(values):
        return None
    return PictureHeader(values[257], values[256], values.get(258, 1), bands=values.get(277, 1))


_READERS = (
    (PNG, _png),
    (b"\xff\xd8", _jpeg),
    (b"GIF8", _gif),
    (b"BM", _bmp),
    (b"RIFF", _webp),
    (TIFF, _tiff),
)
