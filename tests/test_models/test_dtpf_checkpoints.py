"""Checkpoints of the published code become ours."""

import pytest
import torch
from reference_network import ReferenceNetwork

from mmfusion_distill.export.model_files import convert_published_checkpoint
from mmfusion_distill.models.weight_files.checkpoints import CheckpointError, load_network
from mmfusion_distill.registry import MODELS

#: Sizes of the published networks, but narrow.
SIZES = {
    "teacher": dict(dim=4, num_refinement_blocks=4, text_channels=12),
    "student": dict(dim=4, num_refinement_blocks=2),
}


def published(role):
    torch.manual_seed(0)
    return ReferenceNetwork(**SIZES[role])


def our_network(role):
    size = dict(SIZES[role])
    text_channels = size.pop("text_channels", None)
    guidance = dict(type="FeatureWiseAffine", text_channels=text_channels) if text_channels else None
    return MODELS.build(dict(type="XRestormerFusionNet", guidance=guidance, **size))


@pytest.mark.parametrize("role", SIZES)
@pytest.mark.parametrize("wrapped", [None, "state_dict", "model"])
def test_converted_weights_compute_the_same(role, wrapped, tmp_path):
    reference = published(role)
    state = dict(reference.state_dict())
    if role == "teacher":
        state["model_clip.visual.proj"] = torch.zeros(3)
    torch.save(state if wrapped is None else {wrapped: state, "epoch": 3}, tmp_path / "published.pth")
    convert_published_checkpoint(tmp_path / "published.pth", tmp_path / "new" / "ours.pth", role)
    network = our_network(role)
    load_network(network, tmp_path / "new" / "ours.pth")
    images = torch.rand(1, 3, 64, 64), torch.rand(1, 1, 64, 64)
    text = torch.randn(1, 12) if role == "teacher" else None
    with torch.no_grad():
        expected, expected_features = reference(*images, text)
        fused, features = network(*images, text, return_features=True)
    torch.testing.assert_close(fused, expected, atol=1e-4, rtol=0)
    for feature, expected_feature in zip(features, expected_features):
        torch.testing.assert_close(feature, expected_feature, atol=1e-4, rtol=0)


def test_prefixes_of_parallel_training_are_taken_off(tmp_path):
    state = {f"module.{key}": value for key, value in published("student").state_dict().items()}
    torch.save(state, tmp_path / "published.pth")
    convert_published_checkpoint(tmp_path / "published.pth", tmp_path / "ours.pth", "student")


def test_missing_and_left_over_keys_are_all_listed(tmp_path):
    state = dict(published("student").state_dict())
    state.pop("output.weight")
    state.pop("decoder_level2.1.norm1.body.bias")
    state["extra.weight"] = torch.zeros(1)
    torch.save(state, tmp_path / "published.pth")
    with pytest.raises(CheckpointError) as error:
        convert_published_checkpoint(tmp_path / "published.pth", tmp_path / "ours.pth", "student")
    for name in ("output.weight", "decoder_levels.1.1.norm1.bias", "extra.weight"):
        assert name in str(error.value)
    assert not (tmp_path / "ours.pth").exists()


def test_the_wrong_role_is_an_error(tmp_path):
    torch.save(published("student").state_dict(), tmp_path / "published.pth")
    with pytest.raises(CheckpointError, match="guidance.levels"):
        convert_published_checkpoint(tmp_path / "published.pth", tmp_path / "ours.pth", "teacher")


class Malicious:
    def __reduce__(self):
        return (exec, ("raise SystemExit('code was executed')",))


def test_a_checkpoint_with_code_is_refused_unexecuted(tmp_path):
    torch.save({"state_dict": published("student").state_dict(), "args": Malicious()}, tmp_path / "bad.pth")
    with pytest.raises(CheckpointError, match="bad.pth cannot be read as plain weights"):
        convert_published_checkpoint(tmp_path / "bad.pth", tmp_path / "ours.pth", "student")
