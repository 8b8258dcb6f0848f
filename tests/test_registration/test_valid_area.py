"""An empty border is told from a dark scene."""

import cv2
import numpy as np
import pytest

from mmfusion_distill.registration.valid_area import valid_area

SCENE = np.random.default_rng(0).uniform(40, 200, (60, 80)).astype(np.float32)


@pytest.mark.parametrize("level", [0, 127, 255])
def test_a_rim_that_a_warp_left_is_empty(level):
    turned = cv2.getRotationMatrix2D((40, 30), 15, 0.7)
    warped = cv2.warpAffine(SCENE, turned, (80, 60), borderValue=level)
    true = cv2.warpAffine(np.ones_like(SCENE), turned, (80, 60))
    assert (valid_area(warped) != (true > 0.5)).mean() < 0.04


def test_a_clipped_sky_above_roofs_is_shown():
    sky = SCENE.copy()
    sky[:20, :30] = 0
    sky[:30, 30:50] = 0
    sky[:15, 50:] = 0
    assert valid_area(sky).all()


def test_a_scene_without_a_border_is_shown_everywhere():
    assert valid_area(SCENE).all()
    assert valid_area(np.full((8, 8), 5, np.float32)).all()
