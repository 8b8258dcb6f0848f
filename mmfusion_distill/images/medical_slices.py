"""One slice of a DICOM file or a NIfTI volume, as radiologists look at it, as bright as its window says."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .dicom_place import FramePlace, volume_of
from .dicom_scan import DicomScan, read_dicom
from .dicom_series import DicomSeries, read_series
from .image_source import ImageReadError
from .scan_volume import ScanVolume
from .slice_grid import SliceGrid, oriented
from .value_range import brightness, check_package, check_volume_size, checked_index, unreadable

#: NIfTI counts to the right and the front, DICOM to the left and the back.
_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


class NiftiScan(NamedTuple):
    """A NIfTI file.

    Args:
        volume (ScanVolume): Its values, of a series those of the first volume.
        window (tuple[float, float] | None): Values that its header calls black and white.
        is_placed (bool): Whether the header says where the volume lies.
    """

    volume: ScanVolume
    window: tuple[float, float] | None
    is_placed: bool


def read_nifti(path: Path) -> NiftiScan:
    """Read a NIfTI file (`.nii`, `.nii.gz`).

    Raises:
        ImageReadError: If the file cannot be used, or nibabel is missing.
    """
    check_package("nibabel", path)
    import nibabel

    try:
        image: Any = nibabel.load(path)
        if not 2 <= len(image.shape) <= 5:
            raise ImageReadError(f"{path} of shape {image.shape} is no volume: give three axes")
        check_volume_size(image.shape, path)
        values = np.asarray(image.dataobj)
        values = values.reshape(*values.shape[:2], values.shape[2] if values.ndim > 2 else 1, -1)[..., 0]
        if values.dtype.names:
            values = np.stack([values[name] for name in "RGB"], axis=3)
        affine = _RAS_TO_LPS @ np.asarray(image.affine, float)
        if not (np.isfinite(affine).all() and abs(np.linalg.det(affine[:3, :3])) > 1e-12):
            raise ImageReadError(f"{path} has an affine that is none: correct its header")
        low, high = float(image.header["cal_min"]), float(image.header["cal_max"])
        is_placed = bool(image.header["sform_code"] or image.header["qform_code"])
    except ImageReadError:
        raise
    except Exception as error:  # whatever nibabel meets in a file that is none
        raise unreadable(path, "NIfTI", error) from error
    return NiftiScan(ScanVolume(str(path), values, affine), (low, high) if high > low else None, is_placed)


class ScanSlice(NamedTuple):
    """A slice as shown: the patient's right on the left, the front (of other planes the head) up.

    Args:
        pixels (np.ndarray): (H, W) float32 in [0, 1], or (H, W, 3) uint8 RGB.
        grid (SliceGrid, optional): Where it lies in the patient; None if the file does not say.
    """

    pixels: np.ndarray
    grid: SliceGrid | None = None


def read_scan(
    path: Path, slice_index: int | None = None, like: SliceGrid | None = None, resample: bool = False
) -> ScanSlice:
    """Read one slice of a DICOM file (a frame), of a folder of DICOM slices or of a NIfTI volume.

    Args:
        path (Path): `.dcm`, `.nii` or `.nii.gz`, or a folder, see :func:`read_series`.
        slice_index (int, optional): Slice, from 0, counted from the patient's feet (right, front). Default: None,
            that of `like` if there is one, else the middle one.
        like (SliceGrid, optional): Another slice, of whose plane and place one is wanted. Default: None, axial ones
            of NIfTI, the plane of DICOM.
        resample (bool): Interpolate the values at the pixels of `like`. Default: False.

    Raises:
        ImageReadError: If the file cannot be used, has no such slice, or a package is missing.
    """
    if path.is_dir():
        return _read_dicom_slice(read_series(path), slice_index, like, resample)
    if path.suffix.lower() == ".dcm":
        return _read_dicom_slice(read_dicom(path), slice_index, like, resample)
    return _read_nifti_slice(read_nifti(path), path, slice_index, like, resample)


def _read_nifti_slice(
    scan: NiftiScan, path: Path, slice_index: int | None, like: SliceGrid | None, resample: bool
) -> ScanSlice:
    if resample and like is not None and scan.is_placed:
        values, covered = scan.volume.resample(like)
        return _resampled(values, covered, like, scan.window, path)
    volume = scan.volume
    axis = volume.axis_across(
        np.array([0.0, 0.0, 1.0]) if like is None or not scan.is_placed else like.normal
    )
    index = (
        volume.index_near(axis, like) if slice_index is None and like is not None and scan.is_placed else None
    )
    pixels, grid = volume.cut(
        axis, checked_index(slice_index, volume.count(axis), path) if index is None else index
    )
    if pixels.ndim == 2:
        pixels = brightness(pixels.astype(np.float32), scan.window, path)
    pixels, grid = oriented(pixels, grid)
    return ScanSlice(pixels, grid if scan.is_placed else None)


def _read_dicom_slice(
    scan: DicomScan | DicomSeries, slice_index: int | None, like: SliceGrid | None, resample: bool
) -> ScanSlice:
    if resample and like is not None:
        values, covered = volume_of(scan).resample(like)
        return _resampled(values, covered, like, scan.window(scan.count // 2), scan.path, scan.is_inverted)
    index = None
    if slice_index is None and like is not None and scan.count > 1:
        index = _frame_near(scan, like)
    if index is None:
        index = checked_index(slice_index, scan.count, scan.path)
    pixels, missing = scan.frame(index)
    if pixels.ndim == 2:
        pixels = brightness(pixels, scan.window(index), scan.path, missing)
        pixels = 1 - pixels if scan.is_inverted else pixels
        pixels = pixels if missing is None else np.where(missing, np.float32(0), pixels)
    place = scan.place(index)
    if place is None:
        return ScanSlice(pixels)
    pixels, grid = oriented(pixels, _grid_of(place, pixels.shape[:2]))
    is_placed = place.origin is not None and place.spacing is not None
    return ScanSlice(pixels, grid if is_placed else None)


def _grid_of(place: FramePlace, shape: tuple[int, int]) -> SliceGrid:
    down, across = place.spacing or (1.0, 1.0)
    origin = np.zeros(3) if place.origin is None else place.origin
    return SliceGrid(origin, place.right * across, place.down * down, shape, place.distance)


def _frame_near(scan: DicomScan | DicomSeries, like: SliceGrid) -> int | None:
    """The frame nearest to another slice; None if that is not known."""
    places = [scan.place(index) for index in range(scan.count)]
    if any(place is None or place.origin is None for place in places):
        return None
    distances = [abs(float((place.origin - like.origin) @ like.normal)) for place in places]
    return int(np.argmin(distances))


def _resampled(
    values: np.ndarray,
    covered: np.ndarray,
    like: SliceGrid,
    window: tuple[float, float] | None,
    path: Path,
    is_inverted: bool = False,
) -> ScanSlice:
    if values.ndim == 3:
        return ScanSlice(np.where(covered[..., None], np.rint(values), 0).astype(np.uint8), like)
    pixels = brightness(values, window, path, ~covered)
    return ScanSlice(np.where(covered, 1 - pixels, pixels) if is_inverted else pixels, like)
