"""FusionUNet: sizes, colours, batches, configs."""

import re

import pytest
import torch
from conftest import ROOT

from mmfusion_distill.apis import get_model
from mmfusion_distill.evaluation import ciede2000
from mmfusion_distill.models.ops.color import recolor, rgb_to_gray
from mmfusion_distill.models.ops.laplacian_bands import laplacian_fusion
from mmfusion_distill.models.tiles.exact_tiles import fuse_in_exact_tiles
from mmfusion_distill.registry import MODELS
from mmfusion_distill.user_errors import UserError

CONFIG = dict(
    type="FusionUNet",
    widths=(4, 8, 8),
    blocks=[
        dict(type="GatedConvBlock"),
        dict(type="GatedConvBlock"),
        dict(type="GatedConvBlock", pooled_attention=True),
    ],
    num_blocks=(0, 1, 1),
    decoder_blocks=(1, 1, 1),
    stem=dict(type="PixelUnshuffleStem", factor=2, bias=True),
    neck=dict(
        type="SpatialChannelCrossFusion",
        levels=(3,),
        exchange_channel_heads=2,
        exchange_spatial_heads=1,
        merge_channel_heads=2,
        merge_spatial_heads=1,
        merge_dim_head=8,
        window_size=4,
    ),
    head=dict(type="LaplacianBlendHead"),
)


@pytest.fixture
def untrained():
    return MODELS.build(CONFIG).eval()


@pytest.fixture
def trained():
    """As after some training: nothing is zero any more."""
    network = MODELS.build(CONFIG).eval()
    for parameter in network.head.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    return network


def pair(height, width, batch=1, channels=3):
    return torch.rand(batch, channels, height, width), torch.rand(batch, 1, height, width)


@pytest.mark.parametrize("height, width", [(1, 1), (37, 613), (479, 641)])
@torch.no_grad()
def test_any_size_is_fused(trained, height, width):
    fused = trained(*pair(height, width))
    assert fused.shape == (1, 3, height, width)
    assert torch.isfinite(fused).all()


@torch.no_grad()
def test_the_untrained_network_is_the_pyramid_in_the_colours_of_a(untrained):
    img_a, img_b = pair(128, 64, batch=2)
    gray = rgb_to_gray(img_a)
    expected = recolor(img_a, gray, laplacian_fusion(gray, img_b))
    torch.testing.assert_close(untrained(img_a, img_b), expected, rtol=0, atol=1e-4)


@torch.no_grad()
def test_a_gray_source_gives_a_gray_result(trained):
    gray, img_b = pair(40, 72, channels=1)
    fused = trained(gray, img_b)
    assert fused.shape == (1, 3, 40, 72)
    assert torch.equal(fused[:, 0], fused[:, 1]) and torch.equal(fused[:, 0], fused[:, 2])
    torch.testing.assert_close(trained(gray.expand(-1, 3, -1, -1), img_b), fused, rtol=0, atol=1e-4)


@torch.no_grad()
def test_samples_of_a_batch_do_not_see_each_other(trained):
    img_a, img_b = pair(50, 70, batch=3)
    together = trained(img_a, img_b)
    for index in range(3):
        alone = trained(img_a[index : index + 1], img_b[index : index + 1])
        torch.testing.assert_close(together[index : index + 1], alone, rtol=0, atol=1e-5)
    permuted = trained(img_a[[2, 0, 1]], img_b[[2, 0, 1]])
    torch.testing.assert_close(permuted, together[[2, 0, 1]], rtol=0, atol=1e-5)


@pytest.mark.parametrize("level", [0, 64, 128, 192, 255])
@torch.no_grad()
def test_an_even_b_of_any_level_leaves_the_colours_of_a(trained, level):
    # smooth shapes in colour, dark and bright, of an odd size
    img_a = torch.nn.functional.interpolate(torch.rand(1, 3, 5, 6), size=(77, 90), mode="bilinear")
    img_a[..., :20] *= 0.1
    img_a[..., 70:] = 0.8 + 0.2 * img_a[..., 70:]
    img_a = (img_a * 255).round() / 255
    fused = trained(img_a, torch.full((1, 1, 77, 90), level / 255)).clamp(0, 1)
    before, after = ((x * 255).round().byte()[0].permute(1, 2, 0).numpy() for x in (img_a, fused))
    assert ciede2000(before, after) < 0.01


