"""Configs and weights for MMEngine's hub, and for any toolbox's runner."""

import pytest
import torch
from mmengine.config import Config
from mmengine.hub import get_config
from mmengine.hub import get_model as get_hub_model
from mmengine.runner import CheckpointLoader

from mmfusion_distill.apis import get_model, list_models
from mmfusion_distill.models.weight_files.checkpoints import CheckpointError

NAME = "tiny_fusionunet_1xb2-3k_cameras-176x344"
PATH = f"mmfusion::fusion_distill/{NAME}.py"

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")


def test_the_hub_knows_our_configs_and_weights(tmp_path):
    assert get_config(PATH).model.type == "ImageFusor"
    (tmp_path / "config.py").write_text(f"_base_ = '{PATH}'\n")
    assert Config.fromfile(tmp_path / "config.py").model.type == "ImageFusor"
    network = get_hub_model(PATH, pretrained=True).generator
    assert_equal(network.state_dict(), get_model("tiny").state_dict())


def test_any_runner_loads_weights_by_their_names():
    state = CheckpointLoader.load_checkpoint("mmfusion://tiny")["state_dict"]
    assert_equal(
        {key.removeprefix("generator."): value for key, value in state.items()},
        get_model("tiny").state_dict(),
    )
    with pytest.raises(CheckpointError, match="mmfusion://huge: .* choose from student, tiny"):
        CheckpointLoader.load_checkpoint("mmfusion://huge")


def test_models_are_listed_by_a_pattern():
    assert list_models("*tiny*") == ["tiny"]
    assert NAME in list_models("*TINY*", pretrained=False)
    assert list_models("nothing*") == []


def assert_equal(one, other):
    assert one.keys() == other.keys()
    assert all(torch.equal(value, other[key]) for key, value in one.items())
