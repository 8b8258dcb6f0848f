"""Tiled inference."""

import resource

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mmfusion_distill.images.tile_grid import axis_tiles
from mmfusion_distill.models import ImageFusor, XRestormerFusionNet
from mmfusion_distill.models.tiles import blended_tiles as tiling
from mmfusion_distill.models.tiles.blended_tiles import TilingConfig, fuse_image, fuse_tiled

GENEROUS = 10**9


def add(a, b, samples=None):
    """A fusion without a receptive field: tiles must not change it."""
    return a + b


@settings(deadline=None, max_examples=50)
@given(
    st.integers(1, 400),
    st.integers(1, 400),
    st.sampled_from([128, 192, 256]),
    st.integers(0, 120),
    st.integers(1, 3),
)
def test_every_pixel_of_every_size_is_covered_once(height, width, tile, overlap, batch):
    a, b = torch.rand(2, 3, height, width), torch.rand(2, 1, height, width)
    fused = fuse_tiled(add, a, b, tile, overlap, batch)
    torch.testing.assert_close(fused, a + b)


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 3000), st.sampled_from([64, 128, 512]), st.integers(0, 63))
def test_weights_of_a_pixel_are_positive_and_sum_to_one(length, tile, overlap):
    total = np.zeros(length, np.float32)
    for part in axis_tiles(length, tile, overlap, 64):
        assert part.slice.start % 64 == 0
        assert part.length <= tile
        assert (part.weight > 0).all()
        total[part.slice] += part.weight
    np.testing.assert_allclose(total, 1, rtol=1e-5)


def test_neighbours_share_the_overlap_and_are_blended_gradually():
    first, second = axis_tiles(300, 192, 64, 64)
    assert first.slice.stop - second.slice.start == 64
    steps = np.diff(second.weight[:64])
    assert (steps > 0).all() and steps.max() < 0.02
    ramp = np.arange(1, 65) / 65
    np.testing.assert_allclose(second.weight, [*ramp, *np.ones(108)], rtol=1e-6)
    np.testing.assert_allclose(first.weight, [*np.ones(128), *ramp[::-1]], rtol=1e-6)


def test_tiles_of_equal_size_are_batched_with_the_samples_of_a_tile_together():
    shapes = []

    def record(a, b):
        shapes.append(tuple(a.shape))
        return a + b

    a = torch.arange(2.0).view(2, 1, 1, 1).expand(2, 1, 128, 384)
    fused = fuse_tiled(record, a, a, 128, 0, batch=2)
    assert shapes == [(4, 1, 128, 128), (2, 1, 128, 128)]
    torch.testing.assert_close(fused, 2 * a)


def test_tiles_are_close_to_the_whole_image_and_without_seams():
    torch.manual_seed(0)
    network = XRestormerFusionNet(dim=8, num_blocks=(1, 1, 1, 1), num_refinement_blocks=1).eval()
    a, b = torch.rand(1, 3, 128, 320), torch.rand(1, 1, 128, 320)
    with torch.no_grad():
        whole = network(a, b)
        tiled = fuse_tiled(network, a, b, tile=192, overlap=64)
    difference = tiled - whole
    residual = whole - a
    assert difference.abs().mean() < 0.05 * residual.abs().mean()
    assert difference.abs().max() < 0.2 * residual.abs().max()
    # A seam would be a jump of the difference between two columns.
    jumps = difference.diff(dim=-1).abs().mean(dim=(0, 1, 2))
    assert jumps.max() < 4 * jumps.mean()


def test_auto_takes_the_whole_image_when_it_fits_and_tiles_when_not():
    sizes = []

    def record(a, b, samples):
        sizes.append(tuple(a.shape[-2:]))
        return a + b

    a = torch.rand(1, 1, 300, 500)
    fuse_image(record, a, a, TilingConfig(), 64, pixel_bytes=10)
    assert sizes == [(300, 500)]
    sizes.clear()
    fuse_image(record, a[..., :1, :30], a[..., :1, :30], TilingConfig(), 64, pixel_bytes=10)
    assert sizes == [(1, 30)]
    sizes.clear()
    fuse_image(record, a, a, TilingConfig(max_memory=0.1, tile=256, overlap=64), 64, pixel_bytes=1000)
    assert max(max(size) for size in sizes) == 256
    sizes.clear()
    fuse_image(record, a, a, TilingConfig(max_memory=0.02, tile=256, overlap=64), 64, pixel_bytes=1000)
    assert max(max(size) for size in sizes) == 128


