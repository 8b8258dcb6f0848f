"""One slice of a DICOM file or a NIfTI volume, as bright as its window says."""

import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from ..user_errors import reason_of
from .image_source import ImageReadError, max_pixels
from .value_range import percentile_range, stretch_between


def read_dicom_slice(path: Path, slice_index: int | None = None) -> np.ndarray:
    """Read one frame of a DICOM file.

    Args:
        path (Path): The file.
        slice_index (int, optional): Frame, from 0. Default: None, the middle one.

    Returns:
        np.ndarray: (H, W) float32 in [0, 1]: within the file's window, or its percentiles; or (H, W, 3) uint8 RGB.

    Raises:
        ImageReadError: If the file cannot be used, or pydicom is missing.
    """
    _check_package("pydicom", path)
    import pydicom
    from pydicom.pixels import apply_modality_lut, pixel_array

    try:
        dataset = pydicom.dcmread(path)
        frames = int(dataset.get("NumberOfFrames") or 1)
        _check_size((int(dataset.Rows), int(dataset.Columns), frames), path)
        index = _checked_index(slice_index, frames, path)
        pixels = pixel_array(dataset, index=index if frames > 1 else None)
        if pixels.ndim == 3:
            return (pixels >> max(0, int(dataset.BitsStored) - 8)).astype(np.uint8)
        values = np.asarray(apply_modality_lut(pixels, dataset), np.float32)
        window = _window(dataset)
    except ImageReadError:
        raise
    except Exception as error:  # whatever pydicom and its decoders meet in a file that is none
        raise _unreadable(path, "DICOM", error) from error
    picture = _within(values, window, path)
    return 1 - picture if dataset.get("PhotometricInterpretation") == "MONOCHROME1" else picture


def read_nifti_slice(path: Path, slice_index: int | None = None) -> np.ndarray:
    """Read one axial slice of a NIfTI volume, front of the body up; of a series the first volume.

    Args:
        path (Path): `.nii` or `.nii.gz`.
        slice_index (int, optional): Slice along the last axis (feet to head), from 0. Default: None, the middle one.

    Returns:
        np.ndarray: (H, W) float32 in [0, 1]: between the header's `cal_min` and `cal_max`, or the slice's
        percentiles; or (H, W, 3) uint8 RGB.

    Raises:
        ImageReadError: If the file cannot be used, or nibabel is missing.
    """
    _check_package("nibabel", path)
    import nibabel

    try:
        volume: Any = nibabel.load(path)
        if not 2 <= len(volume.shape) <= 5:
            raise ImageReadError(f"{path} of shape {volume.shape} is no volume: give three axes")
        _check_size(volume.shape, path)
        volume = nibabel.as_closest_canonical(volume) if len(volume.shape) > 2 else volume
        values = np.asarray(volume.dataobj)
        values = values.reshape(*values.shape[:2], values.shape[2] if values.ndim > 2 else 1, -1)[..., 0]
        values = values[:, :, _checked_index(slice_index, values.shape[2], path)]
        if values.dtype.names:
            return np.ascontiguousarray(np.rot90(np.stack([values[name] for name in "RGB"], axis=2)))
        low, high = float(volume.header["cal_min"]), float(volume.header["cal_max"])
    except ImageReadError:
        raise
    except Exception as error:  # whatever nibabel meets in a file that is none
        raise _unreadable(path, "NIfTI", error) from error
    return _within(np.rot90(values).astype(np.float32), (low, high) if high > low else None, path)


def _check_package(name: str, path: Path) -> None:
    if find_spec(name) is None:
        raise ImageReadError(
            f"{path} needs {name}, which is not installed: pip install 'mmfusion_distill[medical]'"
        )


def _check_size(shape: tuple[int, ...], path: Path) -> None:
    if math.prod(shape) > max_pixels():
        raise ImageReadError(
            f"{path} has {'x'.join(map(str, shape))} values, more than {max_pixels():,}: cut it, or set "
            "MMFUSION_MAX_PIXELS to allow more"
        )
    if not math.prod(shape) > 0:
        raise ImageReadError(f"{path} holds no pixels: replace the file")


def _checked_index(slice_index: int | None, count: int, path: Path) -> int:
    if slice_index is None:
        return count // 2
    if not 0 <= slice_index < count:
        raise ImageReadError(f"{path} has no slice {slice_index}: give --slice from 0 to {count - 1}")
    return slice_index


def _window(dataset: Any) -> tuple[float, float] | None:
    center, width = (dataset.get(name) for name in ("WindowCenter", "WindowWidth"))
    if center is None or width is None:
        return None
    # A file may offer several; the first is the default.
    center, width = (float(v[0] if hasattr(v, "__len__") else v) for v in (center, width))
    # part 3 of the standard, C.11.2.1.2
    half = max(width - 1, 1e-3) / 2
    return center - 0.5 - half, center - 0.5 + half


def _within(values: np.ndarray, window: tuple[float, float] | None, path: Path) -> np.ndarray:
    # Background of some volumes is not finite.
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = window or percentile_range(values)
    if not np.isfinite([low, high]).all():
        raise ImageReadError(f"{path} has a window from {low} to {high}: correct the file")
    return stretch_between(values, low, high) / 255 if high > low else np.zeros(values.shape, np.float32)


def _unreadable(path: Path, kind: str, error: Exception) -> ImageReadError:
    return ImageReadError(
        f"{path} is no {kind} file that can be read ({reason_of(error, 120)}): replace the file"
    )
