"""Images to planes and back."""

import numpy as np
import pytest

from mmfusion_distill.images.pixels import from_planes, to_planes


@pytest.mark.parametrize("channels", [1, 3])
def test_planes_are_the_image_by_255(channels):
    image = np.random.default_rng(0).uniform(0, 255, (5, 7, channels)).astype(np.float32)
    planes = to_planes(image)
    assert planes.shape == (channels, 5, 7) and planes.flags.c_contiguous
    assert np.array_equal(planes, image.transpose(2, 0, 1) / np.float32(255))
    assert to_planes(image.astype(np.uint8)).dtype == np.float32


@pytest.mark.parametrize("channels", [1, 3])
def test_planes_are_rounded_and_clipped_to_an_image(channels):
    planes = np.random.default_rng(0).uniform(-0.5, 1.5, (channels, 9, 11)).astype(np.float32)
    expected = np.rint(planes.clip(0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)
    assert np.array_equal(from_planes(planes), expected)
    whole = np.arange(256, dtype=np.float32).reshape(1, 16, 16) / np.float32(255)
    assert np.array_equal(from_planes(whole)[:, :, 0].ravel(), np.arange(256))