def test_the_batch_does_not_decide_how_an_image_is_fused():
    shapes = []

    def record(a, b, samples):
        shapes.append((a.shape[0], *a.shape[-2:], samples))
        return a + b

    a = torch.rand(5, 1, 128, 128)
    # Memory for two images and a half.
    config = TilingConfig(max_memory=2.5 * 128**2 * 1000 / 2**30)
    torch.testing.assert_close(fuse_image(record, a, a, config, 64, pixel_bytes=1000), 2 * a)
    assert shapes == [(2, 128, 128, slice(0, 2)), (2, 128, 128, slice(2, 4)), (1, 128, 128, slice(4, 6))]


def test_a_network_with_tiles_of_its_own_gets_both_sources_of_the_samples_that_fit():
    calls = []

    def in_tiles(a, b, samples, tile):
        calls.append((samples, tile))
        return 10 * a + b

    def whole(a, b, samples):
        calls.append((samples, None))
        return a - b

    a, b = torch.rand(2, 3, 1, 128, 300)
    # Memory for two tiles, and none for an image.
    config = TilingConfig(max_memory=2 * 128**2 * 1000 / 2**30, tile=128, overlap=64)
    fused = fuse_image(whole, a, b, config, 64, pixel_bytes=1000, fuse_in_tiles=in_tiles)
    torch.testing.assert_close(fused, 10 * a + b)
    assert calls == [(slice(0, 2), 128), (slice(2, 4), 128)]
    small = a[..., :128], b[..., :128]
    fused = fuse_image(whole, *small, TilingConfig("tile", 128, 64), 64, 1, fuse_in_tiles=in_tiles)
    torch.testing.assert_close(fused, small[0] - small[1])


def test_memory_that_runs_out_again_makes_tiles_smaller_one_sample_at_a_time():
    shapes = []

    def limited(a, b, samples):
        shapes.append(tuple(a.shape))
        if a.numel() > 128 * 128:
            raise RuntimeError("can't allocate memory")
        return a + b

    a = torch.rand(2, 1, 256, 256)
    fused = fuse_image(limited, a, a, TilingConfig(tile=256, overlap=64), 64, 1)
    torch.testing.assert_close(fused, 2 * a)
    tried = list(dict.fromkeys(shapes))
    assert tried == [(2, 1, 256, 256), (1, 1, 256, 256), (1, 1, 128, 128)]


def test_tiles_may_share_half():
    assert TilingConfig(tile=128, overlap=64).overlap == 64
    with pytest.raises(ValueError, match="overlap=65"):
        TilingConfig(tile=128, overlap=65)


def test_a_batch_that_runs_out_of_memory_goes_on_one_by_one():
    shapes = []

    def limited(a, b, samples):
        shapes.append(a.shape)
        if len(a) > 1:
            raise RuntimeError("can't allocate memory")
        return a + b

    a = torch.rand(3, 1, 100, 200)
    torch.testing.assert_close(fuse_image(limited, a, a, TilingConfig(), 64, 1), 2 * a)
    assert shapes[1:] == [(1, 1, 100, 200)] * 3


@pytest.mark.parametrize("device, whole", [("cpu", False), ("meta", True)])
def test_the_default_limit_is_for_the_cpu_only(monkeypatch, device, whole):
    monkeypatch.setattr(tiling, "free_memory", lambda _: 100 * 2**30)
    sizes = []

    def record(a, b, samples):
        sizes.append(tuple(a.shape[-2:]))
        return a

    a = torch.empty(1, 1, 640, 640, device=device)
    fuse_image(record, a, a, TilingConfig(), 64, pixel_bytes=2**14)
    assert (sizes == [(640, 640)]) is whole


def test_whole_is_whole_whatever_the_memory():
    a = torch.rand(1, 1, 300, 500)
    fused = fuse_image(add, a, a, TilingConfig("whole", max_memory=0.001), 64, GENEROUS)
    assert torch.equal(fused, 2 * a)


