"""What a run with a moving average hands on is the average, everywhere that a checkpoint is read."""

import pytest
import torch
from mmengine.config import Config
from toy import toy_runner

from mmfusion_distill.export.model_files import publish_network
from mmfusion_distill.inference.fusion_inferencer import FusionInferencer
from mmfusion_distill.models.weight_files.checkpoints import load_network, read_state_dict
from mmfusion_distill.registry import MODELS

MOMENTUM = 0.25
NETWORK = dict(
    type="FusionUNet",
    widths=(4, 4),
    num_blocks=(1, 1),
    blocks=dict(type="GatedConvBlock"),
    neck=dict(type="ConvFusion"),
    head=dict(type="LaplacianBlendHead"),
)


def test_a_checkpoint_holds_the_average_as_its_weights(tmp_path):
    average = dict(type="EMAHook", ema_type="ExponentialMovingAverage", momentum=MOMENTUM)
    # The gradient is the pair's value: 1, 2, 3 ... at a rate of 0.01.
    toy_runner(tmp_path, custom_hooks=[average], count=4).train()
    raw = [1 - 0.01 * sum(range(1, step + 2)) for step in range(4)]
    averaged = raw[0]
    for value in raw[1:]:
        averaged += MOMENTUM * (value - averaged)
    assert abs(averaged - raw[-1]) > 0.02
    assert read_state_dict(tmp_path / "iter_4.pth")["weight"].item() == pytest.approx(averaged)
    # From the weights that were trained a resumed run goes on.
    resumed = toy_runner(
        tmp_path, custom_hooks=[average], count=4, load_from=str(tmp_path / "iter_4.pth"), resume=True
    )
    resumed.train()
    assert resumed.model.weight.item() == pytest.approx(raw[-1])


@pytest.fixture
def averaged(tmp_path):
    """Config and checkpoint of a run with a moving average; the networks of the average and of the raw weights."""
    Config(dict(model=dict(type="ImageFusor", generator=NETWORK))).dump(tmp_path / "config.py")
    average, raw = MODELS.build(NETWORK).eval(), MODELS.build(NETWORK).eval()
    for network in (average, raw):
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=0.1)
    content = dict(
        meta=dict(epoch=0, iter=4),
        ema_state_dict={f"module.generator.{key}": value for key, value in raw.state_dict().items()},
        state_dict={f"generator.{key}": value for key, value in average.state_dict().items()},
    )
    torch.save(content, tmp_path / "iter_4.pth")
    return tmp_path / "config.py", tmp_path / "iter_4.pth", average, raw


def test_what_is_published_is_the_average(averaged, tmp_path):
    config, checkpoint, average, raw = averaged
    state = read_state_dict(publish_network(config, checkpoint, tmp_path / "it.safetensors"))
    assert state.keys() == average.state_dict().keys()
    for key, value in average.state_dict().items():
        assert torch.equal(state[key], value), key


def test_what_is_loaded_and_fused_with_is_the_average(averaged):
    config, checkpoint, average, raw = averaged
    network = MODELS.build(NETWORK)
    load_network(network, checkpoint)
    inferred = FusionInferencer(config, checkpoint, "cpu").model.generator
    for key, value in average.state_dict().items():
        assert torch.equal(network.state_dict()[key], value), key
        assert torch.equal(inferred.state_dict()[key], value), key
