"""How two mounted cameras see, found from some of their pairs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..images.pairing import ImagePair, pairs_of
from ..images.source_options import SourceOptions
from ..images.stored_image import check_equal_grids
from ..system.regular_file import check_writable
from ..user_errors import UserError
from .alignment import RegistrationError, find_homography
from .camera_calibration import CameraCalibration
from .pair_reader import PairReader
from .point_pairs import PointPairs

#: More pairs tell nothing new.
_MOST_PAIRS = 30


@dataclass(frozen=True)
class CalibrationReport:
    """The calibration, and how far it can be trusted.

    Args:
        calibration (CameraCalibration): As it was written.
        errors (tuple[str, ...]): Sentences about its error, measured by what it was not fitted to.
        notes (tuple[str, ...]): Sentences about the images, as `fuse` has them.
    """

    calibration: CameraCalibration
    errors: tuple[str, ...]
    notes: tuple[str, ...]


def calibrate(
    source_a: str | Path,
    source_b: str | Path,
    out: str | Path,
    options: SourceOptions | None = None,
    pattern: Sequence[str] | None = None,
    points: str | Path | None = None,
) -> CalibrationReport:
    """Find one homography from pairs of two mounted cameras, and write it.

    Args:
        source_a (str | Path): Image or folder of source A.
        source_b (str | Path): Image or folder of source B, of another size or not.
        out (str | Path): Target, JSON.
        options (SourceOptions, optional): Ranges, and polarity of B. Default: None.
        pattern (Sequence[str], optional): How names pair up that differ. Default: None.
        points (str | Path, optional): File of points that a person found, see :meth:`PointPairs.read`, which then
            tell the homography alone. Default: None, the edges of the images tell it.

    Returns:
        CalibrationReport: What was found.

    Raises:
        UserError: If images or points cannot be read, sizes change from pair to pair, scans show different places of
            the patient, or the cameras' relation cannot be found; nothing is written then.
        OSError: If the file cannot be written.
    """
    source_a, source_b, out = Path(source_a), Path(source_b), Path(out)
    if out.is_dir():
        raise UserError(f"{out} is a folder: name a file, e.g. {out / 'calibration.json'}")
    check_writable(out.parent)
    marked = None if points is None else PointPairs.read(points)
    listed = pairs_of(source_a, source_b, pattern).pairs
    # Spread over the recording.
    listed = listed[:: -(-len(listed) // _MOST_PAIRS)]
    reader = PairReader(replace(options or SourceOptions(), register="none", calibration=None))
    pairs = [_read(reader, pair) for pair in listed]
    sizes = {(img_a.shape[:2], img_b.shape[:2]) for img_a, img_b in pairs}
    if len(sizes) > 1:
        raise UserError(
            f"the pairs of {source_a} differ in size among each other: give those of one recording"
        )
    ((size_a, size_b),) = sizes
    if marked is None:
        matrix, errors = _by_edges(pairs, f"{source_a} and {source_b}")
    else:
        matrix, errors = _by_points(marked, size_a, size_b)
    report = CalibrationReport(
        CameraCalibration(matrix, size_a, size_b), tuple(errors), tuple(reader.notes())
    )
    report.calibration.write(out)
    return report


def _read(reader: PairReader, pair: ImagePair) -> tuple[np.ndarray, np.ndarray]:
    """Both sources, of scans the slice of B instead of that of A, as `fuse` shows them."""
    read_a = reader.read_a(pair.path_a)
    read_b = reader.read_b(pair.path_b, read_a.stored.grid)
    # Scans say where they lie; edges alone would contradict that in silence.
    check_equal_grids(read_a.stored, read_b.stored)
    reader.note_sources(read_a, read_b)
    return read_a.image.pixels, read_b.image.pixels


def _by_edges(pairs: Sequence[tuple[np.ndarray, np.ndarray]], names: str) -> tuple[np.ndarray, list[str]]:
    try:
        found = find_homography(pairs)
    except RegistrationError as error:
        raise UserError(
            f"{names}: the sources cannot be registered ({error.doubt}): take more pairs of these cameras, of scenes "
            "with other edges, or --points found by hand"
        ) from error
    return found.matrix, found.evidence.sentences(float(np.hypot(*pairs[0][0].shape[:2])))


def _by_points(
    points: PointPairs, size_a: tuple[int, int], size_b: tuple[int, int]
) -> tuple[np.ndarray, list[str]]:
    points.check_inside(size_a, size_b)
    matrix = points.homography()
    corner = points.corner_error(size_a, size_b)
    known = f"the farthest corner of B is known to {corner:.1f} px of A if every point is marked to a pixel"
    errors = points.held_out_errors()
    if not len(errors):
        return matrix, ["four points fit exactly: mark more to know the error", known]
    return matrix, [
        known,
        f"{len(errors)} points: each lies {np.median(errors):.1f} px of A (median) from where the others put it, the "
        f"worst, number {errors.argmax() + 1}, {errors.max():.1f} px",
    ]
