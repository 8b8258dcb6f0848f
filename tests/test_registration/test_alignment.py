"""The relation of two cameras is found from pairs, or refused; never taken for found where it is not."""

import cv2
import numpy as np
import pytest
from warped_pairs import HEIGHT, PAIRS, WIDTH, displaced, farthest, of_corners, shift

from mmfusion_distill.registration.alignment import RegistrationError, find_affine, find_homography

#: Its buildings fill much of it: one small pair is enough.
PAIR = PAIRS[1]


@pytest.mark.parametrize("find", [find_homography, find_affine])
def test_a_shift_is_undone_within_a_pixel(find):
    matrix = shift(8, -5)
    found = find([(PAIR[0], displaced(PAIR[1], matrix))])
    assert farthest(found.matrix, matrix) < 1


def test_a_homography_is_undone_within_a_pixel():
    matrix = of_corners((4, -3), (-5, 2), (3, 5), (-2, -4))
    found = find_homography([(visible, displaced(thermal, matrix)) for visible, thermal in PAIRS[:3]])
    assert farthest(found.matrix, matrix) < 1.3
    diagonal = np.hypot(HEIGHT, WIDTH)
    assert found.evidence.doubt(diagonal) is None
    assert found.evidence.held_out_error * diagonal < 3


@pytest.mark.parametrize("scale, turn, right, down", [(0.65, 6, 12, -9), (1.3, -8, -20, 14)])
def test_a_camera_with_another_field_of_view_is_found(scale, turn, right, down):
    """`scale` of A's view: 0.65 is a tele lens, 1.3 a wide one with black where A's image ends."""
    turned = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turn, scale)
    to_a = np.vstack([turned, [0, 0, 1]]) + np.array([[0, 0, right], [0, 0, down], [0, 0, 0]])
    seen = cv2.warpPerspective(PAIR[1], np.linalg.inv(to_a), (WIDTH, HEIGHT))[:, :, None]
    found = find_homography([(PAIR[0], seen)]).matrix
    corners = np.float64([[[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]]])
    away = cv2.perspectiveTransform(corners, found) - cv2.perspectiveTransform(corners, to_a)
    assert np.hypot(*away[0].T).max() < 0.01 * np.hypot(HEIGHT, WIDTH)


def test_pictures_of_different_sizes_are_registered_in_the_pixels_of_the_first():
    # Each pixel of the small camera covers two by two of the large one.
    small = [(visible, cv2.resize(thermal, None, fx=0.5, fy=0.5)) for visible, thermal in PAIRS[:2]]
    found = find_homography(small).matrix
    centres = np.float64([[[20, 20], [100, 20], [60, 80]]])
    assert np.abs(cv2.perspectiveTransform(centres, found) - (2 * centres + 0.5)).max() < 1


def test_nothing_in_common_is_an_error():
    blank = np.full((HEIGHT, WIDTH, 1), 90, np.uint8)
    with pytest.raises(RegistrationError, match="too few edges in common.*--calibration.*--points"):
        find_homography([(PAIRS[0][0], blank)])


def test_two_scenes_are_never_registered_to_each_other():
    with pytest.raises(RegistrationError, match="cannot be registered"):
        find_homography([(PAIRS[0][0], PAIRS[2][1])])
