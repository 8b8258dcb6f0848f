"""Where frames of DICOM lie: steps of older files, distances, directions in letters, sizes of pixels."""

import numpy as np
import pytest

from mmfusion_distill.images.dicom_place import place_of_frame
from mmfusion_distill.images.slice_grid import SliceGrid

pydicom = pytest.importorskip("pydicom")

AXIAL = dict(
    ImageOrientationPatient=[1, 0, 0, 0, 1, 0], ImagePositionPatient=[-10, 20, 30], PixelSpacing=[1, 1]
)


def dataset(**attributes):
    data = pydicom.Dataset()
    for name, value in attributes.items():
        setattr(data, name, value)
    return data


@pytest.mark.parametrize("steps", [dict(SpacingBetweenSlices=2), dict(GridFrameOffsetVector=[0, 2, 4])])
def test_frames_of_older_files_follow_each_other_along_the_normal(steps):
    # Columns to the left, rows to the back: the next frame lies nearer to the head.
    origins = [place_of_frame(dataset(**AXIAL, **steps), index).origin.tolist() for index in range(3)]
    assert origins == [[-10, 20, 30], [-10, 20, 32], [-10, 20, 34]]


@pytest.mark.parametrize(
    ("attributes", "distance"),
    [(dict(SliceThickness=5), 5), (dict(SliceThickness=5, SpacingBetweenSlices=2), 2), ({}, 0)],
)
def test_slices_that_overlap_lie_nearer_to_each_other_than_they_are_thick(attributes, distance):
    assert place_of_frame(dataset(**AXIAL, **attributes), 0).distance == distance


def test_of_oblique_directions_in_letters_the_first_one_counts():
    place = place_of_frame(dataset(PatientOrientation=["LA", "PH"]), 0)
    assert (place.right.tolist(), place.down.tolist()) == ([1, 0, 0], [0, 1, 0])


def test_pixels_that_differ_little_in_size_drift_apart_over_the_slice():
    grids = [
        SliceGrid(np.zeros(3), np.array([s, 0, 0]), np.array([0, s, 0]), (128, 128)) for s in (1.0, 1.01)
    ]
    assert grids[0].difference(grids[1]) == "pixels of A are 1x1 mm, of B 1.01x1.01 mm"
    # Rounding of a header moves no pixel.
    assert not grids[0].difference(
        SliceGrid(np.zeros(3), np.array([1.0001, 0, 0]), grids[0].down, (128, 128))
    )
