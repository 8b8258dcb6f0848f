"""Brightness does not step where a thermal camera's gain does, and follows the scene at once."""

import numpy as np
import pytest

from mmfusion_distill.data.generated_scenes import generate_pair
from mmfusion_distill.evaluation import laplacian_pyramid_fusion
from mmfusion_distill.video.steady_brightness import SteadyBrightness, SteadyRange, glimpse

WEIGHTS = np.array([0.299, 0.587, 0.114])


def brightness(image):
    return float((image @ WEIGHTS).mean())


def clip_with_a_jump(frames=10, jump=6):
    """Frames of a pair that slides by a pixel each, with noise; from the middle on B has another level."""
    rng = np.random.default_rng(0)
    img_a, img_b = generate_pair(1, height=80, width=112)
    for index in range(frames):
        window = np.s_[8:72, index : index + 96]
        b = img_b[window].astype(float)
        if index >= jump:
            b += 30
        noisy = (image + rng.normal(0, 1.5, image.shape) for image in (img_a[window], b))
        yield tuple(np.clip(image, 0, 255).astype(np.uint8) for image in noisy)


def test_steps_of_a_shipped_network_are_at_most_those_of_the_pyramid_and_a_half():
    from mmfusion_distill.apis import FusionInferencer

    network, steady = FusionInferencer(weights="tiny"), SteadyBrightness(0.5)
    levels = []
    for index, (img_a, img_b) in enumerate(clip_with_a_jump()):
        fused = network.fuse(img_a, img_b)
        pyramid = laplacian_pyramid_fusion(img_a, img_b[:, :, 0])
        images = (fused, steady(fused, glimpse(img_a, img_b), index / 25), pyramid)
        levels.append([brightness(image) for image in images])
    raw, smooth, pyramid = np.abs(np.diff(levels, axis=0)).max(axis=0)
    assert raw > 2 * pyramid, "the clip shows nothing"
    assert smooth <= 1.5 * pyramid


def test_what_the_sources_show_is_not_delayed():
    img_a, img_b = generate_pair(2, height=96, width=128)
    steady = SteadyBrightness(0.5)
    results = []
    for index, factor in enumerate((1, 1, 0.9, 0.9)):
        a = (img_a * factor).astype(np.uint8)
        # A network that only copies A.
        results.append((brightness(steady(a, glimpse(a, img_b), index / 25)), brightness(a)))
    assert np.abs(np.diff(results)).max() < 0.5


def test_a_network_that_is_steadier_than_its_sources_stays_so():
    # The gain of B changes, then A becomes brighter; the network shows neither.
    img_a, img_b = generate_pair(2, height=96, width=128)
    steady, fused = SteadyBrightness(0.5), np.full((96, 128, 3), 90, np.uint8)
    for index, (light, gain) in enumerate(((0.8, 1), (0.8, 0.5), (1, 0.5), (1, 1))):
        seen = glimpse((img_a * light).astype(np.uint8), (img_b * gain).astype(np.uint8))
        assert (steady(fused, seen, index / 25) == fused).all()


def test_a_hot_object_that_appears_darkens_nothing_else():
    img_a, img_b = generate_pair(2, height=240, width=320)
    steady = SteadyBrightness(0.5)
    for index in range(8):
        seen_b = img_b.copy()
        if index >= 4:
            seen_b[60:140, 80:160] = 250
        # A network that adds nothing to the pyramid.
        fused = laplacian_pyramid_fusion(img_a, seen_b[:, :, 0])
        result = steady(fused, glimpse(img_a, seen_b), index / 25)
        assert np.abs(result.astype(int) - fused).mean() < 3


@pytest.mark.parametrize(("sources", "pictures"), [((100, 100), (30, 200)), ((30, 200), (130, 100))])
def test_another_scene_is_no_flicker(sources, pictures):
    # The sources explain neither step: only a cut lets the image through unchanged.
    steady = SteadyBrightness(0.5)
    for index, (source, picture) in enumerate(zip(sources, pictures, strict=True)):
        even = np.full((16, 16, 3), source, np.uint8)
        result = steady(np.full_like(even, picture), glimpse(even, even[:, :, :1]), index / 25)
        assert (result == picture).all()


def test_brightness_moves_by_less_than_a_gray_level():
    even = np.full((64, 64, 3), 100, np.uint8)
    seen = glimpse(even, even[:, :, :1])
    steady, levels = SteadyBrightness(0.5), []
    for index in range(60):
        levels.append(float(steady(even + np.uint8(10 * (index >= 5)), seen, index / 25).mean()))
    steps = np.diff(levels)
    assert levels[5] < 101 and levels[-1] > 108
    assert steps.min() >= 0 and steps.max() < 0.35


@pytest.mark.parametrize("fps", [5, 25, 100])
def test_smoothing_goes_by_time_and_not_by_frames(fps):
    even = np.full((16, 16), 100, np.uint8)
    seen, steady = glimpse(np.repeat(even[:, :, None], 3, axis=2), even[:, :, None]), SteadyBrightness(0.5)
    for index in range(fps):
        result = steady(even + np.uint8(20 * (index > 0)), seen, index / fps)
    # After a second, two stages of half a second have gone 59 % of the way.
    assert 108 < result.mean() < 116


def test_the_range_of_raw_frames_is_smoothed_by_time():
    for fps in (5, 50):
        steady = SteadyRange(0.5)
        for index in range(fps + 1):
            low, high = steady(0 if index == 0 else 100, 1000, index / fps)
        assert 70 < low < 95 and high == 1000
    # Another scene, far outside.
    assert steady(50_000, 60_000, 2) == (50_000, 60_000)
