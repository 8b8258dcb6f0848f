"""Parts that a user registers below the base of their role work in files of weights and in tiles."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from mmfusion_distill.inference.pytorch_inferencer import PyTorchInferencer
from mmfusion_distill.models.parts import HierarchicalEncoder, Neck
from mmfusion_distill.models.tiles.blended_tiles import TilingConfig
from mmfusion_distill.models.weight_files.checkpoints import CheckpointError
from mmfusion_distill.registry import MODELS

NETWORK = dict(
    type="FusionUNet",
    widths=[4, 6],
    blocks=dict(type="GatedConvBlock"),
    num_blocks=[1, 1],
    stem=dict(type="PixelUnshuffleStem", factor=2),
    encoder=dict(type="OwnEncoder", gain=0.5),
    neck=dict(type="OwnNeck", share=0.7),
    head=dict(type="LaplacianBlendHead", num_bands=4),
)


class OwnNeck(Neck):
    """A share of A and the rest of B."""

    def __init__(self, channels, share: float = 0.5):
        super().__init__(channels)
        self.share, self.reaches = share, [0] * len(channels)

    def merge(self, a, b, level):
        return self.share * a + (1 - self.share) * b


class OwnEncoder(HierarchicalEncoder):
    """A fainter image is encoded."""

    def __init__(self, gain: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        self.gain = gain

    def descend(self, x, first, last=None):
        return super().descend(x if first else self.gain * x, first, last)


@pytest.fixture
def own_parts(monkeypatch):
    """Both registered, as their module would when it is imported."""
    for part in (OwnNeck, OwnEncoder):
        monkeypatch.setitem(MODELS.module_dict, part.__name__, part)


@pytest.fixture
def weights(own_parts, tmp_path):
    """A file of weights that names them."""
    network = MODELS.build(NETWORK)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    save_file(network.state_dict(), tmp_path / "own.safetensors", dict(network=json.dumps(NETWORK)))
    return tmp_path / "own.safetensors"


def test_a_file_with_own_parts_fuses_and_tiles_are_exact(weights):
    inferencer = PyTorchInferencer(weights=weights, device="cpu")
    assert isinstance(inferencer.model.generator.neck, OwnNeck)
    assert inferencer.model.generator.num_local_levels == 1
    img_a, img_b = (
        np.random.randint(0, 256, (192, 208, 3), np.uint8),
        np.random.randint(0, 256, (192, 208), np.uint8),
    )
    whole = inferencer.fuse(img_a, img_b)
    inferencer.model.tiling = TilingConfig(mode="tile", tile=128, overlap=32)
    assert np.abs(whole.astype(int) - inferencer.fuse(img_a, img_b)).max() <= 1
    assert np.ptp(whole) > 50


def test_a_file_whose_parts_nobody_imported_says_so(weights, monkeypatch):
    monkeypatch.delitem(MODELS.module_dict, "OwnNeck")
    with pytest.raises(
        CheckpointError, match="'OwnNeck', but a file may only name .* import its module first"
    ):
        PyTorchInferencer(weights=weights, device="cpu")
