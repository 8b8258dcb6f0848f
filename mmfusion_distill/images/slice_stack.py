"""Slices that lie on each other, in one file or in several, as a volume."""

from pathlib import Path
from typing import Protocol

import numpy as np

from .dicom_place import FramePlace
from .image_source import ImageReadError
from .scan_volume import ScanVolume

#: Share of the distance between slices by which they may differ in it.
_UNEVEN = 0.1


class SliceStack(Protocol):
    """Anything with slices, counted along the patient."""

    @property
    def path(self) -> Path:
        """File or folder."""

    @property
    def count(self) -> int:
        """Slices."""

    def place(self, index: int) -> FramePlace | None:
        """Where a slice lies."""

    def frame(self, index: int) -> tuple[np.ndarray, np.ndarray | None]:
        """Pixels of a slice, and where nothing was measured."""


def volume_of(stack: SliceStack) -> ScanVolume:
    """All slices as a volume.

    Raises:
        ImageReadError: If nothing says where they lie, or they are not evenly spaced.
    """
    places = [stack.place(index) for index in range(stack.count)]
    first = places[0]
    if (
        first is None
        or first.spacing is None
        or any(place is None or place.origin is None for place in places)
    ):
        raise ImageReadError(
            f"{stack.path} does not say where it lies in the patient, so that it cannot be resampled: leave "
            "--resample out"
        )
    origins = np.array([place.origin for place in places])
    steps = np.diff(origins, axis=0)
    step = steps.mean(axis=0) if len(steps) else np.cross(first.right, first.down) * (first.distance or 1)
    if len(steps) and np.abs(steps - step).max() > _UNEVEN * np.linalg.norm(step):
        raise ImageReadError(
            f"{stack.path} has slices at uneven distances, which are not resampled: do it before"
        )
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = first.right * first.spacing[1], first.down * first.spacing[0]
    affine[:3, 2], affine[:3, 3] = step, first.origin
    values = np.stack([stack.frame(index)[0] for index in range(stack.count)])
    return ScanVolume(str(stack.path), np.moveaxis(values, (2, 1, 0), (0, 1, 2)), affine)


def along(place: FramePlace, normal: np.ndarray) -> float:
    """How far a slice lies along that axis of the patient to which the normal of the stack is nearest."""
    axis = int(np.argmax(np.abs(normal)))
    direction = normal * np.sign(normal[axis])
    return float(place.origin @ direction)
