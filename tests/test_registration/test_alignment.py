"""A known displacement of a pair is found, and nothing is said about pairs that lie well."""

import cv2
import numpy as np
import pytest

from mmfusion_distill.data.generated_scenes import generate_pair
from mmfusion_distill.registration.alignment import (
    RegistrationError,
    estimate_affine,
    estimate_homography,
    measure_shift,
    warp_to_a,
)

HEIGHT, WIDTH = 192, 256
PAIRS = [generate_pair(seed, HEIGHT, WIDTH) for seed in range(4)]


def displaced(thermal, matrix):
    """What a camera sees to whose view `matrix` leads."""
    mean = float(thermal.mean())
    warped = cv2.warpPerspective(
        thermal, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_CONSTANT, borderValue=mean
    )
    return warped[:, :, None]


def shift(right, down):
    return np.array([[1.0, 0, right], [0, 1, down], [0, 0, 1]])


def of_corners(*moves):
    corners = np.float32([[0, 0], [WIDTH, 0], [0, HEIGHT], [WIDTH, HEIGHT]])
    return cv2.getPerspectiveTransform(corners, corners + np.float32(moves))


def farthest(found, matrix):
    """Largest error of a map from B to A inside of the picture, pixels."""
    grid = [[x, y] for x in np.linspace(25, WIDTH - 25, 5) for y in np.linspace(20, HEIGHT - 20, 5)]
    grid = np.float64([grid])
    return np.abs(cv2.perspectiveTransform(grid, found @ matrix) - grid).max()


@pytest.mark.parametrize("seed, right, down", [(0, 9, -4), (1, -14.5, 3), (2, 0, 5.3), (3, 30, 20)])
def test_a_known_shift_is_measured_and_reported(seed, right, down):
    visible, thermal = PAIRS[seed]
    found = measure_shift(visible, displaced(thermal, shift(right, down)))
    assert abs(found.right - right) < 0.7 and abs(found.down - down) < 0.7
    assert found.is_clear


@pytest.mark.parametrize("seed", range(4))
def test_a_registered_pair_is_not_called_misaligned(seed):
    found = measure_shift(*PAIRS[seed])
    assert not found.is_clear and np.hypot(found.right, found.down) < 1


def test_scenes_that_have_nothing_in_common_are_not_called_misaligned():
    assert not measure_shift(PAIRS[0][0], PAIRS[1][1]).is_clear
    assert not measure_shift(np.zeros((32, 40, 3)), np.zeros((32, 40, 1))).is_clear


def test_a_shift_reads_as_a_sentence_wants_it():
    found = measure_shift(PAIRS[0][0], displaced(PAIRS[0][1], shift(-9, 4)))
    assert "px left" in str(found) and "px down" in str(found)


@pytest.mark.parametrize("estimate", [estimate_homography, estimate_affine])
def test_a_shift_is_undone_within_a_pixel(estimate):
    matrix = shift(8, -5)
    found = estimate([(visible, displaced(thermal, matrix)) for visible, thermal in PAIRS])
    assert farthest(found, matrix) < 1


def test_a_homography_is_undone_within_a_pixel():
    matrix = of_corners((4, -3), (-5, 2), (3, 5), (-2, -4))
    found = estimate_homography([(visible, displaced(thermal, matrix)) for visible, thermal in PAIRS])
    assert farthest(found, matrix) < 1


def test_pictures_of_different_sizes_are_registered_in_the_pixels_of_the_first():
    # Each pixel of the small camera covers two by two of the large one.
    small = [(visible, cv2.resize(thermal, None, fx=0.5, fy=0.5)) for visible, thermal in PAIRS]
    found = estimate_homography(small)
    centres = np.float64([[[20, 20], [100, 20], [60, 80]]])
    assert np.abs(cv2.perspectiveTransform(centres, found) - (2 * centres + 0.5)).max() < 1


def test_nothing_in_common_is_an_error():
    blank = np.full((HEIGHT, WIDTH, 1), 90, np.uint8)
    with pytest.raises(RegistrationError, match="too few edges in common.*--calibration"):
        estimate_homography([(PAIRS[0][0], blank)])


def test_what_the_other_camera_does_not_see_is_its_mean():
    ramp = np.arange(80, dtype=np.float32)[None, :, None].repeat(64, 0)
    warped = warp_to_a(ramp, shift(10, 0), (64, 80))
    assert warped.shape == (64, 80, 1)
    assert np.allclose(warped[:, :10], ramp.mean()) and np.allclose(warped[:, 10:], ramp[:, :70])
