"""Files that hold an image as data: arrays of NumPy, DICOM, NIfTI."""

import os
from pathlib import Path

import numpy as np

from ..system.regular_file import check_regular_file
from ..user_errors import reason_of
from .dicom_series import is_series
from .image_files import DATA_EXTENSIONS
from .image_source import ImageReadError, check_pixels
from .medical_slices import ScanSlice, read_scan
from .slice_grid import SliceGrid


def is_data_file(path: str | os.PathLike) -> bool:
    """Whether a file is one, by its extension, or a folder a series of DICOM slices."""
    return os.fspath(path).lower().endswith(DATA_EXTENSIONS) or is_series(Path(path))


def read_data_file(
    path: Path, slice_index: int | None = None, like: SliceGrid | None = None, resample: bool = False
) -> ScanSlice:
    """Read a file of :data:`DATA_EXTENSIONS`, or a folder of DICOM slices.

    Args:
        path (Path): The file.
        slice_index (int, optional): See :func:`read_scan`. Default: None.
        like (SliceGrid, optional): See :func:`read_scan`. Default: None.
        resample (bool): See :func:`read_scan`. Default: False.

    Returns:
        ScanSlice: With pixels (H, W) or (H, W, 1 to 4): of NumPy as it is stored; of DICOM and NIfTI float32 in
        [0, 1], or uint8 colour.

    Raises:
        ImageReadError: If the file cannot be used, or has no such slice; names it and says what to do.
    """
    if is_series(path):
        return read_scan(path, slice_index, like, resample)
    try:
        check_regular_file(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", error)
        raise ImageReadError(f"cannot read {path} ({reason}): check the path and its permissions") from error
    if path.suffix.lower() == ".npy":
        return ScanSlice(_read_array(path))
    return read_scan(path, slice_index, like, resample)


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
