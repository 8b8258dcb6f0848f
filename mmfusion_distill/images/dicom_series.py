"""A series: a folder of DICOM files with one slice each, which scanners write instead of one file."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .dicom_place import FramePlace, along
from .dicom_scan import DicomScan, read_dicom
from .image_files import IMAGE_EXTENSIONS
from .image_source import ImageReadError
from .value_range import check_volume_size

_EXTENSION = ".dcm"
#: Cosine between directions of slices from which on they are parallel.
_PARALLEL = 0.9998


@dataclass(frozen=True)
class DicomSeries:
    """Slices of one series, from the patient's right, front or feet on."""

    path: Path
    slices: tuple[DicomScan, ...]

    @property
    def count(self) -> int:
        """Slices."""
        return len(self.slices)

    @property
    def is_inverted(self) -> bool:
        """Whether low values are bright."""
        return self.slices[0].is_inverted

    def place(self, index: int) -> FramePlace | None:
        """Where a slice lies."""
        return self.slices[index].place(0)

    def frame(self, index: int) -> tuple[np.ndarray, np.ndarray | None]:
        """Pixels of a slice; see :meth:`DicomScan.frame`."""
        return self.slices[index].frame(0)

    def window(self, index: int) -> tuple[float, float] | None:
        """Values that become black and white; see :meth:`DicomScan.window`."""
        return self.slices[index].window(0)


def is_series(path: Path) -> bool:
    """Whether a folder holds DICOM files, and no images that would be the sources instead."""
    if not os.path.isdir(path):
        return False
    names = [entry.name.lower() for entry in path.iterdir() if not entry.name.startswith(".")]
    return any(name.endswith(_EXTENSION) for name in names) and not any(
        name.endswith(IMAGE_EXTENSIONS) for name in names
    )


def read_series(path: Path) -> DicomSeries:
    """Read a folder of slices but for their pixels.

    Raises:
        ImageReadError: If a file cannot be used, they are no single slices of one series, or do not say where in the
            patient they lie; or pydicom is missing.
    """
    files = sorted(
        entry
        for entry in path.iterdir()
        if entry.name.lower().endswith(_EXTENSION) and not entry.name.startswith(".")
    )
    scans = [read_dicom(file) for file in files]
    first = scans[0]
    check_volume_size((int(first.dataset.Rows), int(first.dataset.Columns), len(scans)), path)
    series = {str(scan.dataset.get("SeriesInstanceUID", "")) for scan in scans}
    if len(series) > 1:
        raise ImageReadError(f"{path} holds slices of {len(series)} series: give a folder for each")
    for scan in scans:
        _check_alike(scan, first, path)
    places = [scan.place(0) for scan in scans]
    normal = np.cross(places[0].right, places[0].down)
    order = sorted(range(len(scans)), key=[along(place, normal) for place in places].__getitem__)
    return DicomSeries(path, tuple(scans[index] for index in order))


def _check_alike(scan: DicomScan, first: DicomScan, path: Path) -> None:
    if scan.count > 1:
        raise ImageReadError(f"{scan.path} has {scan.count} slices itself: give the file instead of {path}")
    place, wanted = scan.place(0), first.place(0)
    if place is None or place.origin is None or wanted is None:
        raise ImageReadError(
            f"{scan.path} does not say where it lies in the patient, so that {path} is no volume: give one file"
        )
    size, size_wanted = ((int(one.dataset.Rows), int(one.dataset.Columns)) for one in (scan, first))
    cosine = min(place.right @ wanted.right, place.down @ wanted.down)
    if size != size_wanted or cosine < _PARALLEL or place.spacing != wanted.spacing:
        raise ImageReadError(
            f"{scan.path} has another size or direction than {first.path}: give a folder for each series"
        )
