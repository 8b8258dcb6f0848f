"""The network computes what a straightforward implementation computes."""

import pytest
import torch
from reference_network import ReferenceNetwork, to_our_names

from mmfusion_distill.models import XRestormerFusionNet
from mmfusion_distill.models.ops.runtime_forms import reflect_pad_to_multiple
from mmfusion_distill.models.parts import XRestormerBlock

TEXT_CHANNELS = 12
STUDENT = dict(dim=8, num_blocks=(1, 2, 1, 1), num_refinement_blocks=1)


def pair_of_networks(text_channels: int | None = None) -> tuple[ReferenceNetwork, XRestormerFusionNet]:
    """Both networks with the same random weights, large enough that every part matters."""
    torch.manual_seed(0)
    reference = ReferenceNetwork(factor=2.66, text_channels=text_channels, **STUDENT)
    for parameter in reference.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    guidance = dict(type="FeatureWiseAffine", text_channels=text_channels) if text_channels else None
    network = XRestormerFusionNet(ffn_expansion_factor=2.66, guidance=guidance, **STUDENT)
    network.load_state_dict(to_our_names(reference.state_dict()), strict=True)
    return reference, network


def assert_equal(actual: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(actual, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("height, width", [(64, 128), (128, 64)])
@pytest.mark.parametrize("grad", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize("text_channels", [None, TEXT_CHANNELS], ids=["student", "teacher"])
def test_equals_the_straightforward_implementation(text_channels, grad, height, width):
    reference, network = pair_of_networks(text_channels)
    img_a, img_b = torch.rand(2, 3, height, width), torch.rand(2, 1, height, width)
    text = torch.randn(2, text_channels) if text_channels else None
    with torch.set_grad_enabled(grad):
        expected, expected_features = reference(img_a, img_b, text)
        fused, features = network(img_a, img_b, text, return_features=True)
    assert_equal(fused, expected)
    assert len(features) == 4
    for feature, expected_feature in zip(features, expected_features):
        assert_equal(feature, expected_feature)


@pytest.mark.parametrize("height, width", [(1, 1), (37, 61), (65, 5)])
def test_any_size_is_reflected_up_and_cropped(height, width):
    reference, network = pair_of_networks()
    img_a, img_b = torch.rand(1, 3, height, width), torch.rand(1, 1, height, width)
    with torch.no_grad():
        expected, _ = reference(reflect_pad_to_multiple(img_a, 64), reflect_pad_to_multiple(img_b, 64))
        fused = network(img_a, img_b)
    assert_equal(fused, expected[..., :height, :width])


def test_gradients_equal_those_of_the_straightforward_implementation():
    reference, network = pair_of_networks(TEXT_CHANNELS)
    img_a, img_b = torch.rand(1, 3, 64, 64), torch.rand(1, 1, 64, 64)
    text = torch.randn(1, TEXT_CHANNELS)
    reference(img_a, img_b, text)[0].square().mean().backward()
    network(img_a, img_b, text).square().mean().backward()
    expected = to_our_names({name: p.grad for name, p in reference.named_parameters()})
    for name, parameter in network.named_parameters():
        scale = expected[name].abs().max() + 1e-6
        assert (parameter.grad - expected[name]).abs().max() <= 1e-3 * scale, name


@pytest.mark.parametrize("grad", [False, True], ids=["inference", "training"])
def test_a_block_without_spatial_heads_is_the_first_half_of_one(grad):
    torch.manual_seed(0)
    whole, half = (XRestormerBlock(8, 2, heads, ffn_expansion_factor=2.0) for heads in (1, 0))
    assert not [name for name in half.state_dict() if "spatial" in name]
    half.load_state_dict(
        {name: value for name, value in whole.state_dict().items() if name in half.state_dict()}
    )
    for part in (whole.spatial_attn, whole.spatial_ffn):
        part.project_out.weight.data.zero_()
    x = torch.randn(2, 8, 24, 16)
    with torch.set_grad_enabled(grad):
        assert_equal(half(x), whole(x))
