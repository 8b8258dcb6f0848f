"""Parameters and maps belong to each other, and displaced patches tell the parameters."""

import cv2
import numpy as np
import pytest

from mmfusion_distill.registration.patch_matching import Patches, match_patches
from mmfusion_distill.registration.warp_fitting import fit_warp
from mmfusion_distill.registration.warp_parameters import WarpParameters

SIZE = (120, 160)
NOTHING = np.zeros(8)


@pytest.mark.parametrize("index", range(8))
def test_each_parameter_moves_points_as_its_map_does(index):
    parameters = WarpParameters(SIZE)
    values = np.eye(8)[index] * 0.05
    points = np.float64([[3, 5], [150, 20], [80, 60], [20, 110]])
    moved = cv2.perspectiveTransform(points[None], parameters.matrix(values))[0] - points
    assert np.allclose(moved, parameters.moves(points) @ values, atol=1e-3)


def test_only_what_a_similarity_lacks_is_unlike_it():
    parameters = WarpParameters(SIZE)
    turn = np.deg2rad(8)
    similarity = 1.2 * np.array(
        [[np.cos(turn), -np.sin(turn), 5], [np.sin(turn), np.cos(turn), -9], [0, 0, 1 / 1.2]]
    )
    assert np.allclose(parameters.unlike_similarity(similarity), 0, atol=1e-9)
    tilted = similarity @ parameters.matrix(np.array([0, 0, 0, 0, 1.0, 0, 0, -0.5]))
    found = parameters.unlike_similarity(tilted)
    assert np.allclose(found, [0, 0, 0, 0, 1.0, 0, 0, -0.5], atol=0.05)


def peaked_patches(moves, reach=8, flat=0):
    """Patches on a grid whose scores have a peak where the parameters say; some without any."""
    centres = np.float64([[x, y] for x in range(15, 150, 20) for y in range(15, 110, 20)])
    moved = WarpParameters(SIZE).moves(centres) @ moves
    steps = np.arange(-reach, reach + 1)
    away = (steps[None, None, :] - moved[:, :1, None]) ** 2 + (steps[None, :, None] - moved[:, 1:, None]) ** 2
    scores = np.exp(-away / 8).astype(np.float32)
    scores[:flat] = 0.5
    return Patches(centres, scores, 20)


@pytest.mark.parametrize("flat", [0, 20])
def test_displaced_patches_tell_the_parameters(flat):
    true = np.array([2.0, -1, 1.5, -1, 0.5, 0.3, 0.5, -0.5])
    found = fit_warp(peaked_patches(true, flat=flat), SIZE, (3.0, 1.2), NOTHING)
    # The prior takes a little off what is no similarity.
    assert np.abs(found - true).max() < 0.25
    assert np.abs(found[:4] - true[:4]).max() < 0.1


def test_a_similarity_is_fitted_with_four_parameters():
    true = np.array([1.0, 2, -1, 0.5])
    found = fit_warp(peaked_patches(np.pad(true, (0, 4))), SIZE, (3.0, 1.2), NOTHING, count=4)
    assert found.shape == (4,) and np.abs(found - true).max() < 0.05


def test_patches_are_matched_where_both_show_something_and_halves_share_no_pixel():
    rng = np.random.default_rng(0)
    field = rng.normal(size=(60, 80, 2)).astype(np.float32)
    moved = np.roll(field, (2, -3), (0, 1))
    shown = np.ones((60, 80), np.float32)
    shown[:, :30] = 0
    patches = match_patches([field], [moved], [shown], 16, 5)
    assert patches.centres[:, 0].min() > 24
    best = patches.scores[len(patches.scores) // 2].argmax()
    assert divmod(best, 11) == (5 + 2, 5 - 3)
    for colour in (0, 1):
        ours = patches.centres[patches.colours == colour]
        others = patches.centres[patches.colours == 1 - colour]
        assert len(ours) > 2
        assert (np.abs(ours[:, None] - others[None]).max(axis=2) >= 15).all()
