"""NIfTI volumes in the patient."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .image_source import ImageReadError
from .scan_values import check_package, check_volume_size, unreadable
from .scan_volume import ScanVolume

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
