"""Height and width of an image as it will be read, from its header where that tells."""

from pathlib import Path

from ..system.regular_file import read_regular_file
from .data_files import is_data_file
from .decoding import decode
from .exif_orientation import read_orientation
from .image_header import read_header
from .image_source import ImageReadError, check_pixels
from .radiometric_jpeg import is_radiometric
from .stored_image import read_stored

#: First bytes of formats whose header has the size as it is stored, before it is turned.
_WITH_HEADER = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"RIFF", b"BM")


def image_size(path: str | Path, is_source_b: bool = False) -> tuple[int, int]:
    """Height and width of an image, turned as its camera noted.

    Args:
        path (str | Path): The file.
        is_source_b (bool): Whether temperatures are read of a radiometric JPEG, which may have another size than the
            screenshot that it shows. Default: False.

    Raises:
        ImageReadError: If it cannot be read.
    """
    path = Path(path)
    if is_data_file(path):
        return read_stored(path).pixels.shape[:2]
    try:
        data = read_regular_file(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", error)
        raise ImageReadError(f"cannot read {path} ({reason}): check the path and its permissions") from error
    header = read_header(data) if data.startswith(_WITH_HEADER) else None
    if is_source_b and is_radiometric(data):
        return read_stored(path, temperatures=True).pixels.shape[:2]
    if header is None or not header.is_whole or not header.width * header.height:
        return decode(data, path).pixels.shape[:2]
    check_pixels(path, header.height, header.width)
    is_turned = read_orientation(data) >= 5
    return (header.width, header.height) if is_turned else (header.height, header.width)
