"""A source as it is stored, before its values mean brightness."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..system.regular_file import read_regular_file
from .data_files import is_data_file, read_data_file
from .decoding import decode
from .image_source import ImageReadError, PictureSource, describe, is_path, to_array
from .radiometric_jpeg import can_read_radiometric, is_radiometric, read_radiometric
from .slice_grid import SliceGrid


class StoredImage(NamedTuple):
    """An image as its file or array has it.

    Args:
        name (str): What messages call it: its path, or what it is.
        pixels (np.ndarray): (H, W) gray, (H, W, 2) gray and alpha, (H, W, 3) RGB, (H, W, 4) RGBA, or (H, W, 1), of
            any type of number.
        full_scale (float, optional): Value of full brightness where the file names it. Default: None, by the type.
        no_data (float, optional): Value that stands for no data, where the file names it. Default: None.
        kind (str): 'picture'; 'temperatures', which a camera hid in a JPEG; 'screenshot', a JPEG whose temperatures
            nothing here can read; or 'scan', DICOM or NIfTI. Default: 'picture'.
        grid (SliceGrid, optional): Where a scan lies in the patient, if its file says so. Default: None.
        file (bytes, optional): The file of an image, for what it says besides its pixels. Default: None.
    """

    name: str
    pixels: np.ndarray
    full_scale: float | None = None
    no_data: float | None = None
    kind: str = "picture"
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
    """Read an image as it is stored, or take one in memory.

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
        kind = "picture" if path.suffix.lower() == ".npy" else "scan"
        pixels, grid = read_data_file(path, slice_index, like, resample)
        return StoredImage(name, pixels, kind=kind, grid=grid)
    try:
        data = read_regular_file(path)
    except (OSError, ValueError) as error:  # a name with a null byte is no OSError
        reason = getattr(error, "strerror", error)
        raise ImageReadError(f"cannot read {path} ({reason}): check the path and its permissions") from error
    hides = temperatures and is_radiometric(data)
    if hides and (needed or can_read_radiometric()):
        return StoredImage(name, read_radiometric(data, path), kind="temperatures", file=data)
    kind = "screenshot" if hides else "picture"
    return StoredImage(name, *decode(data, path), kind=kind, file=data)
