"""Losses of images that are random to the last pixel, against their formulas written again with NumPy and OpenCV."""

import cv2
import numpy as np
import pytest
import torch

from mmfusion_distill.models.losses.published_terms import ssim_per_sample
from mmfusion_distill.registry import MODELS

CHANNELS = [(3, 3), (3, 1), (1, 1), (1, 3)]


def value(name, *images, **options):
    return MODELS.build(dict(type=name, reduction="none", **options))(*images)


def images_of(channels, size=(20, 28)):
    """Fused image and sources, two of each; channels of the fused one and of A."""
    fused, of_a = channels
    return tuple(torch.rand(2, count, *size) for count in (fused, of_a, 1))


def gray_of(image):
    """(N, C, H, W) to luminance, (N, H, W)."""
    picture = image.double().numpy()
    return (
        picture[:, 0] if picture.shape[1] == 1 else np.tensordot(picture, [0.299, 0.587, 0.114], ([1], [0]))
    )


def gradients_of(gray):
    """dx and dy of (H, W) images."""
    axes = ((1, 0), (0, 1))
    return [
        np.stack([cv2.Sobel(x, cv2.CV_64F, *axis, borderType=cv2.BORDER_REPLICATE) for x in gray])
        for axis in axes
    ]


def assert_equal(actual, expected):
    assert actual.tolist() == pytest.approx(
        expected.mean(axis=tuple(range(1, expected.ndim))).tolist(), rel=1e-4
    )


@pytest.mark.parametrize("channels", CHANNELS)
def test_consistency_is_half_the_distances_of_luminance_to_both(channels):
    images = images_of(channels)
    fused, a, b = map(gray_of, images)
    assert_equal(value("IntensityConsistencyLoss", *images), (abs(a - fused) + abs(b - fused)) / 2)


@pytest.mark.parametrize("channels", CHANNELS)
def test_colour_is_the_distance_of_both_chrominances(channels):
    images = images_of(channels)

    def chroma(image):
        rgb, gray = image.double().expand(-1, 3, -1, -1).numpy(), gray_of(image)
        return (rgb[:, 2] - gray) / 1.772, (rgb[:, 0] - gray) / 1.402

    (cb_f, cr_f), (cb_a, cr_a) = chroma(images[0]), chroma(images[1])
    assert_equal(value("ColorConsistencyLoss", *images) + 1, abs(cb_a - cb_f) + abs(cr_a - cr_f) + 1)


@pytest.mark.parametrize("channels", CHANNELS)
def test_edges_are_as_long_as_the_longer_one_along_each_axis(channels):
    images = images_of(channels)
    fused, a, b = (gradients_of(gray_of(image)) for image in images)
    distances = [abs(abs(f) - np.maximum(abs(of_a), abs(of_b))) for f, of_a, of_b in zip(fused, a, b)]
    assert_equal(value("JointGradientLoss", *images), distances[0] + distances[1])


@pytest.mark.parametrize("channels", CHANNELS)
def test_similarity_is_that_of_colours_to_a_and_of_luminance_to_b(channels):
    fused, img_a, img_b = images_of(channels)
    most = max(channels)
    to_a = ssim_per_sample(img_a.expand(-1, most, -1, -1), fused.expand(-1, most, -1, -1))
    to_b = ssim_per_sample(img_b, torch.from_numpy(gray_of(fused)).float()[:, None])
    torch.testing.assert_close(value("FusionSSIMLoss", fused, img_a, img_b), 2 - to_a - to_b)