@pytest.mark.parametrize("levels", [(128, 128), (60, 200), (200, 60), (0, 255), (255, 255)])
@torch.no_grad()
def test_constant_sources_give_a_constant_result(trained, levels):
    img_a, img_b = (torch.full((1, n, 77, 90), level / 255) for n, level in zip((3, 1), levels))
    torch.testing.assert_close(trained(img_a, img_b), img_a, rtol=0, atol=1e-6)
    # beside a pair that is none, in one batch, and in tiles
    both = trained(torch.cat([img_a, torch.rand_like(img_a)]), torch.cat([img_b, torch.rand_like(img_b)]))
    torch.testing.assert_close(both[:1], img_a, rtol=0, atol=1e-6)
    torch.testing.assert_close(fuse_in_exact_tiles(trained, img_a, img_b, None, 64), img_a, rtol=0, atol=1e-6)


@torch.no_grad()
def test_a_b_that_hardly_shows_comes_in_by_and_by(trained):
    img_a, pattern = pair(64, 64)
    pattern = (pattern - pattern.min()) / (pattern.max() - pattern.min())
    spans = (0, 4, 7.9, 8.1, 20)
    fused = [trained(img_a, 0.5 + span / 255 * pattern) for span in spans]
    changes = [float((one - img_a).abs().mean()) for one in fused]
    assert changes[0] < 1e-6 < changes[1] < changes[2]
    # no step at the end of the mixture
    assert float((fused[2] - fused[3]).abs().max()) < 0.1 * float((fused[3] - img_a).abs().max())


