"""Attention between channels: of large maps a head at a time, to the same values in less memory."""

import pytest
import torch

from mmfusion_distill.analysis.stopwatch import in_fresh_process, peak_bytes
from mmfusion_distill.models.ops import runtime_forms
from mmfusion_distill.models.parts.attention import ChannelAttention


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
def test_a_head_at_a_time_gives_what_all_heads_give(layout, monkeypatch):
    torch.manual_seed(0)
    attention = ChannelAttention(12, 3)
    torch.nn.init.uniform_(attention.temperature, 1, 9)
    x = torch.randn(2, 12, 10, 14).contiguous(memory_format=layout)
    with torch.inference_mode():
        expected = attention(x)
        monkeypatch.setattr(runtime_forms, "WHOLE_BYTES", 0)
        torch.testing.assert_close(attention(x), expected, rtol=0, atol=1e-6)


@torch.inference_mode()
def peak_of_a_large_map(channels: int, side: int) -> int | None:
    torch.set_num_threads(1)
    attention = ChannelAttention(channels, 8)
    x = torch.rand(1, channels, side, side).contiguous(memory_format=torch.channels_last)
    attention(x[..., :8, :8])
    return peak_bytes(lambda: attention(x))


def test_queries_keys_and_values_of_a_large_map_are_never_there_at_once():
    # Beyond the map itself: the result before its projection and after, and what one head needs. All queries, keys
    # and values are three maps, and six while they are made.
    peak = in_fresh_process(peak_of_a_large_map, 64, 432)
    if peak is None:
        pytest.skip("this system does not tell the memory of a process")
    assert peak < 4 * 4 * 64 * 432**2
