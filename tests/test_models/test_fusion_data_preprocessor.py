"""Fusion before another model's preprocessor."""

import pytest
import torch
from torch import nn

from mmfusion_distill.models import FusionDataPreprocessor, PyramidFusion
from mmfusion_distill.registry import MODELS

PLAIN = dict(type="mmengine.ImgDataPreprocessor", mean=[0.0, 0.0, 0.0], std=[255.0, 255.0, 255.0])


class AddInfrared(nn.Module):
    """Adds a share of B to the red channel: what comes out says what went in."""

    def __init__(self):
        super().__init__()
        self.share = nn.Parameter(torch.tensor(0.5))

    def forward(self, img_a, img_b):
        return torch.cat([img_a[:, :1] + self.share * img_b, img_a[:, 1:]], dim=1)


def blue_and_warm(height=4, width=5):
    """B, G, R, infrared."""
    return torch.tensor([200, 10, 20, 100], dtype=torch.uint8)[:, None, None].expand(4, height, width)


def test_the_model_gets_three_fused_channels_in_the_order_of_what_was_loaded():
    preprocessor = FusionDataPreprocessor(AddInfrared(), PLAIN)
    data = dict(inputs=[blue_and_warm()], data_samples=["kept"])
    result = preprocessor(data)
    assert result["inputs"].shape == (1, 3, 4, 5)
    assert (result["inputs"][0, :, 0, 0] * 255).tolist() == pytest.approx([200, 10, 20 + 50])
    assert result["data_samples"] == ["kept"]
    assert data["inputs"][0].shape[0] == 4, "the loader's data stay as they are"
    rgb = FusionDataPreprocessor(AddInfrared(), PLAIN, channel_order="rgb")
    assert (rgb(data)["inputs"][0, :, 0, 0] * 255).tolist() == pytest.approx([200 + 50, 10, 20])


def test_pictures_of_several_sizes_are_padded_by_the_wrapped_one_after_the_fusion():
    preprocessor = FusionDataPreprocessor(PyramidFusion(num_bands=2), PLAIN)
    result = preprocessor(dict(inputs=[blue_and_warm(8, 8), blue_and_warm(6, 8)]))["inputs"]
    assert result.shape == (2, 3, 8, 8)
    assert result[1, :, 6:].abs().sum() == 0


@pytest.mark.parametrize("trained", [True, False])
def test_the_loss_reaches_the_network_where_it_is_trained_along(trained):
    preprocessor = FusionDataPreprocessor(AddInfrared(), PLAIN, trained=trained).train()
    share = preprocessor.network.share
    fused = preprocessor(dict(inputs=[blue_and_warm()]), training=True)["inputs"]
    assert fused.requires_grad == share.requires_grad == preprocessor.network.training == trained
    if trained:
        fused.sum().backward()
        assert share.grad.item() == pytest.approx(20 * 100 / 255, rel=1e-5)
    assert "network.share" in preprocessor.state_dict()


def test_what_it_has_not_it_asks_of_the_wrapped_one():
    wrapped = dict(type="mmagic.DataPreprocessor", mean=[0.0], std=[255.0], data_keys=None)
    preprocessor = FusionDataPreprocessor(AddInfrared(), wrapped)
    assert preprocessor.std.flatten().tolist() == [255]
    assert callable(preprocessor.destruct)
    with pytest.raises(AttributeError, match="nonsense"):
        preprocessor.nonsense  # noqa: B018


def test_the_shipped_student_is_named_in_a_config():
    cfg = dict(
        type="mmfusion.FusionDataPreprocessor", network=dict(type="get_model", name="student"), wrapped=PLAIN
    )
    preprocessor = MODELS.build(cfg)
    fused = preprocessor(dict(inputs=torch.rand(1, 4, 16, 24) * 255))["inputs"]
    assert fused.shape == (1, 3, 16, 24)
    assert fused.min() >= 0 and fused.max() <= 1


def test_wrong_use_is_one_sentence(tiny_teacher):
    preprocessor = FusionDataPreprocessor(AddInfrared(), PLAIN)
    with pytest.raises(ValueError, match="have 3 channels, wanted 4: load them with .*LoadPairedImage"):
        preprocessor(dict(inputs=torch.zeros(1, 3, 4, 4)))
    with pytest.raises(ValueError, match="guided by text"):
        FusionDataPreprocessor(tiny_teacher, PLAIN)
    with pytest.raises(ValueError, match="channel_order is 'gbr'"):
        FusionDataPreprocessor(AddInfrared(), PLAIN, channel_order="gbr")
