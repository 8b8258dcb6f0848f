"""An infrared image that says nothing changes nothing, whatever its level."""

import numpy as np
import pytest

from mmfusion_distill.analysis.even_infrared import (
    LEVELS,
    WANTED,
    even_infrared_table,
    measure_even_infrared,
)
from mmfusion_distill.apis import FusionInferencer, list_models
from mmfusion_distill.data.generated_scenes import generate_pair


@pytest.mark.parametrize("name", list_models())
def test_a_shipped_network_keeps_the_colours_of_the_visible_picture(name):
    fuse = FusionInferencer(weights=name, device="cpu").fuse
    differences = measure_even_infrared(fuse, [generate_pair(5, 70, 94)[0]])
    assert list(differences) == list(LEVELS) and max(differences.values()) < WANTED


def test_what_the_level_shifts_is_measured_and_bold():
    def mean_of_both(img_a, img_b):
        return ((img_a.astype(int) + img_b.reshape(*img_b.shape, 1)) // 2).astype(np.uint8)

    white, black = (np.full((4, 5, 3), level, np.uint8) for level in (255, 0))
    # White beside half of it, as scikit-image has CIEDE2000 of them; black and its mean with black are one.
    shifted = measure_even_infrared(mean_of_both, [white, black], levels=(0, 255))
    assert shifted[255] == pytest.approx(shifted[0], abs=5) and shifted[0] > 10
    assert measure_even_infrared(mean_of_both, [white], levels=(255,)) == {255: 0}
    kept = measure_even_infrared(lambda img_a, img_b: img_a, [white, white[..., 0]], levels=(0, 255))
    assert kept == {0: 0, 255: 0}
    table = even_infrared_table(dict(copy=kept, mean=shifted)).splitlines()
    assert table[0] == "| network | 0 | 255 |"
    assert table[2] == "| copy | 0.00 | 0.00 |"
    assert table[3].count("**") == 4


def test_no_picture_is_an_error():
    with pytest.raises(ValueError, match="no visible image"):
        measure_even_infrared(lambda img_a, img_b: img_a, [])
