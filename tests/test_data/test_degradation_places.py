"""What is done to an image is where, and along what, the text of it says."""

import cv2
import numpy as np
import pytest

from mmfusion_distill.data.degradations.degradation_kinds import INFRARED_VISIBLE_KINDS, MEDICAL_KINDS

#: The half of an image that a place names, as rows and columns.
HALVES = {
    "on the left": np.s_[:, :32],
    "on the right": np.s_[:, 32:],
    "at the top": np.s_[:32, :],
    "at the bottom": np.s_[32:, :],
}
OPPOSITE = {
    "on the left": "on the right",
    "on the right": "on the left",
    "at the top": "at the bottom",
    "at the bottom": "at the top",
}
STRIPED = [("stripes", INFRARED_VISIBLE_KINDS), ("artifact_reduction", MEDICAL_KINDS)]


def degrade(kinds, name, place, image, strength=0.8):
    return np.asarray(kinds[name].degrade(image, np.random.default_rng(0), strength, place), np.float32)


@pytest.fixture
def gray():
    return np.full((64, 64, 3), 120, np.float32)


@pytest.mark.parametrize("place", HALVES)
@pytest.mark.parametrize("name", ["low_light", "over_exposure"])
def test_a_side_is_degraded_and_the_other_one_stays(gray, name, place):
    change = np.abs(degrade(INFRARED_VISIBLE_KINDS, name, place, gray) - gray)
    assert change[HALVES[place]].mean() > 5 * change[HALVES[OPPOSITE[place]]].mean() > 0 or (
        change[HALVES[OPPOSITE[place]]].mean() == 0
    )
    everywhere = np.abs(degrade(INFRARED_VISIBLE_KINDS, name, "all over", gray) - gray)
    assert everywhere[HALVES[place]].mean() < 1.2 * everywhere[HALVES[OPPOSITE[place]]].mean()


def test_haze_in_the_distance_is_at_the_top(gray):
    change = np.abs(degrade(INFRARED_VISIBLE_KINDS, "haze", "in the distance", gray) - gray)
    assert change[:16].mean() > 2 * change[-16:].mean()
    even = np.abs(degrade(INFRARED_VISIBLE_KINDS, "haze", "all over", gray) - gray)
    assert even[:16].mean() < 1.5 * even[-16:].mean()


@pytest.mark.parametrize("name, kinds", STRIPED)
def test_stripes_run_along_what_is_said(gray, name, kinds):
    along_rows = degrade(kinds, name, "along rows", gray[..., :1])[..., 0]
    assert along_rows.std(axis=1).max() < 0.01 < 1 < along_rows.mean(axis=1).std()
    along_columns = degrade(kinds, name, "along columns", gray[..., :1])[..., 0]
    assert along_columns.std(axis=0).max() < 0.01 < 1 < along_columns.mean(axis=0).std()


def test_motion_blurs_along_its_direction(gray):
    upright = gray.copy()
    # An upright edge is blurred by motion to the side, one that lies is not.
    upright[:, 32:] = 220
    lying = upright.transpose(1, 0, 2).copy()

    def steepest(place, image):
        blurred = degrade(INFRARED_VISIBLE_KINDS, "motion_blur", place, image)
        return max(np.abs(np.diff(blurred, axis=axis)).max() for axis in (0, 1))

    for place, blurred, kept in (("sideways", upright, lying), ("up and down", lying, upright)):
        assert steepest(place, blurred) < 0.5 * steepest(place, kept)
    diagonally = [steepest("diagonally", image) for image in (upright, lying)]
    assert max(diagonally) < 40


def test_dead_pixels_are_scattered_or_in_whole_lines(gray):
    def whole_lines(place):
        dead = (degrade(INFRARED_VISIBLE_KINDS, "dead_pixels", place, gray[..., :1]) != gray[..., :1])[..., 0]
        return dead.any(), dead.all(axis=0).any() or dead.all(axis=1).any()

    assert whole_lines("scattered") == (True, False)
    assert whole_lines("in whole lines") == (True, True)


@pytest.mark.parametrize(
    "name, kinds",
    [(name, kinds) for kinds in (INFRARED_VISIBLE_KINDS, MEDICAL_KINDS) for name in kinds],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_the_stronger_the_more(name, kinds):
    rng = np.random.default_rng(1)
    shape = (64, 64, 3 if kinds[name].source == 0 else 1)
    picture = 120 + 400 * cv2.GaussianBlur(rng.uniform(-1, 1, shape), (0, 0), 3).reshape(shape).astype(
        np.float32
    )
    picture = np.clip(picture, 0, 255)
    place = kinds[name].places[0]
    changes = [
        np.abs(degrade(kinds, name, place, picture, strength) - picture).mean()
        for strength in (0, 0.3, 0.6, 1)
    ]
    assert changes == sorted(changes) and changes[-1] > 1.3 * changes[0]
