"""The noise filter of the blend head: its median, what it tells noise by, how it is applied."""

import numpy as np
import pytest
import torch
from mmagic.registry import MODELS

from mmfusion_distill.models import FusionUNet
from mmfusion_distill.models.parts.noise_filter import NoiseFilter, median_of_medians
from mmfusion_distill.user_errors import UserError


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
    noise_filter, feature = NoiseFilter(4), torch.randn(1, 4, 2, 2)
    smooth = torch.linspace(0, 1, 64).view(1, 1, 1, 64).expand(1, 1, 32, 64)
    noisy = (smooth + 0.1 * torch.randn(1, 1, 32, 64)).clamp(0, 1)
    assert torch.equal(noise_filter(feature, noisy, smooth), torch.zeros(1, 2))
    optimizer = torch.optim.Adam(noise_filter.parameters(), lr=0.01)
    for _ in range(60):
        amounts = torch.cat([noise_filter(feature, noisy, smooth), noise_filter(feature, smooth, noisy)])
        optimizer.zero_grad()
        (amounts - torch.eye(2)).square().sum().backward()
        optimizer.step()
    assert (amounts - torch.eye(2)).abs().max() < 0.2


def test_what_the_text_names_is_learned_from_the_text_whatever_its_scale():
    torch.manual_seed(0)
    noise_filter, feature = NoiseFilter(4, text_channels=16), torch.randn(1, 4, 2, 2).expand(2, -1, -1, -1)
    image, texts = torch.rand(1, 1, 12, 12).expand(2, -1, -1, -1), torch.randn(2, 16)
    assert torch.equal(noise_filter(feature, image, image, texts), torch.zeros(2, 2))
    optimizer = torch.optim.Adam(noise_filter.parameters(), lr=0.01)
    for _ in range(60):
        amounts = noise_filter(feature, image, image, 0.1 * texts)
        optimizer.zero_grad()
        (amounts - torch.eye(2)).square().sum().backward()
        optimizer.step()
    amounts = noise_filter(feature, image, image, 10 * texts)
    assert (amounts - torch.eye(2)).abs().max() < 0.2


@pytest.mark.parametrize(("given", "said"), [(None, "none"), (512, "512")])
def test_a_head_that_reads_another_text_than_the_guidance_is_refused(given, said):
    with pytest.raises(UserError, match=f"text_channels=384, but the guidance gives {said}: both"):
        FusionUNet(
            widths=(4,),
            blocks=dict(type="GatedConvBlock"),
            num_blocks=(1,),
            neck=dict(type="ConvFusion"),
            guidance=given and dict(type="FeatureWiseAffine", text_channels=given),
            head=dict(type="LaplacianBlendHead", noise_filter=True, text_channels=384),
        )


@pytest.mark.parametrize("size", [(1, 1), (5, 64), (64, 5)])
def test_even_sources_and_any_size_give_finite_gradients(size):
    noise_filter = NoiseFilter(4)
    torch.nn.init.normal_(noise_filter.layers[-1].weight)
    image = torch.full((1, 1, *size), 0.5, requires_grad=True)
    noise_filter(torch.randn(1, 4, 1, 1), image, image).sum().backward()
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
    img_a, img_b = torch.rand(1, 1, 32, 32), torch.rand(1, 1, 32, 32)
    expected = plain(features, median_of_medians(img_a), median_of_medians(img_b), (32, 32))
    torch.testing.assert_close(head(features, img_a, img_b, (32, 32)), expected)
