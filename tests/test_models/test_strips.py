"""Layers that work on large maps a strip of rows at a time, to the values of the whole."""

import pytest
import torch
from torch import nn

from mmfusion_distill.models.ops import runtime_forms
from mmfusion_distill.models.parts import GatedConvBlock
from mmfusion_distill.models.parts.attention import OverlappingSpatialAttention

LAYERS = {
    "gated": lambda: GatedConvBlock(6, pooled_attention=True),
    "attention": lambda: OverlappingSpatialAttention(6, 2, 3, window_size=4),
    "attention, no overlap": lambda: OverlappingSpatialAttention(6, 2, 3, window_size=4, overlap_ratio=0),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("strip_bytes", [0, 4000])
@pytest.mark.parametrize("height", [4, 8, 20])
def test_strips_give_what_the_whole_gives(name, strip_bytes, height, monkeypatch):
    torch.manual_seed(0)
    layer = LAYERS[name]()
    for weight in layer.parameters():
        nn.init.normal_(weight)
    x = torch.randn(2, 6, height, 12).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        expected = layer(x)
        monkeypatch.setattr(runtime_forms, "WHOLE_BYTES", 0)
        monkeypatch.setattr(runtime_forms, "STRIP_BYTES", strip_bytes)
        torch.testing.assert_close(layer(x), expected, rtol=1e-5, atol=1e-5)


def test_rows_of_strips_are_all_rows_once(monkeypatch):
    monkeypatch.setattr(runtime_forms, "WHOLE_BYTES", 0)
    monkeypatch.setattr(runtime_forms, "STRIP_BYTES", 10 * 12 * 4 * 2)
    with torch.inference_mode():
        parts = runtime_forms.strips(torch.zeros(1, 3, 22, 12), channels=2, multiple=4)
    assert [part.start for part in parts] == [0, 8, 16]
    assert [row for part in parts for row in range(22)[part]] == list(range(22))
