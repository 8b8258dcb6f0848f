"""The config of a network in a file of weights is data: what it may say, and what is said of the rest."""

import json
import re

import pytest
import torch
from safetensors.torch import save_file

from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.export.model_files import publish_network
from mmfusion_distill.models.weight_files.checkpoints import CheckpointError
from mmfusion_distill.models.weight_files.embedded_config import read_network_config
from mmfusion_distill.registry import MODELS
from mmfusion_distill.zoo.model_index import shipped_models

BLOCK = dict(type="GatedConvBlock")
GOOD = dict(
    type="FusionUNet",
    widths=[8, 16],
    blocks=BLOCK,
    num_blocks=[1, 1],
    stem=dict(type="PixelUnshuffleStem", factor=2),
    neck=dict(type="ConvFusion"),
    guidance=dict(type="FeatureWiseAffine", text_channels=8),
    head=dict(type="LaplacianBlendHead", num_bands=4),
)


@pytest.fixture
def refused(tmp_path):
    """A function that gives the sentence with which a file of such metadata is refused."""

    def refuse(config):
        text = config if isinstance(config, str) else json.dumps(config)
        save_file({"weight": torch.zeros(10**6)}, tmp_path / "hostile.safetensors", {"network": text})
        with pytest.raises(CheckpointError) as caught:
            FusionInferencer(weights=tmp_path / "hostile.safetensors", device="cpu")
        message = str(caught.value)
        assert "hostile.safetensors" in message and "\n" not in message and len(message) < 600
        return message

    return refuse


def test_a_dotted_type_is_not_imported(refused, tmp_path):
    touched = tmp_path / "executed"
    command = dict(type="os.system", command=f"touch {touched}")
    assert "network.type is 'os.system'" in refused(command)
    for part in ("stem", "encoder", "neck", "guidance", "head"):
        assert f"network.{part}.type is 'os.system'" in refused({**GOOD, part: command})
    for blocks in (command, [BLOCK, command]):
        assert "type is 'os.system'" in refused({**GOOD, "blocks": blocks})
    assert not touched.exists()


@pytest.mark.parametrize("opening", ["[", '{"type":', '{"neck":{"neck":', '{"type":"FusionUNet","neck":'])
def test_nesting_is_refused_however_deep(refused, opening):
    assert re.search("longer than|no JSON", refused(opening * 10_000))


def test_deep_but_well_formed_configs_are_refused(refused):
    config = dict(type="ResidualHead", block=BLOCK)
    for _ in range(40):
        config = dict(type="ResidualHead", block=config)
    assert "network.head.block.type" in refused({**GOOD, "head": config})
    assert "no JSON" in refused("[" * 10_000 + "]" * 10_000)
    assert "longer than" in refused("[" * 100_000)
    assert "no JSON" in refused('{"type": ')


@pytest.mark.parametrize(
    "value", ["8", -1, 0, 10**9, 10**400, [8], None, {}, True, 8.5, float("nan"), "x" * 10**4]
)
def test_a_width_that_is_none(refused, value):
    message = refused(dict(type="XRestormerFusionNet", dim=value))
    assert "network.dim is" in message or "cannot be built" in message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(type="ExportedNetwork", path="x"), "network.type is 'ExportedNetwork'"),
        (dict(type=None), "network.type is None"),
        (dict(type=["FusionUNet"]), "network.type is a list"),
        (dict(neck=BLOCK), "network.neck.type is 'GatedConvBlock', but a file may only name ConvFusion"),
        (dict(neck=dict(channels=3)), "network.neck.type is None"),
        (dict(neck="ConvFusion"), "network.neck is 'ConvFusion' instead of the config of a part"),
        (dict(neck=None), "cannot be built"),
        (dict(colour="rgb"), "network.colour is no argument of FusionUNet"),
        (dict(color="purple"), "color 'purple' is none of"),
        (dict(init_cfg=dict(type="Pretrained", checkpoint="http://localhost/x")), "init_cfg is no argument"),
        (
            dict(blocks=dict(BLOCK, init_cfg=dict(type="Pretrained"))),
            "network.blocks.init_cfg is no argument",
        ),
        (dict(widths=[8, -16]), "network.widths\\[1\\] is -16"),
        (dict(widths=[8, "16"]), "cannot be built"),
        (dict(widths=8), "cannot be built"),
        (dict(widths=[8] * 99), "network.widths has 99 entries"),
        (dict(widths=[0, 16]), "cannot be built|width 0"),
        (dict(widths=[8, 16, 32]), "must have one entry per level"),
        (dict(widths=[4096, 8192]), "parameters, more than the 1,000,000"),
        (dict(num_blocks=[1, 65]), "network.num_blocks\\[1\\] is 65, not between 0 and 64"),
        (dict(blocks=dict(BLOCK, expansion=float("inf"))), "network.blocks.expansion is inf"),
        (dict(blocks=dict(BLOCK, expansion=10**400)), "network.blocks.expansion is a number of many digits"),
        (
            dict(blocks=dict(BLOCK, kernel_size=dict(BLOCK))),
            "kernel_size is a dict instead of the config of a part",
        ),
        (dict(blocks=[[BLOCK] * 16] * 16), "cannot be built"),
        (dict(head=dict(type="LaplacianBlendHead", num_bands=20)), "to multiples of 1048576"),
        (dict(in_channels_b=10**5), "network.in_channels_b is 100000"),
    ],
)
def test_every_violation_names_file_and_key(refused, change, message):
    assert re.search(message, refused({**GOOD, **change}))


@pytest.mark.parametrize(
    "text", ["null", "3", '"FusionUNet"', "[]", "{}", "", "NaN", "[" + "{}," * 9 + "{}]"]
)
def test_what_is_no_config_at_all(refused, text):
    refused(text)


def test_a_registered_class_of_another_role_a_module_and_a_file_are_refused(refused):
    for kind in (
        "PicturePrior",
        "os.system",
        "os",
        "mmagic.SRCNNNet",
        "ExportedNetwork",
        "get_model",
        "Neck",
    ):
        refused(dict(GOOD, neck=dict(type=kind)))


@pytest.mark.parametrize("name", shipped_models())
def test_what_comes_with_the_package_is_taken(name):
    MODELS.build(read_network_config(shipped_models()[name].weights)["generator"])


def test_a_network_of_all_parts_is_published_and_taken(tmp_path):
    config = {key: value for key, value in GOOD.items() if key != "guidance"}
    (tmp_path / "config.py").write_text(f"model = dict(type='ImageFusor', generator={config!r})")
    network = MODELS.build(config)
    torch.save(network.state_dict(), tmp_path / "network.pth")
    target = publish_network(tmp_path / "config.py", tmp_path / "network.pth", tmp_path / "it.safetensors")
    loaded = FusionInferencer(weights=target, device="cpu").model.generator
    for key, value in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[key], value)


def test_what_could_not_be_read_again_is_not_published(tmp_path):
    config = dict(type="XRestormerFusionNet", dim=8, num_blocks=(65, 1, 1, 1))
    (tmp_path / "config.py").write_text(f"model = dict(type='ImageFusor', generator={config!r})")
    with pytest.raises(CheckpointError, match="config.py: network.num_blocks"):
        publish_network(tmp_path / "config.py", tmp_path / "none.pth", tmp_path / "it.safetensors")
    assert not (tmp_path / "it.safetensors").exists()
