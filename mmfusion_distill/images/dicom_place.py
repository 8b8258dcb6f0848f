"""Where the frames of DICOM files lie in the patient, and frames that lie on each other as a volume."""

from typing import Any, NamedTuple

import numpy as np

from .image_source import ImageReadError
from .scan_volume import ScanVolume

#: Directions of PatientOrientation: to the left, the back and the head.
_LETTERS = dict(L=(1, 0, 0), R=(-1, 0, 0), P=(0, 1, 0), A=(0, -1, 0), H=(0, 0, 1), F=(0, 0, -1))


class FramePlace(NamedTuple):
    """Where a frame lies.

    Args:
        right (np.ndarray): (3,), direction from a column to the next, of length 1 (LPS).
        down (np.ndarray): (3,), from a row to the next.
        origin (np.ndarray | None): (3,), centre of the first pixel in mm; None if the file does not say.
        spacing (tuple[float, float] | None): Size of a pixel, down and across, in mm; None if it does not say.
        distance (float): To the next slice in mm; 0 if it does not say.
    """

    right: np.ndarray
    down: np.ndarray
    origin: np.ndarray | None
    spacing: tuple[float, float] | None
    distance: float


def place_of_frame(dataset: Any, index: int) -> FramePlace | None:
    """Where a frame of a data set lies; None if nothing says how it is turned.

    Args:
        dataset (pydicom.Dataset): The data set.
        index (int): Frame, from 0.
    """
    orientation = value_of(dataset, index, "PlaneOrientationSequence", "ImageOrientationPatient")
    detector = (dataset.get("DetectorInformationSequence") or [None])[0]
    if orientation is None and detector is not None:
        orientation = detector.get("ImageOrientationPatient")
    if orientation is None or len(orientation) != 6:
        directions = _directions_of_letters(dataset.get("PatientOrientation"))
        return None if directions is None else FramePlace(*directions, None, None, 0.0)
    right, down = np.array(orientation[:3], float), np.array(orientation[3:], float)
    lengths = np.linalg.norm(right), np.linalg.norm(down)
    if min(lengths) < 1e-6 or np.linalg.norm(np.cross(right, down)) < 1e-6:
        return None
    right, down = right / lengths[0], down / lengths[1]
    position = value_of(dataset, index, "PlanePositionSequence", "ImagePositionPatient")
    spacing = value_of(dataset, index, "PixelMeasuresSequence", "PixelSpacing")
    between = value_of(dataset, index, "PixelMeasuresSequence", "SpacingBetweenSlices")
    distance = between or value_of(dataset, index, "PixelMeasuresSequence", "SliceThickness") or 0
    if position is None and detector is not None:
        position = detector.get("ImagePositionPatient")
    origin = None if position is None or np.size(position) != 3 else np.array(position, float)
    if origin is not None and "PerFrameFunctionalGroupsSequence" not in dataset:
        # Frames of older kinds follow each other along the normal.
        offsets = dataset.get("GridFrameOffsetVector")
        step = float(offsets[index]) if offsets is not None else index * float(between or 0)
        origin = origin + step * np.cross(right, down)
    is_size = spacing is not None and np.size(spacing) == 2 and min(spacing) > 0
    sizes = (float(spacing[0]), float(spacing[1])) if is_size else None
    return FramePlace(right, down, origin, sizes, abs(float(distance)))


def value_of(dataset: Any, index: int, group: str, name: str) -> Any:
    """A value of a frame: of its functional groups where there are some, else of the data set."""
    frames = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    for groups in (*frames[index : index + 1], *shared[:1]):
        for item in groups.get(group) or []:
            value = item.get(name)
            if value is not None and value != "":
                return value
    value = dataset.get(name)
    return None if value == "" else value


def _directions_of_letters(letters: Any) -> tuple[np.ndarray, np.ndarray] | None:
    if letters is None or isinstance(letters, str) or len(letters) != 2:
        return None
    # e.g. ["L", "P"]; of oblique ones ("LA") the first letter says most
    found = [_LETTERS.get(str(one)[:1]) for one in letters]
    if None in found or np.dot(found[0], found[1]):
        return None
    return np.array(found[0], float), np.array(found[1], float)


#: Share of the distance between slices by which they may differ in it.
_UNEVEN = 0.1


def volume_of(stack: Any) -> ScanVolume:
    """All slices of a :class:`DicomScan` or a :class:`DicomSeries` as a volume.

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
