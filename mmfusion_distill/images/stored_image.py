"""A source as stored, before its values mean brightness; its size, and its place where it is a scan."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..system.regular_file import check_regular_file, read_regular_file
from ..user_errors import reason_of
from .decoding import decode
from .dicom_series import is_series
from .image_files import DATA_EXTENSIONS
from .image_header import PNG, read_header
from .image_source import ImageReadError, PictureSource, check_pixels, describe, is_path, to_array
from .medical_slices import read_scan
from .metadata import read_orientation
from .radiometric_jpeg import can_read_radiometric, is_radiometric, read_radiometric
from .slice_grid import SliceGrid


def is_data_file(path: str | os.PathLike) -> bool:
    """Whether a file is one, by its extension, or a folder a series of DICOM slices."""
    return os.fspath(path).lower().endswith(DATA_EXTENSIONS) or is_series(Path(path))


def _read_bytes(path: Path) -> bytes:
    """A file that holds an image.

    Raises:
        ImageReadError: If it cannot be read.
    """
    with _readable(path):
        return read_regular_file(path)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # a name with a null byte is no OSError
        reason = getattr(error, "strerror", error)
        raise ImageReadError(f"cannot read {path} ({reason}): check the path and its permissions") from error


def _read_array(path: Path) -> np.ndarray:
    try:
        # Mapped, as a header may promise more than there is; and never objects, which could be programs.
        array = np.lib.format.open_memmap(path, mode="r")
    except (OSError, ValueError, EOFError, SyntaxError, MemoryError, OverflowError) as error:
        raise ImageReadError(
            f"{path} is no array of plain numbers, or cut off ({reason_of(error, 80)}): save it again with numpy.save"
        ) from error
    shape = array.shape
    if not (array.ndim in (2, 3) and array.size and (array.ndim == 2 or shape[2] <= 4)):
        raise ImageReadError(f"{path} of shape {shape} is no image: give (H, W) or (H, W, 1 to 4)")
    check_pixels(path, *shape[:2])
    return np.array(array).astype(array.dtype.newbyteorder("="))


class StoredImage(NamedTuple):
    """An image as its file or array has it.

    Args:
        name (str): What messages call it: its path, or what it is.
        pixels (np.ndarray): (H, W) gray, (H, W, 2) gray and alpha, (H, W, 3) RGB, (H, W, 4) RGBA, or (H, W, 1), of
            any type of number.
        full_scale (float, optional): Value of full brightness where the file names it. Default: None, by the type.
        no_data (float, optional): Value that stands for no data, where the file names it. Default: None.
        kind (str): 'image'; 'temperatures', which a camera hid in a JPEG; 'screenshot', a JPEG whose temperatures
            nothing here can read; or 'scan', DICOM or NIfTI. Default: 'image'.
        grid (SliceGrid, optional): Where a scan lies in the patient, if its file says so. Default: None.
        file (bytes, optional): The file of an image, for what it says besides its pixels. Default: None.
    """

    name: str
    pixels: np.ndarray
    full_scale: float | None = None
    no_data: float | None = None
    kind: str = "image"
    grid: SliceGrid | None = None
    file: bytes | None = None


def read_stored(
    image: PictureSource,
    slice_index: int | None = None,
    temperatures: bool = False,
    needed: bool = False,
    like: SliceGrid | None = None,
    resample: bool = False,
) -> StoredImage:
    """Read an image as stored, or take one in memory.

    Args:
        image (PictureSource): A file, or an image as :func:`to_array` takes it.
        slice_index (int, optional): Which slice of a volume (DICOM, NIfTI). Default: None, the middle one.
        temperatures (bool): Read what a thermal camera hid in a JPEG, not the screenshot that it shows.
            Default: False.
        needed (bool): Refuse such a JPEG where nothing can read its temperatures. Default: False.
        like (SliceGrid, optional): Slice of a scan of whose place one is wanted. Default: None.
        resample (bool): Whether scans are interpolated at its pixels. Default: False.

    Raises:
        ImageReadError: If the file is missing, no file, damaged, cut off, too large or of an unusable type, or what
            is given is no image.
    """
    name = describe(image)
    if not is_path(image):
        return StoredImage(name, to_array(image))
    path = Path(image)
    if is_data_file(path):
        if not is_series(path):
            with _readable(path):
                check_regular_file(path)
        if path.suffix.lower() == ".npy":
            return StoredImage(name, _read_array(path))
        pixels, grid = read_scan(path, slice_index, like, resample)
        return StoredImage(name, pixels, kind="scan", grid=grid)
    data = _read_bytes(path)
    hides = temperatures and is_radiometric(data)
    if hides and (needed or can_read_radiometric()):
        return StoredImage(name, read_radiometric(data, path), kind="temperatures", file=data)
    kind = "screenshot" if hides else "image"
    return StoredImage(name, *decode(data, path), kind=kind, file=data)


#: First bytes of formats whose header has the size as stored, before it is turned.
_WITH_HEADER = (PNG, b"\xff\xd8", b"RIFF", b"BM")


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
    data = _read_bytes(path)
    header = read_header(data) if data.startswith(_WITH_HEADER) else None
    if is_source_b and is_radiometric(data):
        return read_stored(path, temperatures=True).pixels.shape[:2]
    if header is None or not header.is_whole or not header.width * header.height:
        return decode(data, path).pixels.shape[:2]
    check_pixels(path, header.height, header.width)
    is_turned = read_orientation(data) >= 5
    return (header.width, header.height) if is_turned else (header.height, header.width)


def check_equal_grids(stored_a: StoredImage, stored_b: StoredImage, with_options: bool = True) -> None:
    """Check that two scans lie alike in the patient, where both say how they lie.

    Raises:
        ImageReadError: If they do not; says in what they differ.
    """
    if stored_a.grid is None or stored_b.grid is None:
        return
    difference = stored_a.grid.difference(stored_b.grid)
    if difference:
        remedy = "--resample B to the grid of A, or choose another --slice"
        if not with_options:
            remedy = "give SourceOptions(resample=True) to PairReader, or resample B to the grid of A first"
        raise ImageReadError(
            f"{stored_a.name} and {stored_b.name} show different places of the patient: {difference}; {remedy}"
        )


def is_half_placed(stored_a: StoredImage, stored_b: StoredImage) -> bool:
    """Whether of two scans only one says where it lies, so that nobody knows whether they fit."""
    both = stored_a.kind == stored_b.kind == "scan"
    return both and (stored_a.grid is None) != (stored_b.grid is None)
