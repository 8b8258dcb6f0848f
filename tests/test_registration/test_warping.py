"""Images are brought to another view as the map says."""

import numpy as np
from warped_pairs import shift

from mmfusion_distill.registration.warping import matrix_of_sizes, warp_to_a


def test_what_the_other_camera_does_not_see_is_its_mean():
    ramp = np.arange(80, dtype=np.float32)[None, :, None].repeat(64, 0)
    warped = warp_to_a(ramp, shift(10, 0), (64, 80))
    assert warped.shape == (64, 80, 1)
    assert np.allclose(warped[:, :10], ramp.mean()) and np.allclose(warped[:, 10:], ramp[:, :70])


def test_resizing_keeps_the_corners_of_pictures():
    matrix = matrix_of_sizes((20, 40), (10, 10))
    # The left upper corner of the first pixel, and the right lower one of the last.
    assert np.allclose(matrix @ [-0.5, -0.5, 1], [-0.5, -0.5, 1])
    assert np.allclose(matrix @ [9.5, 9.5, 1], [39.5, 19.5, 1])
