"""Parts of the network, each alone: block, stem, encoder, heads, tone curve, colour."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from mmfusion_distill.models.ops.color import recolor, rgb_to_gray
from mmfusion_distill.models.ops.laplacian_bands import (
    gaussian_pyramid,
    laplacian_band,
    laplacian_fusion,
    share_of_a,
)
from mmfusion_distill.models.ops.runtime_forms import binomial_blur, conv_at_scales, expand_by_two
from mmfusion_distill.models.ops.statistics import pair_statistics
from mmfusion_distill.models.parts.source_tuning import ToneCurve
from mmfusion_distill.registry import MODELS


def build(name, **kwargs):
    return MODELS.build(dict(type=name, **kwargs))


def features_of(channels, strides, height, width, batch=1):
    return [torch.randn(batch, c, height // s, width // s) for c, s in zip(channels, strides)]


# Gated convolution block


@pytest.mark.parametrize("pooled", [False, True])
def test_a_gated_block_starts_near_the_identity_at_any_size(pooled):
    block = build("GatedConvBlock", channels=4, pooled_attention=pooled)
    for size in ((1, 1), (3, 9)):
        x = torch.rand(2, 4, *size)
        y = block(x)
        assert y.shape == x.shape
        assert 0 < (y - x).abs().max() < 0.1


def test_a_gated_block_is_its_equation():
    block = build("GatedConvBlock", channels=2, kernel_size=3, expansion=2, pooled_attention=True)
    torch.nn.init.normal_(block.attention.weight)
    x = torch.randn(1, 2, 5, 6)
    gate, value = block.project_in(block.depthwise(x)).split(4, dim=1)
    hidden = F.relu(gate) * value
    weight = 2 * torch.sigmoid(block.attention(hidden.mean(dim=(2, 3))))
    expected = x + block.project_out(hidden * weight[:, :, None, None])
    torch.testing.assert_close(block(x), expected)


@pytest.mark.parametrize("kernel_size", [3, 5])
def test_reach_is_how_far_a_block_looks_and_none_where_it_pools(kernel_size):
    x = torch.randn(1, 4, 15, 15)
    changed = x.clone()
    changed[..., 7, 7] += 1
    block = build("GatedConvBlock", channels=4, kernel_size=kernel_size)
    rows = (block(x) != block(changed)).any(dim=1)[0].any(dim=1).nonzero()
    assert rows.min() == 7 - block.reach and rows.max() == 7 + block.reach
    assert build("GatedConvBlock", channels=4, pooled_attention=True).reach is None


def test_a_gated_block_without_a_centre_is_an_error():
    with pytest.raises(ValueError, match="kernel_size=4 must be odd"):
        build("GatedConvBlock", channels=4, kernel_size=4)


# Stem and encoder


def test_the_stem_shows_every_pixel_to_its_convolution():
    stem = build("PixelUnshuffleStem", in_channels=1, channels=4, factor=2)
    assert stem.stride == 2
    with torch.no_grad():
        stem.conv.weight.zero_()
        # output channel i copies pixel i of every 2x2 square
        stem.conv.weight[range(4), range(4), 1, 1] = 1
    x = torch.arange(24.0).view(1, 1, 4, 6)
    y = stem(x)
    assert torch.equal(y[0, 0], x[0, 0, ::2, ::2])
    assert torch.equal(y[0, 3], x[0, 0, 1::2, 1::2])


def test_the_published_stem_is_a_convolution():
    stem = build("PixelUnshuffleStem", in_channels=3, channels=4)
    assert stem.stride == 1 and stem.conv.bias is None
    assert stem(torch.rand(1, 3, 5, 7)).shape == (1, 4, 5, 7)
    with pytest.raises(ValueError, match="factor=0 must be at least 1"):
        build("PixelUnshuffleStem", in_channels=3, channels=4, factor=0)


@pytest.mark.parametrize("resample", ["shuffle", "strided"])
def test_an_encoder_halves_level_by_level(resample):
    encoder = build(
        "HierarchicalEncoder",
        in_channels=1,
        widths=(4, 8, 12),
        blocks=[dict(type="GatedConvBlock")] * 3,
        num_blocks=(0, 1, 2),
        stem=dict(type="PixelUnshuffleStem", factor=2),
        resample=resample,
    )
    features = encoder(torch.rand(2, 1, 16, 24))
    assert [tuple(feature.shape) for feature in features] == [(2, 4, 8, 12), (2, 8, 4, 6), (2, 12, 2, 3)]
    # the way down may be interrupted
    rest = encoder.descend(features[0], 1)
    assert all(torch.equal(one, other) for one, other in zip(rest, features[1:]))


# Laplacian bands


@pytest.mark.parametrize("height, width", [(16, 24), (5, 9), (1, 7), (2, 1)])
def test_bands_add_up_to_the_image(height, width):
    x = torch.rand(1, 1, height, width)
    coarse = binomial_blur(x, stride=2)
    assert coarse.shape[-2:] == (-(-height // 2), -(-width // 2))
    back = laplacian_band(x, coarse) + expand_by_two(coarse)[..., :height, :width]
    torch.testing.assert_close(back, x)
    even = torch.full_like(x, 0.3)
    assert float(laplacian_band(even, binomial_blur(even, stride=2)).abs().max()) < 1e-6


def test_an_even_b_leaves_a_and_its_level_does_not_matter():
    img_a = torch.rand(1, 1, 40, 70)
    for level in (0.0, 0.5, 1.0):
        fused = laplacian_fusion(img_a, torch.full_like(img_a, level))
        assert float((fused - img_a).abs().mean()) < 1 / 255


# Laplacian blend head


@pytest.mark.parametrize("strides", [(1, 2), (2, 4, 8, 16)])
def test_an_untrained_blend_head_is_the_pyramid(strides):
    channels = [4] * len(strides)
    head = build("LaplacianBlendHead", channels=channels, strides=strides)
    assert head.multiple == 64
    img_a, img_b = torch.rand(2, 1, 64, 128), torch.rand(2, 1, 64, 128)
    fused, toned_a = head(features_of(channels, strides, 64, 128, 2), img_a, img_b, (64, 128))
    torch.testing.assert_close(toned_a, img_a)
    torch.testing.assert_close(fused, laplacian_fusion(img_a, img_b), rtol=0, atol=1e-5)


def test_a_band_is_shared_alike_in_training_and_inference():
    # From nothing at all over rounding to more than an image holds, and maps that leave no doubt.
    bands = torch.tensor([0.0, 1e-4, 0.03, 2.0])[:, None, None, None] * torch.rand(4, 2, 8, 8)
    favour = torch.tensor([-90.0, -1.0, 0.0, 90.0]).repeat(2) * torch.ones(4, 1, 8, 1)
    trained = share_of_a(bands, 8, favour)
    with torch.no_grad():
        torch.testing.assert_close(share_of_a(bands, 8, favour), trained, rtol=0, atol=1e-5)


def test_padding_is_cut_off_and_does_not_count_as_hot_or_cold():
    head = build("LaplacianBlendHead", channels=[4], strides=[2], num_bands=2)
    img_a, img_b = torch.full((1, 1, 8, 8), 0.4), torch.full((1, 1, 8, 8), 0.2)
    img_b[..., 6:, :] = 1
    fused, _ = head(features_of([4], [2], 8, 8), img_a, img_b, (4, 7))
    assert fused.shape == (1, 1, 4, 7)
    # B is even where there is an image: nothing is hot in its first rows
    assert float(fused[..., :1, :].max()) < 0.45


def test_the_border_has_the_maps_of_its_neighbours():
    head = build("LaplacianBlendHead", channels=[1], strides=[2], num_bands=6, tone_curve=False)
    torch.nn.init.ones_(head.convs[0].weight)
    feature = torch.zeros(1, 1, 32, 32)
    feature[..., 0] = 1  # a pattern where zeros tell the network that the image ends
    sources = torch.rand(2, 1, 1, 64, 64)
    plain, marked = (head([x], *sources, (64, 64))[0] for x in (torch.zeros_like(feature), feature))
    torch.testing.assert_close(marked, plain)


def test_maps_choose_scale_and_add_in_their_band():
    head = build("LaplacianBlendHead", channels=[4], strides=[1], num_bands=1, tone_curve=False)
    # Dark enough that nothing of B is lifted.
    img_a, img_b = 0.4 * torch.rand(1, 1, 16, 16), torch.rand(1, 1, 16, 16)
    features = features_of([4], [1], 16, 16)
    (fine_a, base_a), (fine_b, base_b) = gaussian_pyramid(img_a, 1), gaussian_pyramid(img_b, 1)
    band_a, band_b = laplacian_band(fine_a, base_a), laplacian_band(fine_b, base_b)

    def fused(choice=0.0, gain=0.0, residual=0.0, base=(0.0, 0.0, 0.0)):
        with torch.no_grad():
            head.convs[0].bias.copy_(torch.tensor([choice, gain, residual]))
            head.convs[1].bias.copy_(torch.tensor(base))
            return head(features, img_a, img_b, (16, 16))[0]

    towards_b = (1.0, -1.0, 0.0)  # base of B, nothing hot
    torch.testing.assert_close(fused(1e3, base=towards_b), expand_by_two(base_b) + band_a)
    torch.testing.assert_close(fused(-1e3, base=towards_b), img_b)
    torch.testing.assert_close(fused(-1e3, 1.0, base=towards_b), img_b + band_b)
    torch.testing.assert_close(fused(-1e3, 0.0, 0.25, towards_b), img_b + 0.25)
    torch.testing.assert_close(fused(1e3, base=(0.0, -1.0, 0.5)), img_a + 0.5)


def test_fine_bands_of_the_blend_head_may_come_later():
    channels, strides = [4, 4], [2, 4]
    head = build("LaplacianBlendHead", channels=channels, strides=strides, num_bands=4)
    for conv in head.convs:
        torch.nn.init.normal_(conv.weight, std=0.1)
    torch.nn.init.normal_(head.tone_curve.layers[-1].weight, std=0.1)
    img_a, img_b = torch.rand(1, 1, 32, 32), torch.rand(1, 1, 32, 32)
    features = features_of(channels, strides, 32, 32)
    expected = head(features, img_a, img_b, (32, 32))
    whole = head.whole(img_a, img_b, (32, 32))
    images = head.lifted(head.tuned(img_a, img_b, whole), whole)
    coarse = head.coarse(features, gaussian_pyramid(images, 2)[-1], whole, 2)
    torch.testing.assert_close(head.fine(features, img_a, img_b, whole, coarse), expected)


def test_a_map_coarser_than_the_base_is_an_error():
    with pytest.raises(ValueError, match="stride 16 is coarser than the base of 3 bands"):
        build("LaplacianBlendHead", channels=[4, 4], strides=[8, 16], num_bands=3)


# Residual head


@pytest.mark.parametrize("channels_a, out_channels", [(3, 3), (1, 1), (3, 1)])
def test_the_residual_head_adds_to_a(channels_a, out_channels):
    head = build(
        "ResidualHead",
        channels=[4],
        strides=[1],
        block=dict(type="GatedConvBlock"),
        num_blocks=1,
        out_channels=out_channels,
    )
    img_a, img_b = torch.rand(1, channels_a, 8, 8), torch.rand(1, 1, 8, 8)
    features = features_of([4], [1], 8, 8)
    residual = head.output(head.refinement(features[0]))
    source = img_a if channels_a == out_channels else rgb_to_gray(img_a)
    fused, toned_a = head(features, img_a, img_b, (5, 7))
    torch.testing.assert_close(fused, (residual + source)[..., :5, :7])
    assert toned_a is None


def test_the_residual_head_needs_full_resolution():
    with pytest.raises(ValueError, match="the finest has stride 2"):
        build("ResidualHead", channels=[4], strides=[2], block=dict(type="GatedConvBlock"))


# Tone curve


def test_a_tone_curve_starts_as_the_identity():
    curve, img = ToneCurve(4), torch.rand(2, 1, 6, 6)
    statistics = pair_statistics(img, torch.rand(2, 1, 6, 6), (6, 6))
    values = curve(torch.randn(2, 4), statistics.tones)
    assert values.shape == (2, 6)
    assert torch.equal(ToneCurve.apply_to(img, values[:, :3]), img)
    assert torch.equal(ToneCurve.apply_to(img, values[:, 3:]), img)


def test_gain_offset_and_bend_of_a_tone_curve():
    levels = torch.linspace(0, 1, 11).view(1, 1, 1, 11)

    def curve(gain=0.0, offset=0.0, bend=0.0):
        return ToneCurve.apply_to(levels, torch.tensor([[gain, offset, bend]]))

    torch.testing.assert_close(curve(gain=math.log(1.2) / 2), 1.2 * levels)
    torch.testing.assert_close(curve(offset=0.1), levels + 0.1)
    brighter = curve(bend=1.0).flatten()
    # black and white stay, what is between is brightened and keeps its order
    assert brighter[[0, -1]].tolist() == pytest.approx([0, 1], abs=1e-6)
    assert (brighter[1:-1] > levels.flatten()[1:-1]).all() and (brighter.diff() > 0).all()
    assert torch.isfinite(curve(gain=5, offset=1, bend=50)).all()


def test_a_tone_curve_of_an_even_picture_can_be_learned():
    curve = ToneCurve(4)
    torch.nn.init.normal_(curve.layers[-1].weight)
    img = torch.zeros(1, 1, 6, 6, requires_grad=True)
    curve(torch.zeros(1, 4), pair_statistics(img, img, (6, 6)).tones).sum().backward()
    assert torch.isfinite(img.grad).all()


# Colour


def test_eight_bit_colours_come_out_as_they_went_in_where_luminance_is_kept():
    levels = torch.arange(0, 256, 17)
    colours = torch.cartesian_prod(levels, levels, levels).T.reshape(1, 3, 64, 64)
    img_a = colours / 255
    luminance = rgb_to_gray(img_a)
    assert torch.equal((recolor(img_a, luminance, luminance) * 255).round().long(), colours)


def test_gray_stays_gray():
    img_a = torch.rand(1, 1, 16, 16).expand(-1, 3, -1, -1)
    fused = torch.rand(1, 1, 16, 16)
    result = recolor(img_a, rgb_to_gray(img_a), fused)
    torch.testing.assert_close(result, fused.expand(-1, 3, -1, -1), rtol=0, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(
    colour=st.tuples(*[st.integers(0, 255)] * 3),
    level=st.integers(0, 255),
)
def test_luminance_is_the_fused_one_hue_is_kept_and_nothing_leaves_the_range(colour, level):
    img_a = torch.tensor(colour).view(1, 3, 1, 1) / 255
    fused = torch.full((1, 1, 1, 1), level / 255)
    luminance = rgb_to_gray(img_a)
    result = recolor(img_a, luminance, fused)
    assert float(rgb_to_gray(result)) == pytest.approx(level / 255, abs=1e-5)
    assert float(result.min()) >= -1e-5 and float(result.max()) <= 1 + 1e-5
    # chroma is that of A, longer or shorter
    before, after = (img_a - luminance).flatten(), (result - fused).flatten()
    assert float(torch.dot(before, after)) == pytest.approx(float(before.norm() * after.norm()), abs=1e-5)


def test_saturation_follows_what_the_tone_curve_did_and_not_what_b_added():
    img_a = torch.tensor([0.3, 0.2, 0.1]).view(1, 3, 1, 1)
    luminance = rgb_to_gray(img_a)
    chroma = img_a - luminance
    brighter = 1.5 * luminance
    # B made it brighter: as much colour as before
    torch.testing.assert_close(recolor(img_a, luminance, brighter) - brighter, chroma)
    # the curve did: the colours of a brighter A
    toned = recolor(img_a, luminance, brighter, brighter)
    assert float(toned[0, 0] / toned[0, 2]) == pytest.approx(3, rel=0.2)
    # and what is darker has less
    darker = 0.5 * luminance
    assert float((recolor(img_a, luminance, darker) - darker).norm()) < 0.7 * float(chroma.norm())


def scene_with(bright_a, patch_b, background_b=0.3):
    """A square of A in the middle, and in it a small one of B, on a dark and even surrounding."""
    img_a, img_b = torch.full((1, 1, 192, 192), 0.3), torch.full((1, 1, 192, 192), background_b)
    img_a[..., 48:144, 48:144] = bright_a
    img_b[..., 88:104, 88:104] = patch_b
    return img_a, img_b


def test_what_is_hot_in_b_shows_where_a_is_blown_out():
    img_a, img_b = scene_with(1.0, 0.8)
    fused = laplacian_fusion(img_a, img_b).clamp(0, 1)
    patch, around = fused[..., 92:100, 92:100].mean(), fused[..., 92:100, 64:80].mean()
    assert float(patch - around) > 0.1
    # without contrast of B white stays white
    assert float(laplacian_fusion(*scene_with(1.0, 0.3))[..., 92:100, 92:100].mean()) > 0.98


def test_what_is_cold_in_b_leaves_no_mark_where_a_is_bright_and_one_where_it_is_not():
    marks = []
    for bright in (0.75, 0.45):
        img_a, img_b = scene_with(bright, 0.25, background_b=0.5)
        fused = laplacian_fusion(img_a, img_b)
        marks.append(float((fused - img_a)[..., 92:100, 92:100].abs().mean()))
    assert marks[0] < 0.4 * marks[1]


@pytest.mark.parametrize("num_finer", [1, 2, 3])
def test_convolutions_to_several_resolutions_are_what_each_gives_alone(num_finer):
    torch.manual_seed(0)
    factors = [2**finer for finer in range(num_finer, 0, -1)]
    convs = [nn.ConvTranspose2d(5, 3, 2 * s, stride=s, padding=s // 2) for s in factors]
    convs.append(nn.Conv2d(5, 4, 3, padding=1))
    x, crops = torch.randn(2, 5, 6, 4), [2, 1, 0][:num_finer]
    expected = [conv(x) for conv in convs]
    for index, crop in enumerate(crops):
        expected[index] = expected[index][..., crop : -crop or None, crop : -crop or None]
    torch.testing.assert_close(conv_at_scales(x, convs, crops), expected)
