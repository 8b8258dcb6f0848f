"""Large images in tiles have the result of the whole."""

import pytest
import torch
from torch import nn

from mmfusion_distill.models import FusionUNet, ImageFusor
from mmfusion_distill.models.tiles import exact_tiles

CONV = dict(type="GatedConvBlock")


def network(guided: bool = False) -> dict:
    return dict(
        type="FusionUNet",
        widths=(8, 12, 16, 20),
        blocks=[CONV, CONV, dict(CONV, pooled_attention=True), CONV],
        num_blocks=(1, 1, 1, 1),
        stem=dict(type="PixelUnshuffleStem", factor=2, bias=True),
        neck=dict(type="ConvFusion"),
        prior=dict(type="TextPrior", text_channels=3) if guided else dict(type="PicturePrior"),
        guidance=dict(type="FeatureWiseAffine"),
        head=dict(type="LaplacianBlendHead", noise_filter=True),
    )


def shaken(fusor: ImageFusor) -> ImageFusor:
    """The head starts at zero, where tiles could not differ."""
    for parameter in fusor.generator.head.parameters():
        nn.init.normal_(parameter, std=0.05)
    return fusor.eval()


@pytest.mark.parametrize(("guided", "keeps_skips"), [(False, True), (True, False)])
@pytest.mark.parametrize(("height", "width"), [(150, 500), (449, 64)])
def test_tiles_are_the_whole(guided, keeps_skips, height, width, monkeypatch):
    # Merged maps are kept from the way down for the way up, or made a second time where memory is short.
    monkeypatch.setattr(exact_tiles, "KEPT_BYTES", 2**40 if keeps_skips else 0)
    torch.manual_seed(0)
    whole = shaken(ImageFusor(network(guided), test_cfg=dict(mode="whole")))
    tiled = ImageFusor(network(guided), test_cfg=dict(mode="tile", tile=256)).eval()
    tiled.load_state_dict(whole.state_dict())
    assert whole.generator.num_local_levels == 2
    # Darker to one side: what is global must be that of the whole image.
    light = torch.linspace(0, 1, width)
    img_a, img_b = torch.rand(2, 3, height, width) * light, torch.rand(2, 1, height, width) * light.flip(0)
    text = torch.rand(2, 3) if guided else None
    with torch.inference_mode():
        expected = whole.fuse(img_a, img_b, text)
        actual = tiled.fuse(img_a, img_b, text)
    assert expected.shape == actual.shape
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    "levels",
    [
        dict(num_blocks=(3, 4, 1, 1), blocks=[dict(type="GatedConvBlock")] * 4),
        # As tiny: all maps at a quarter of the size and less.
        dict(
            widths=(8, 12, 16),
            num_blocks=(2, 1, 1),
            blocks=[dict(type="GatedConvBlock")] * 3,
            stem=dict(type="PixelUnshuffleStem", factor=4, bias=True),
        ),
    ],
    ids=["half", "quarter"],
)
@pytest.mark.parametrize("keeps_skips", [True, False])
def test_surroundings_are_as_wide_as_deep_local_levels_look(keeps_skips, levels, monkeypatch):
    monkeypatch.setattr(exact_tiles, "KEPT_BYTES", 2**40 if keeps_skips else 0)
    torch.manual_seed(0)
    deep = dict(network(), **levels)
    whole = ImageFusor(deep, test_cfg=dict(mode="whole")).double().eval()
    for parameter in whole.generator.parameters():
        nn.init.normal_(parameter, std=0.15)
    # What lies far away has little influence: so many digits show whether it has any.
    img_a, img_b = torch.rand(1, 3, 32, 400).double(), torch.rand(1, 1, 32, 400).double()
    with torch.inference_mode():
        expected = whole.fuse(img_a, img_b)
        actual = exact_tiles.fuse_in_exact_tiles(whole.generator, img_a, img_b, None, tile=128)
    torch.testing.assert_close(actual, expected, rtol=1e-9, atol=1e-9)


def test_published_networks_have_nothing_local():
    attention = dict(type="XRestormerBlock", channel_heads=1, spatial_heads=0)
    net = FusionUNet(
        widths=(4, 8),
        blocks=attention,
        num_blocks=(1, 1),
        neck=dict(type="ConvFusion"),
        head=dict(type="ResidualHead", block=attention, num_blocks=0),
        color="rgb",
    )
    assert net.num_local_levels == 0


@pytest.mark.parametrize(("missing", "again"), [(0, []), (1, [176, 256, 256, 256, 256, 256, 208, 112])])
def test_tiles_with_their_surroundings_are_as_large_as_asked_and_made_again_where_memory_is_short(
    missing, again, monkeypatch
):
    net = shaken(ImageFusor(network())).generator
    img_a, img_b = torch.rand(2, 3, 64, 704), torch.rand(2, 1, 64, 704)
    # Merged maps of 8 channels at half the size and of 12 at a quarter, of 4 bytes.
    monkeypatch.setattr(exact_tiles, "KEPT_BYTES", 2 * 64 * 704 * 4 * (8 / 4 + 12 / 16) - missing)
    seen, fine, up = [], net.head.fine, []
    net.encoder_a.stem.register_forward_pre_hook(lambda _, images: seen.append(images[0].shape[3]))
    monkeypatch.setattr(net.head, "fine", lambda *maps: up.append(maps[1].shape[3]) or fine(*maps))
    with torch.inference_mode():
        exact_tiles.fuse_in_exact_tiles(net, img_a, img_b, None, tile=256)
    # On the way down 26 pixels around are seen, on the way up 80, for the sources; all by eights.
    assert seen == [224, 256, 256, 160, *again]
    assert up == [176, 256, 256, 256, 256, 256, 208, 112]


@pytest.mark.parametrize(
    ("levels", "local"),
    [
        # Of strides 1, 2, 4 and 8: one level below the local ones, and two, the finer of which sees everything.
        ([{}, {}, {}, {}], 3),
        ([{}, {}, dict(pooled_attention=True), {}], 2),
    ],
)
def test_networks_may_have_another_number_of_local_levels(levels, local):
    torch.manual_seed(0)
    blocks = [dict(CONV, **options) for options in levels]
    fine = dict(network(), blocks=blocks, stem=dict(type="PixelUnshuffleStem"))
    net = shaken(ImageFusor(fine)).generator
    assert net.strides == [1, 2, 4, 8] and net.num_local_levels == local
    img_a, img_b = torch.rand(1, 3, 40, 200), torch.rand(1, 1, 40, 200)
    with torch.inference_mode():
        expected = net(img_a, img_b, None)
        actual = exact_tiles.fuse_in_exact_tiles(net, img_a, img_b, None, tile=128)
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-4)
