"""The pyramid as a baseline: equal to the torch form, colour of A, borders, types."""

import cv2
import numpy as np
import pytest
import torch

from mmfusion_distill.evaluation import ciede2000, laplacian_pyramid_fusion
from mmfusion_distill.models.ops.color import recolor, rgb_to_gray
from mmfusion_distill.models.ops.laplacian_bands import laplacian_fusion


def scene(height, width, channels=3, seed=0):
    """Smooth shapes, texture, edges: (H, W, channels) and (H, W) uint8."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(height, width, channels + 1)).astype(np.float32)
    layers = sum(
        sigma * cv2.GaussianBlur(noise, (0, 0), sigma, borderType=cv2.BORDER_REFLECT) for sigma in (1, 4, 16)
    )
    levels = np.clip(110 + 45 * layers.reshape(height, width, -1), 0, 255).astype(np.uint8)
    levels[height // 3 : height // 2, width // 4 : width // 3, channels] = 255
    levels[: height // 5, :, :channels] //= 4
    img_a = levels[:, :, 0] if channels == 1 else levels[:, :, :channels]
    return img_a.copy(), levels[:, :, channels].copy()


def by_torch(img_a, img_b):
    a = torch.from_numpy(img_a.reshape(*img_b.shape, -1)).permute(2, 0, 1)[None].float() / 255
    b = torch.from_numpy(img_b)[None, None].float() / 255
    gray = rgb_to_gray(a)
    fused = laplacian_fusion(gray, b)
    fused = recolor(a, gray, fused) if a.shape[1] == 3 else fused
    fused = (fused.clamp(0, 1) * 255).round().byte()[0].permute(1, 2, 0).numpy()
    return fused.reshape(img_a.shape)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("height, width", [(256, 320), (479, 641), (37, 613), (5, 3), (1, 1), (2, 90)])
def test_it_is_the_torch_form_borders_included(height, width, channels):
    img_a, img_b = scene(height, width, channels)
    fused = laplacian_pyramid_fusion(img_a, img_b)
    assert fused.shape == img_a.shape
    assert fused.dtype == np.uint8
    assert np.abs(fused.astype(int) - by_torch(img_a, img_b)).max() <= 1


def test_equal_sources_and_an_even_b_give_a():
    img_a, img_b = scene(70, 90)
    gray = cv2.cvtColor(img_a, cv2.COLOR_RGB2GRAY)
    # what is hot in B is added to the base even where A shows it too: only an even B is without
    for level in (0, 100, 255):
        fused = laplacian_pyramid_fusion(img_a, np.full_like(img_b, level))
        assert np.abs(fused.astype(int) - img_a).max() <= 1
    assert laplacian_pyramid_fusion(gray, gray).mean() >= gray.mean()


def test_hot_things_show_and_colour_stays():
    img_a = np.empty((96, 96, 3), np.uint8)
    img_a[:] = (90, 60, 40)
    img_b = np.full((96, 96), 30, np.uint8)
    img_b[40:56, 40:56] = 130
    fused = laplacian_pyramid_fusion(img_a, img_b)
    gray = cv2.cvtColor(fused, cv2.COLOR_RGB2GRAY).astype(int)
    assert gray[44:52, 44:52].mean() > gray[:20].mean() + 60
    # red stays above green above blue, in A's proportions
    red, green, blue = fused[48, 48].astype(float)
    assert (red - green) / (green - blue) == pytest.approx(1.5, abs=0.2)
    assert ciede2000(img_a[:8], fused[:8]) < 2


def test_integers_and_floats_of_any_range_agree():
    img_a, img_b = scene(40, 50)
    expected = laplacian_pyramid_fusion(img_a, img_b)
    wide = laplacian_pyramid_fusion(img_a.astype(np.uint16) * 257, img_b.astype(np.uint16) * 257)
    assert wide.dtype == np.uint16
    assert np.abs(wide / 257 - expected).max() < 0.51
    levels = laplacian_pyramid_fusion(img_a.astype(np.float64), img_b.astype(np.float64))
    unit = laplacian_pyramid_fusion(img_a / 255, img_b / 255, data_range=1.0)
    assert np.abs(levels - expected).max() < 0.51
    assert unit * 255 == pytest.approx(levels, abs=0.01)


def test_sources_of_different_size_are_an_error():
    with pytest.raises(ValueError, match="source A is 4x5 but source B 4x6; resize"):
        laplacian_pyramid_fusion(np.zeros((4, 5), np.uint8), np.zeros((4, 6), np.uint8))
