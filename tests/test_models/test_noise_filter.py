"""The noise filter of the blend head: its median, what it tells noise by, how it is applied."""

import numpy as np
import pytest
import torch

from mmfusion_distill.models.ops.statistics import (
    median_of_medians,
    noise_statistics,
    pair_statistics,
)
from mmfusion_distill.models.parts.source_tuning import NoiseFilter
from mmfusion_distill.registry import MODELS


def test_the_median_is_that_of_three_in_a_column_and_then_in_a_row():
    x = torch.rand(2, 3, 5, 7)
    padded = np.pad(x.numpy(), ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
    columns = np.median([padded[:, :, start : start + 5] for start in range(3)], axis=0)
    expected = np.median([columns[..., start : start + 7] for start in range(3)], axis=0)
    torch.testing.assert_close(median_of_medians(x), torch.from_numpy(expected))


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (6, 5), (7, 4), (13, 2)])
def test_some_rows_of_the_median_are_those_rows(size):
    x = torch.rand(1, 1, *size)
    assert torch.equal(median_of_medians(x, 6), median_of_medians(x)[:, :, ::6])


def test_a_dead_pixel_goes_and_an_edge_stays():
    x = torch.zeros(1, 1, 8, 8)
    x[..., 4:] = 1
    clean = x.clone()
    x[0, 0, 3, 1] = 1
    assert torch.equal(median_of_medians(x), clean)


def test_each_source_goes_its_own_way_towards_its_median():
    images = torch.rand(1, 2, 6, 6)
    median = median_of_medians(images)
    filtered = NoiseFilter.apply_to(images, torch.tensor([[1.0, -0.5]]))
    torch.testing.assert_close(filtered[:, 0], median[:, 0])
    torch.testing.assert_close(filtered[:, 1], images[:, 1] + 0.5 * (images[:, 1] - median[:, 1]))


def test_it_starts_as_the_identity_and_learns_from_noise_alone():
    torch.manual_seed(0)
    noise_filter = NoiseFilter(0)
    smooth = torch.linspace(0, 1, 64).view(1, 1, 1, 64).expand(1, 1, 32, 64)
    noisy = (smooth + 0.1 * torch.randn(1, 1, 32, 64)).clamp(0, 1)
    both = pair_statistics(noisy, smooth, (32, 64)).noise, pair_statistics(smooth, noisy, (32, 64)).noise
    assert torch.equal(noise_filter(None, both[0]), torch.zeros(1, 2))
    optimizer = torch.optim.Adam(noise_filter.parameters(), lr=0.01)
    for _ in range(60):
        amounts = torch.cat([noise_filter(None, statistics) for statistics in both])
        optimizer.zero_grad()
        (amounts - torch.eye(2)).square().sum().backward()
        optimizer.step()
    assert (amounts - torch.eye(2)).abs().max() < 0.2


def test_what_the_prior_says_is_learned():
    torch.manual_seed(0)
    noise_filter, priors = NoiseFilter(8), torch.tanh(torch.randn(2, 8))
    statistics = torch.rand(1, 8).expand(2, -1)
    optimizer = torch.optim.Adam(noise_filter.parameters(), lr=0.01)
    for _ in range(60):
        amounts = noise_filter(priors, statistics)
        optimizer.zero_grad()
        (amounts - torch.eye(2)).square().sum().backward()
        optimizer.step()
    assert (amounts - torch.eye(2)).abs().max() < 0.2


@pytest.mark.parametrize("size", [(1, 1), (5, 64), (64, 5)])
def test_even_sources_and_any_size_give_finite_gradients(size):
    noise_filter = NoiseFilter(4)
    torch.nn.init.normal_(noise_filter.layers[-1].weight)
    image = torch.full((1, 1, *size), 0.5, requires_grad=True)
    noise_filter(torch.randn(1, 4), pair_statistics(image, image, size).noise).sum().backward()
    assert torch.isfinite(image.grad).all()


def test_the_head_filters_before_it_takes_apart():
    head = MODELS.build(
        dict(
            type="LaplacianBlendHead",
            channels=[4],
            strides=[2],
            num_bands=4,
            tone_curve=False,
            noise_filter=True,
        )
    )
    plain = MODELS.build(
        dict(type="LaplacianBlendHead", channels=[4], strides=[2], num_bands=4, tone_curve=False)
    )
    torch.nn.init.constant_(head.noise_filter.layers[-1].bias, 20.0)
    features = [torch.zeros(1, 4, 16, 16)]
    # Even over three pixels, so that its medians have its mean.
    img_a, img_b = (torch.rand(1, 1, 8, 8).repeat_interleave(4, 2).repeat_interleave(4, 3) for _ in range(2))
    img_a[..., 5, 5], img_b[..., 9, 9] = 1, 0
    whole = plain.whole(img_a, img_b, (32, 32))
    medians = torch.cat([median_of_medians(img_a), median_of_medians(img_b)], dim=1)
    expected = plain.coarse(features, plain.lifted(medians, whole), whole, 0)
    torch.testing.assert_close(head(features, img_a, img_b, (32, 32))[0], expected)


def textured_scene(seed, height=192, width=256):
    """Leaves over the lower half, a smooth sky above: (1, 1, H, W)."""
    rng = np.random.default_rng(seed)
    scene = np.tile(np.linspace(0.7, 0.5, height)[:, None], (1, width))
    scene[height // 2 :] = 0.4 + 0.2 * rng.standard_normal((height - height // 2, width))
    return torch.from_numpy(scene.clip(0, 1)).float()[None, None]


def test_texture_is_no_noise_and_noise_is():
    for seed in range(3):
        clean = textured_scene(seed)
        noise = 12 / 255 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(seed))
        quiet, _, _, _ = noise_statistics(clean)[0].tolist()
        noisy, _, _, _ = noise_statistics((clean + noise).clamp(0, 1))[0].tolist()
        # 0.7 is one gray level, 2 about six
        assert quiet < 0.7 and noisy > 1.5


def test_black_borders_do_not_hide_noise():
    noisy = (0.5 + 12 / 255 * torch.randn(1, 1, 192, 256)).clamp(0, 1)
    bordered = noisy.clone()
    bordered[..., :60, :] = 0
    torch.testing.assert_close(
        noise_statistics(bordered)[0, :2], noise_statistics(noisy)[0, :2], rtol=0.1, atol=0.1
    )


@pytest.mark.parametrize(("axis", "index"), [(2, 2), (3, 3)])
def test_stripes_are_told_from_noise(axis, index):
    shape = (1, 1, 192, 1) if axis == 3 else (1, 1, 1, 192)
    striped = 0.5 + 8 / 255 * torch.randn(shape).expand(1, 1, 192, 192)
    noisy = 0.5 + 8 / 255 * torch.randn(1, 1, 192, 192)
    assert noise_statistics(striped)[0, index] > noise_statistics(noisy)[0, index] + 0.8


def test_amounts_below_zero_are_cut_to_a_fiftieth():
    noise_filter = NoiseFilter(0)
    torch.nn.init.constant_(noise_filter.layers[-1].bias, -5.0)
    amounts = noise_filter(None, torch.zeros(1, noise_filter.layers[0].in_features))
    assert torch.allclose(amounts, torch.tensor(-0.1).tanh())
