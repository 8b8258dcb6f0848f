"""The fusion network: sizes, channels, parts."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mmfusion_distill.models.ops.runtime_forms import reflect_pad_to_multiple
from mmfusion_distill.registry import MODELS


@pytest.mark.parametrize(
    "size, parameters",
    [
        (
            dict(
                dim=48,
                num_refinement_blocks=4,
                ffn_expansion_factor=2.66,
                guidance=dict(type="FeatureWiseAffine", text_channels=512),
            ),
            40_289_814,
        ),
        (dict(dim=16, num_refinement_blocks=2, ffn_expansion_factor=2), 4_371_772),
    ],
    ids=["teacher", "student"],
)
def test_published_sizes_have_the_published_parameters(size, parameters):
    with torch.device("meta"):
        network = MODELS.build(dict(type="XRestormerFusionNet", **size))
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters


@settings(max_examples=8, deadline=None)
@given(height=st.integers(1, 90), width=st.integers(1, 90))
def test_any_size_is_fused(height, width):
    network = MODELS.build(
        dict(type="XRestormerFusionNet", dim=4, num_blocks=(1, 1, 1, 1), num_refinement_blocks=1)
    )
    with torch.no_grad():
        fused = network(torch.rand(1, 3, height, width), torch.rand(1, 1, height, width))
    assert fused.shape == (1, 3, height, width)
    assert torch.isfinite(fused).all()


@settings(max_examples=50, deadline=None)
@given(height=st.integers(1, 70), width=st.integers(1, 70), multiple=st.sampled_from([8, 16, 64]))
def test_padding_reflects_and_keeps_the_image(height, width, multiple):
    image = torch.rand(1, 2, height, width)
    padded = reflect_pad_to_multiple(image, multiple)
    assert padded.shape[-2] % multiple == padded.shape[-1] % multiple == 0
    assert torch.equal(padded[..., :height, :width], image)
    pad_h, pad_w = padded.shape[-2] - height, padded.shape[-1] - width
    if pad_h < height and pad_w < width:
        expected = torch.nn.functional.pad(image, (0, pad_w, 0, pad_h), mode="reflect")
        assert torch.equal(padded, expected)


def test_a_gray_source_gives_a_gray_result(tiny_network):
    network = MODELS.build(tiny_network)
    gray, img_b = torch.rand(1, 1, 40, 48), torch.rand(1, 1, 40, 48)
    fused = network(gray, img_b)
    assert torch.equal(fused[:, 0], fused[:, 1]) and torch.equal(fused[:, 0], fused[:, 2])
    colored = network(gray.expand(-1, 3, -1, -1), img_b)
    torch.testing.assert_close(fused[:, 0], colored.mean(dim=1))


def test_features_are_the_decoder_levels(tiny_network):
    network = MODELS.build(tiny_network)
    _, features = network(torch.rand(2, 3, 64, 128), torch.rand(2, 1, 64, 128), return_features=True)
    assert [tuple(feature.shape[1:]) for feature in features] == [
        (32, 8, 16),
        (16, 16, 32),
        (8, 32, 64),
        (8, 64, 128),
    ]
    assert network.feature_channels == [feature.shape[1] for feature in features]


def test_text_steers_the_teacher(tiny_teacher):
    network = MODELS.build(tiny_teacher)
    images = torch.rand(1, 3, 64, 64), torch.rand(1, 1, 64, 64)
    one, other = network(*images, torch.randn(1, 384)), network(*images, torch.randn(1, 384))
    assert (one - other).abs().max() > 1e-4


def test_missing_text_is_an_error_unless_there_is_a_null_embedding(tiny_teacher):
    images = torch.rand(1, 3, 64, 64), torch.rand(1, 1, 64, 64)
    with pytest.raises(ValueError, match="guided by text and has no null embedding"):
        MODELS.build(tiny_teacher)(*images)
    tiny_teacher["guidance"]["null_embedding"] = True
    assert MODELS.build(tiny_teacher)(*images).shape == (1, 3, 64, 64)


def test_a_text_of_wrong_length_is_an_error(tiny_teacher):
    with pytest.raises(ValueError, match=r"shape \(1, 512\), wanted \(1, 384\)"):
        MODELS.build(tiny_teacher)(torch.rand(1, 3, 8, 8), torch.rand(1, 1, 8, 8), torch.rand(1, 512))


@pytest.mark.parametrize(
    "shape_a, shape_b, message",
    [
        ((1, 3, 8, 8), (1, 1, 8, 9), "differ in batch or image size"),
        ((1, 2, 8, 8), (1, 1, 8, 8), "img_a has shape"),
        ((1, 3, 8, 8), (1, 3, 8, 8), "img_b has shape"),
        ((2, 3, 8, 8), (1, 1, 8, 8), "differ in batch or image size"),
    ],
)
def test_sources_that_do_not_fit_are_errors(tiny_network, shape_a, shape_b, message):
    with pytest.raises(ValueError, match=message):
        MODELS.build(tiny_network)(torch.rand(shape_a), torch.rand(shape_b))


def test_the_plain_neck_and_other_channels_plug_in(tiny_network):
    network = MODELS.build(
        dict(tiny_network, neck=dict(type="ConvFusion"), in_channels_a=1, in_channels_b=2, out_channels=1)
    )
    assert network(torch.rand(1, 1, 20, 20), torch.rand(1, 2, 20, 20)).shape == (1, 1, 20, 20)


def test_levels_of_different_number_are_an_error(tiny_network):
    with pytest.raises(ValueError, match="one entry per level"):
        MODELS.build(dict(tiny_network, num_blocks=(1, 1, 1)))


def test_a_black_source_has_finite_gradients(tiny_network):
    torch.manual_seed(0)
    network = MODELS.build(tiny_network)
    fused = network(torch.rand(1, 3, 64, 64), torch.zeros(1, 1, 64, 64))
    fused.square().mean().backward()
    assert all(parameter.grad.isfinite().all() for parameter in network.parameters())
