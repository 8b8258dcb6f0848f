"""Exported fast networks: any size, text, modes, TorchScript as the other formats."""

import numpy as np
import pytest
import torch
from scripts import run_script

from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.export.export_network import export_network, largest_differences
from mmfusion_distill.inference import exported_fusion
from mmfusion_distill.inference.exported_fusion import ExportedFusion
from mmfusion_distill.inference.exported_inferencer import ExportedInferencer, is_exported
from mmfusion_distill.models import FusionUNet

NEEDS = {"onnx": ["onnx", "onnxruntime"], "torchscript": [], "openvino": ["onnx", "openvino"]}
SUFFIX = {"onnx": ".onnx", "torchscript": ".pt", "openvino": ".xml"}
TEXT = dict(type="TextPrior", text_channels=5)
PAIR = dict(type="PicturePrior")


def fast_network(prior: dict = PAIR) -> FusionUNet:
    """Every kind of part of the fast networks; the head's maps are random, since zeros would show nothing."""
    torch.manual_seed(0)
    network = FusionUNet(
        widths=(4, 8),
        blocks=[dict(type="GatedConvBlock"), dict(type="GatedConvBlock", pooled_attention=True)],
        num_blocks=(1, 1),
        stem=dict(type="PixelUnshuffleStem", factor=2, bias=True),
        neck=dict(
            type="SpatialChannelCrossFusion",
            levels=(2,),
            exchange_channel_heads=2,
            exchange_spatial_heads=1,
            merge_channel_heads=2,
            merge_spatial_heads=1,
            merge_dim_head=4,
            window_size=4,
        ),
        prior=prior,
        guidance=dict(type="FeatureWiseAffine"),
        head=dict(type="LaplacianBlendHead", num_bands=4, noise_filter=True),
    )
    for name, parameter in network.named_parameters():
        if any(
            part in name for part in ("head.convs", "tone_curve", "noise_filter", "guidance", "attention")
        ):
            torch.nn.init.normal_(parameter, std=0.1)
    return network.eval()


@pytest.fixture
def sources():
    rng = np.random.default_rng(0)
    return rng.random((2, 3, 20, 150), np.float32), rng.random((2, 1, 20, 150), np.float32)


@pytest.mark.parametrize("prior", [PAIR, TEXT], ids=["student", "teacher"])
@pytest.mark.parametrize("file_format", NEEDS)
def test_files_take_any_size_batch_and_text(file_format, prior, sources, tmp_path):
    for package in NEEDS[file_format]:
        pytest.importorskip(package)
    network = fast_network(prior)
    path = export_network(network, tmp_path / f"network{SUFFIX[file_format]}", file_format)
    exported = ExportedFusion(path)
    assert (exported.multiple, exported.text_channels) == (1, 5 if prior is TEXT else None)
    sizes = [(16, 48), (64, 32), (37, 101), (1, 1), (1, 50)]
    assert max(largest_differences(network, exported, sizes).values()) < 1e-4
    both = exported(*sources)
    for sample in range(2):
        alone = exported(*(array[sample : sample + 1] for array in sources))
        np.testing.assert_allclose(both[sample : sample + 1], alone, atol=1e-5)
    if file_format == "onnx":
        # Tiles are of 640 pixels.
        large = [np.tile(image, (1, 1, 1, 6)) for image in sources]
        large += [] if prior is PAIR else [np.ones((2, 5), np.float32)]
        tiled = ExportedFusion(path, mode="tile", max_memory=1e-3)(*large)
        np.testing.assert_allclose(tiled, exported(*large), atol=2e-3)


def test_text_steers_and_zeros_are_no_text(sources, tmp_path):
    exported = ExportedFusion(export_network(fast_network(TEXT), tmp_path / "network.pt", "torchscript"))
    without = exported(*sources)
    np.testing.assert_array_equal(without, exported(*sources, np.zeros((2, 5), np.float32)))
    assert (
        np.abs(exported(*sources, np.arange(10, dtype=np.float32).reshape(2, 5) % 3) - without).max() > 1e-4
    )
    with pytest.raises(ValueError, match="text_emb has shape .2, 4."):
        exported(*sources, np.ones((2, 4), np.float32))


def test_a_mode_is_honoured(sources, tmp_path):
    path = export_network(fast_network(), tmp_path / "network.pt", "torchscript")
    large = [np.tile(image, (1, 1, 20, 3)) for image in sources]
    results = {
        (mode, memory): ExportedFusion(path, mode=mode, max_memory=memory)(*large)
        for mode in ("auto", "whole", "tile")
        for memory in (1.5, 1e-3)
        if (mode, memory) != ("auto", 1e-3)
    }
    whole = results["whole", 1.5]
    for key in (("whole", 1e-3), ("auto", 1.5)):
        np.testing.assert_array_equal(results[key], whole)
    # A tile that holds the whole image is the whole image.
    np.testing.assert_allclose(results["tile", 1.5], whole, atol=1e-6)
    assert 0 < np.abs(results["tile", 1e-3] - whole).max() < 0.1
    # Its brightness is that of the whole image: no tiles unasked.
    with pytest.raises(ValueError, match=r"pixels take .* GiB .* take the weights or"):
        ExportedFusion(path, max_memory=1e-3)(*large)
    with pytest.raises(ValueError, match="mode 'half' is none of auto, whole, tile"):
        ExportedInferencer(path, mode="half")


def test_pytorch_leaves_a_file_the_limit_that_it_has_by_itself(sources, tmp_path, monkeypatch):
    path = export_network(fast_network(), tmp_path / "network.pt", "torchscript")
    fuse = FusionInferencer(weights=path, backend="pytorch", device="cpu").fuse
    images = sources[0][0].transpose(1, 2, 0), sources[1][0, 0]
    fuse(*images)
    monkeypatch.setattr(exported_fusion, "free_memory", lambda: 1e3)
    with pytest.raises(ValueError, match=r"pixels take .* GiB in .*network.pt"):
        fuse(*images)


def test_torchscript_runs_as_the_other_formats_do(sources, pair_folder, tmp_path):
    network = fast_network()
    path = export_network(network, tmp_path / "network.pt", "torchscript")
    with torch.inference_mode():
        expected = network(*(torch.from_numpy(image[:1]) for image in sources))[0]
    expected = expected.clamp(0, 1).permute(1, 2, 0).numpy() * 255
    pair = dict(img_a=sources[0][0].transpose(1, 2, 0), img_b=sources[1][0, 0])
    for inferencer in (ExportedInferencer(path), FusionInferencer(weights=path)):
        assert np.abs(inferencer(pair)["predictions"][0] - expected).max() <= 1
    done = run_script("fuse", "a", "b", "out", "--weights", path, folder=pair_folder)
    assert done.returncode == 0, done.stderr
    assert "6 images written" in done.stdout


def test_a_checkpoint_is_not_taken_for_torchscript(tmp_path):
    torch.save(fast_network().state_dict(), tmp_path / "checkpoint.pt")
    assert not is_exported(tmp_path / "checkpoint.pt")
    with pytest.raises(ValueError, match=r"checkpoint\.pt"):
        ExportedInferencer(tmp_path / "checkpoint.pt")
