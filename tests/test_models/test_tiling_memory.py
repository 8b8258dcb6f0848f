"""How many tiles, of what size and how far apart, as configuration and memory say."""

import pytest
import torch

from mmfusion_distill.models.tiles import blended_tiles as tiling
from mmfusion_distill.models.tiles.blended_tiles import TilingConfig, fuse_image, fuse_tiled


class Recorder:
    """A fusion without a receptive field that notes the shapes it is given, and has memory for so many pixels."""

    def __init__(self, pixels=float("inf"), error=torch.OutOfMemoryError("CUDA out of memory")):  # noqa: B008
        self.shapes, self.pixels, self.error = [], pixels, error

    def __call__(self, a, b, samples):
        self.shapes.append((len(a), *a.shape[-2:]))
        if a.numel() > self.pixels:
            raise self.error
        return a + b


def fused_by(fuse, shape, config, multiple=64, pixel_bytes=1):
    """Fuse an image of a shape, which has to come out right; the shapes that the network saw."""
    a = torch.rand(shape[0], 1, *shape[1:])
    torch.testing.assert_close(fuse_image(fuse, a, a, config, multiple, pixel_bytes), 2 * a)
    return fuse.shapes


@pytest.mark.parametrize(
    "overlap, widths",
    [
        # Starts at 0, 64, 128; at 0, 80, 160, where a multiple of 64 would not lie; and at 0, 112, 224.
        (64, [128, 128, 128]),
        (48, [128, 128, 96]),
        (16, [128, 128, 32]),
    ],
)
def test_neighbours_share_what_the_config_says_and_start_at_multiples(overlap, widths):
    shapes = fused_by(Recorder(), (1, 16, 256), TilingConfig("tile", 128, overlap), multiple=16)
    assert shapes == [(1, 16, width) for width in widths]


def test_memory_of_a_gpu_is_what_is_free_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (3, 7))
    assert tiling.free_memory(torch.device("cuda")) == 3


def test_smaller_tiles_share_half_of_theirs(monkeypatch):
    monkeypatch.setattr(tiling, "free_memory", lambda _: 128**2 / 0.8)
    shapes = fused_by(Recorder(), (1, 256, 256), TilingConfig(tile=256, overlap=128), multiple=16)
    # Starts at 0, 64 and 128.
    assert shapes == [(1, 128, 128)] * 9


def test_tiles_do_not_get_smaller_than_128_pixels_however_little_memory_there_is():
    config = TilingConfig(tile=256, overlap=0, max_memory=1e-9)
    assert fused_by(Recorder(), (1, 128, 256), config) == [(1, 128, 128)] * 2


@pytest.mark.parametrize("shape", [(1, 500, 300), (1, 300, 500)])
def test_what_fits_is_fused_whole_upright_or_not(shape):
    assert fused_by(Recorder(), shape, TilingConfig()) == [shape]


def test_tiles_of_all_samples_together_are_no_more_than_fit(monkeypatch):
    monkeypatch.setattr(tiling, "free_memory", lambda _: 5.5 * 128**2 / 0.8)
    config = TilingConfig(tile=128, overlap=0, batch=4)
    # Two samples of two tiles each.
    assert fused_by(Recorder(), (2, 384, 512), config)[0] == (4, 128, 128)


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("can't allocate memory")]
)
def test_fewer_tiles_at_a_time_come_before_smaller_ones(error):
    config = TilingConfig("tile", 256, 64, batch=4)
    shapes = fused_by(Recorder(256**2, error), (1, 448, 448), config)
    assert shapes == [(4, 256, 256)] + [(1, 256, 256)] * 4


def test_what_is_too_large_as_a_whole_goes_on_in_tiles_of_the_config():
    shapes = fused_by(Recorder(256**2), (1, 1024, 1024), TilingConfig(tile=256, overlap=0))
    assert shapes == [(1, 1024, 1024)] + [(1, 256, 256)] * 16


def test_an_error_that_smaller_tiles_would_hide_is_passed_on():
    fuse = Recorder(256**2, RuntimeError("a bug"))
    with pytest.raises(RuntimeError, match="a bug"):
        fused_by(fuse, (1, 512, 512), TilingConfig())
    assert fuse.shapes == [(1, 512, 512)]


def test_tiles_that_are_too_large_are_halved():
    shapes = fused_by(Recorder(256**2), (1, 512, 1024), TilingConfig("tile", 512, 0))
    assert shapes == [(1, 512, 512)] + [(1, 256, 256)] * 8


@pytest.mark.parametrize("height, width", [(384, 64), (64, 384)])
def test_what_is_long_one_way_only_is_cut_that_way(height, width):
    shapes = []

    def record(a, b):
        shapes.append(tuple(sorted(a.shape[-2:])))
        return a + b

    a = torch.rand(1, 1, height, width)
    torch.testing.assert_close(fuse_tiled(record, a, a, 128, 0), 2 * a)
    assert shapes == [(64, 128)] * 3