@torch.no_grad()
def test_features_have_the_channels_and_strides_that_are_said(trained):
    _, features = trained(*pair(64, 128), return_features=True)
    assert trained.feature_strides == [8, 4, 2]
    assert trained.feature_channels == [8, 8, 4]
    for feature, stride, channels in zip(features, trained.feature_strides, trained.feature_channels):
        assert tuple(feature.shape) == (1, channels, 64 // stride, 128 // stride)


def test_everything_learns(trained):
    trained.train()
    trained(*pair(64, 64)).square().mean().backward()
    still = [name for name, p in trained.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert still == []


@pytest.mark.parametrize("levels", [(0.0, 0.0), (1.0, 1.0), (0.5, 0.0)])
def test_even_sources_have_finite_gradients(trained, levels):
    img_a = torch.full((1, 3, 64, 64), levels[0])
    fused = trained.train()(img_a, torch.full((1, 1, 64, 64), levels[1]))
    fused.square().mean().backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in trained.parameters())


@torch.no_grad()
def test_text_steers_it_after_the_guidance_has_learned():
    guidance = dict(type="FeatureWiseAffine", text_channels=6, null_embedding=True, identity_start=True)
    network = MODELS.build(dict(CONFIG, guidance=guidance)).eval()
    for parameter in network.head.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    images, texts = pair(64, 64), torch.randn(2, 1, 6)
    assert torch.equal(network(*images, texts[0]), network(*images))
    for level in network.guidance.levels:
        torch.nn.init.normal_(level[-1].weight)
    assert (network(*images, texts[0]) - network(*images, texts[1])).abs().max() > 1e-4


@torch.no_grad()
def test_other_parts_plug_in():
    network = MODELS.build(
        dict(
            CONFIG,
            blocks=dict(type="GatedConvBlock"),
            stem=dict(type="PixelUnshuffleStem"),
            resample="shuffle",
            neck=dict(type="ConvFusion"),
            head=dict(type="ResidualHead", block=dict(type="GatedConvBlock")),
            color="rgb",
            reduce_finest=False,
        )
    )
    assert network.feature_strides == [4, 2, 1]
    assert network.feature_channels == [8, 8, 8]
    assert network(*pair(21, 30)).shape == (1, 3, 21, 30)


@pytest.mark.parametrize(
    "change, message",
    [
        (dict(num_blocks=(1, 1)), r"widths \[4, 8, 8\].*num_blocks \[1, 1\].*one entry per level"),
        (dict(decoder_blocks=(1,)), r"decoder_blocks \[1\]"),
        (dict(blocks=[dict(type="GatedConvBlock")]), "blocks \\(of 1 levels\\)"),
        (dict(color="lab"), "color 'lab' is none of rgb, luminance"),
        (dict(resample="nearest"), "resample 'nearest' is none of shuffle, strided"),
        (
            dict(neck=dict(type="SpatialChannelCrossFusion", levels=(1,))),
            "levels \\[1\\] must be within 1 to 3",
        ),
        (dict(head=dict(type="LaplacianBlendHead", num_bands=2)), "stride 8 is coarser"),
        (dict(head=dict(type="ResidualHead", block=dict(type="GatedConvBlock"))), "finest has stride 2"),
    ],
)
def test_a_wrong_config_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        MODELS.build({**CONFIG, **change})


@pytest.mark.parametrize(
    "shape_a, shape_b, message",
    [
        ((1, 3, 8, 8), (1, 1, 8, 9), "differ in batch or image size"),
        ((1, 2, 8, 8), (1, 1, 8, 8), "img_a has shape"),
        ((1, 3, 8, 8), (1, 3, 8, 8), "img_b has shape"),
    ],
)
def test_sources_that_do_not_fit_are_errors(untrained, shape_a, shape_b, message):
    with pytest.raises(ValueError, match=message):
        untrained(torch.rand(shape_a), torch.rand(shape_b))


def test_compiling_by_torchscript_names_what_works(untrained):
    with pytest.raises(
        UserError, match="torch.jit.script cannot compile .* torch.jit.trace.* check_trace=False"
    ):
        torch.jit.script(torch.nn.Sequential(untrained))
    pairs = [(torch.rand(1, 3, *size), torch.rand(1, 1, *size)) for size in ((64, 80), (70, 99))]
    with torch.no_grad():
        traced = torch.jit.trace(untrained, pairs[0], check_trace=False)
        torch.testing.assert_close(traced(*pairs[1]), untrained(*pairs[1]))


def test_the_picture_of_the_way_of_a_pair_has_the_shapes_that_the_student_has():
    text = (ROOT / "docs" / "architecture.md").read_text()
    picture = re.search(r"The way of a pair through the student.*?```\n(.*?)```", text, re.DOTALL).group(1)
    drawn = [tuple(map(int, shape)) for shape in re.findall(r"\((\d+), (\d+), (\d+)\)", picture)]
    network, met = get_model("student", pretrained=False), {}
    for name, part in dict(encoder=network.encoder_a, neck=network.neck, prior=network.prior).items():
        part.register_forward_hook(lambda _, given, made, name=name: met.update({name: made}))
    network.encoder_a.register_forward_pre_hook(lambda _, given: met.update(padded=given[0]))
    a, b = torch.rand(1, 3, 480, 640), torch.rand(1, 1, 480, 640)
    with torch.no_grad():
        fused, decoded = network(a, b, return_features=True)

    maps, padded = [tuple(level.shape[1:]) for level in met["encoder"]], tuple(met["padded"].shape[1:])
    skips = [tuple(level.shape[1:]) for level in met["neck"]]
    # Both encoders are drawn side by side, two levels a line.
    both = [*maps[:2], *maps[:2], *maps[2:], *maps[2:]]
    features = [tuple(level.shape[1:]) for level in decoded]
    sources = [tuple(image.shape[1:]) for image in (a, b)]
    assert drawn == [*sources, padded, padded, *both, *skips, *features, padded, tuple(fused.shape[1:])]
    assert f"| {met['prior'].shape[1]} numbers" in picture
