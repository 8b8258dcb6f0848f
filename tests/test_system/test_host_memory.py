"""Freed memory is kept for the next image, unless the environment says what shall become of it."""

import ctypes
from types import SimpleNamespace

import pytest
import torch

from mmfusion_distill.models import ImageFusor
from mmfusion_distill.models.fusors import image_fusor
from mmfusion_distill.system import memory as host_memory
from mmfusion_distill.system.memory import keep_host_memory, maps_of_whole_pictures


@pytest.mark.parametrize("variable", [None, "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"])
def test_the_environment_has_the_last_word(variable, monkeypatch):
    calls = []
    library = SimpleNamespace(mallopt=lambda option, value: calls.append((option, value)))
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, "0")
    keep_host_memory.__wrapped__()
    assert sorted(option for option, _ in calls) == ([] if variable else [-3, -1])


def test_beside_whole_pictures_large_memory_goes_back_and_afterwards_it_is_kept_again(monkeypatch):
    kept = []
    monkeypatch.setattr(host_memory, "_set", lambda option, value: kept.append(value))
    with pytest.raises(KeyError), maps_of_whole_pictures():
        assert kept == [host_memory.LARGEST_KEPT_BESIDE_TILES] and kept[0] < host_memory.LARGEST_KEPT
        raise KeyError
    assert kept[1:] == [host_memory.LARGEST_KEPT]


def test_pictures_that_are_fused_in_tiles_on_a_cpu_count_as_large(monkeypatch):
    network = dict(
        type="FusionUNet",
        widths=(4, 4, 4, 4),
        blocks=[dict(type="GatedConvBlock")] * 4,
        num_blocks=(1, 1, 1, 1),
        neck=dict(type="ConvFusion"),
        stem=dict(type="PixelUnshuffleStem", factor=2, bias=True),
    )
    entered = []

    class Entered:
        def __enter__(self):
            entered.append(True)

        def __exit__(self, *error):
            pass

    monkeypatch.setattr(image_fusor, "maps_of_whole_pictures", Entered)
    fusor = ImageFusor(network, test_cfg=dict(mode="tile", tile=256)).eval()
    with torch.inference_mode():
        fusor.fuse(torch.rand(1, 3, 64, 64), torch.rand(1, 1, 64, 64))
        assert not entered
        fusor.fuse(torch.rand(1, 3, 64, 300), torch.rand(1, 1, 64, 300))
    assert entered == [True]
