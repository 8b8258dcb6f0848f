"""Differentiable measures of images that are not square, dark or even, and the margin that they are wanted by."""

import cv2
import numpy as np
import pytest
import torch

from mmfusion_distill.evaluation import compute_metrics
from mmfusion_distill.models.losses import MEASURES, fusion_measures
from mmfusion_distill.models.losses.pyramid_losses import GAINS
from mmfusion_distill.models.ops.laplacian_bands import laplacian_fusion
from mmfusion_distill.registry import MODELS


def pictures(height, width, contrast=50, level=115):
    """Two smooth sources and their mean, of whole gray levels, each (1, 1, H, W) in [0, 1]."""
    noise = np.random.default_rng(1).normal(size=(height, width, 2)).astype(np.float32)
    layers = sum(sigma * cv2.GaussianBlur(noise, (0, 0), sigma) for sigma in (1, 3, 9))
    img_a, img_b = np.clip(level + contrast * layers, 0, 255).round().transpose(2, 0, 1)
    return [torch.from_numpy(x)[None, None] / 255 for x in (img_a, img_b, ((img_a + img_b) / 2).round())]


def scores_of(names, *images):
    levels = [(255 * image).round().byte().squeeze().numpy() for image in images]
    return {name: pytest.approx(score, rel=2e-4) for name, score in compute_metrics(*levels, names).items()}


@pytest.mark.parametrize("height, width", [(41, 60), (60, 41)])
def test_rectangles_have_the_measures_of_the_evaluation(height, width):
    img_a, img_b, fused = pictures(height, width)
    measures = fusion_measures(fused, img_a, img_b)
    names = ["VIF", "SSIM", "SCD"]
    assert {name: float(measures[name]) for name in names} == scores_of(names, img_a, img_b, fused)


def test_the_dark_is_similar_and_correlated_as_in_the_evaluation():
    img_a, img_b, fused = pictures(44, 52, contrast=3, level=4)
    measures = fusion_measures(fused, img_a, img_b)
    assert {name: float(measures[name]) for name in ("SSIM", "SCD")} == scores_of(
        ["SSIM", "SCD"], img_a, img_b, fused
    )


def test_where_nothing_varies_nothing_is_lost_and_of_nothing_nothing_is_kept():
    even, textured = torch.full((1, 1, 41, 41), 0.5), torch.rand(1, 1, 41, 41)
    measures = fusion_measures(even, even, even)
    assert [float(measures[name]) for name in ("VIF", "SSIM")] == pytest.approx([2, 2])
    measures = fusion_measures(even, textured, textured)
    assert [float(measures[name]) for name in ("VIF", "Qabf")] == pytest.approx([0, 0], abs=0.01)


def test_the_margin_is_what_each_measure_lacks_against_the_pyramid_of_the_same_sources():
    img_a, img_b, fused = pictures(44, 52)
    pyramid = laplacian_fusion(img_a, img_b).clamp(0, 1)
    goals, measures = (fusion_measures(image, img_a, img_b) for image in (pyramid, fused))
    # In gains; large ones by their logarithm.
    missing = [float(goals[name] - measures[name]) / GAINS[name] + 1 for name in MEASURES]
    each = 4 * np.log1p(np.logaddexp(0, 2 * np.array(missing)) / 2 / 4)
    loss = MODELS.build(dict(type="PyramidMarginLoss"))
    assert float(loss(fused, img_a, img_b)) == pytest.approx(each.mean(), rel=1e-4)