def test_running_out_of_memory_leads_to_smaller_tiles():
    sizes = []

    def limited(a, b, samples):
        sizes.append(a.shape[-1] * a.shape[-2])
        if sizes[-1] > 130 * 130:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")
        return a + b

    a = torch.rand(1, 1, 300, 500)
    fused = fuse_image(limited, a, a, TilingConfig(tile=512), 64, pixel_bytes=1)
    torch.testing.assert_close(fused, 2 * a)
    assert sizes[-1] <= 128 * 128


def test_other_errors_and_hopeless_memory_are_passed_on():
    def broken(a, b, samples):
        raise RuntimeError("a bug")

    def hopeless(a, b, samples):
        raise RuntimeError("can't allocate memory")

    a = torch.rand(1, 1, 150, 150)
    with pytest.raises(RuntimeError, match="a bug"):
        fuse_image(broken, a, a, TilingConfig(), 64, 1)
    with pytest.raises(RuntimeError, match="allocate"):
        fuse_image(hopeless, a, a, TilingConfig(), 64, 1)


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(mode="tiles"), "none of auto, whole, tile"),
        (dict(tile=64), "at least 128"),
        (dict(overlap=300), "half of tile=512"),
        (dict(batch=0), "at least 1"),
        (dict(max_memory=0), "above 0"),
    ],
)
def test_wrong_settings_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        TilingConfig(**options)


def test_free_memory_respects_the_limit_of_the_process(monkeypatch):
    unlimited = tiling.free_memory(torch.device("cpu"))
    assert unlimited > 0
    monkeypatch.setattr(resource, "getrlimit", lambda _: (0, 0))
    assert tiling.free_memory(torch.device("cpu")) == 0


def test_the_fusor_fuses_in_tiles_what_test_cfg_says():
    generator = dict(
        type="XRestormerFusionNet",
        dim=8,
        num_blocks=(1, 1, 1, 1),
        num_refinement_blocks=1,
        guidance=dict(type="FeatureWiseAffine", text_channels=3),
    )
    fusor = ImageFusor(generator, test_cfg=dict(mode="tile", tile=128, overlap=0, batch=2)).eval()
    a, b, text = torch.rand(2, 3, 64, 256), torch.rand(2, 1, 64, 256), torch.rand(2, 3)
    with torch.no_grad():
        fused = fusor.fuse(a, b, text)
        left = fusor.generator(a[..., :128], b[..., :128], text)
    torch.testing.assert_close(fused[..., :128], left, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="none of auto, whole, tile"):
        ImageFusor(generator, test_cfg=dict(mode="half"))


@pytest.mark.parametrize("share, whole", [(0.79, True), (0.81, False)])
def test_auto_takes_at_most_four_fifths_of_the_memory_for_the_padded_image(monkeypatch, share, whole):
    # 300 x 500 is padded to 320 x 512.
    monkeypatch.setattr(tiling, "free_memory", lambda _: 320 * 512 * 100 / share)
    sizes = []

    def record(a, b, samples):
        sizes.append(tuple(a.shape[-2:]))
        return a + b

    a = torch.rand(1, 1, 300, 500)
    fused = fuse_image(record, a, a, TilingConfig(tile=256, overlap=0), 64, pixel_bytes=100)
    torch.testing.assert_close(fused, 2 * a)
    assert (sizes == [(300, 500)]) is whole
    assert whole or max(max(size) for size in sizes) == 256


@pytest.mark.parametrize("memory, at_a_time", [(1.5, 1), (3.5, 3), (100, 4)])
def test_as_many_tiles_at_a_time_as_asked_if_the_memory_allows(monkeypatch, memory, at_a_time):
    monkeypatch.setattr(tiling, "free_memory", lambda _: memory * 128**2 * 100 / 0.8)
    shapes = []

    def record(a, b, samples):
        shapes.append(a.shape[0])
        return a + b

    # Too large to be fused whole by however much memory.
    a = torch.rand(1, 1, 128 * 12, 128 * 12)
    config = TilingConfig(tile=128, overlap=0, batch=4)
    torch.testing.assert_close(fuse_image(record, a, a, config, 64, pixel_bytes=100), 2 * a)
    assert max(shapes) == at_a_time
