"""What one source of a pair becomes does not depend on the other one, and A keeps the values that it has."""

import cv2
import numpy as np
import pytest

from mmfusion_distill.images.image_io import read_image_pair
from mmfusion_distill.registration.pair_reader import PairReader

SIZE = (24, 20)
RAMP = np.linspace(0, 1, SIZE[0] * SIZE[1]).reshape(SIZE)
#: Sources A that differ in brightness, range and colour.
OTHERS_OF_B = {
    "black": np.zeros((*SIZE, 3), np.uint8),
    "white": np.full((*SIZE, 3), 255, np.uint8),
    "gray ramp": (255 * RAMP).astype(np.uint8),
    "16 bits, a part of them": (1000 + 2000 * RAMP).astype(np.uint16),
    "16 bits, all of them": (65535 * RAMP).astype(np.uint16),
}
#: Sources B: raw counts, counts with one hot pixel, and an image.
OTHERS_OF_A = {
    "counts": (29_000 + 2_000 * RAMP).astype(np.uint16),
    "few counts": (100 + 3 * RAMP).astype(np.uint16),
    "picture": (255 * RAMP[::-1]).astype(np.uint8),
}


def from_reader(img_a, img_b):
    return PairReader().read(img_a, img_b)[:2]


DOORS = {"as fuse reads": from_reader, "as training reads": read_image_pair}


@pytest.fixture(params=DOORS)
def read(request, tmp_path):
    """Read two arrays from files."""

    def through_files(img_a, img_b):
        for name, image in (("a.png", img_a), ("b.png", img_b)):
            cv2.imwrite(str(tmp_path / name), image)
        return [
            np.asarray(image, float) for image in DOORS[request.param](tmp_path / "a.png", tmp_path / "b.png")
        ]

    return through_files


@pytest.mark.parametrize("other", OTHERS_OF_A)
def test_16_bits_of_source_a_are_not_stretched(read, other):
    img_a = OTHERS_OF_B["16 bits, a part of them"]
    read_a, _ = read(img_a, OTHERS_OF_A[other])
    np.testing.assert_allclose(read_a[..., 0], img_a / 257, atol=0.01)


def test_source_b_is_the_same_beside_every_source_a(read):
    for img_b in OTHERS_OF_A.values():
        expected = read(OTHERS_OF_B["gray ramp"], img_b)[1]
        for name, img_a in OTHERS_OF_B.items():
            np.testing.assert_array_equal(read(img_a, img_b)[1], expected, err_msg=name)


def test_counts_of_source_b_fill_the_range_whatever_source_a_has(read):
    for name, img_a in OTHERS_OF_B.items():
        _, read_b = read(img_a, OTHERS_OF_A["counts"])
        assert read_b.min() == 0 and read_b.max() == 255, name
        assert abs(read_b.mean() - 127.5) < 1, name
