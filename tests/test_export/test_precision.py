"""Exports of lower precision: smaller files that make nearly the same images."""

import numpy as np
import pytest
import torch
from scripts import run_script

from mmfusion_distill.data.generated_scenes import generate_pair, write_generated_pairs
from mmfusion_distill.export.calibration import calibration_pairs
from mmfusion_distill.export.export_network import export_network
from mmfusion_distill.images.image_files import PairingError
from mmfusion_distill.images.image_io import write_image
from mmfusion_distill.inference.exported_fusion import ExportedFusion
from mmfusion_distill.registry import MODELS

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

NETWORK = dict(
    type="XRestormerFusionNet",
    dim=32,
    num_blocks=(1, 1),
    num_refinement_blocks=0,
    channel_heads=(1, 2),
    spatial_heads=(1, 2),
)
LARGEST_ERROR = {"fp16": 2e-2, "int8": 0.2}


@pytest.fixture
def network():
    torch.manual_seed(0)
    return MODELS.build(NETWORK).eval()


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    write_generated_pairs(folder, 3, height=50, width=70)
    return folder


@pytest.fixture
def single(network, tmp_path):
    return export_network(network, tmp_path / "single.onnx", "onnx")


@pytest.mark.parametrize("precision", LARGEST_ERROR)
@pytest.mark.parametrize("file_format", ["onnx", "openvino"])
def test_a_smaller_file_gives_nearly_the_same_at_another_size(
    file_format, precision, network, scenes, single, tmp_path
):
    if file_format == "openvino":
        pytest.importorskip("openvino")
    calibration = calibration_pairs(scenes / "visible", scenes / "infrared", 1, network.multiple)
    suffix = dict(onnx=".onnx", openvino=".xml")[file_format]
    path = export_network(network, tmp_path / f"network{suffix}", file_format, precision, calibration)
    exported = ExportedFusion(path)
    assert exported.multiple == 1
    images = [np.float32(image.transpose(2, 0, 1)[None] / 255) for image in generate_pair(7, 45, 66)]
    with torch.inference_mode():
        expected = network(*map(torch.from_numpy, images)).numpy()
    error = np.abs(exported(*images) - expected).max()
    assert 0 < error < LARGEST_ERROR[precision]
    if file_format == "openvino":
        path = path.with_suffix(".bin")
    weights = 4 * sum(parameter.numel() for parameter in network.parameters())
    assert path.stat().st_size < single.stat().st_size - weights / 4


def test_sums_beyond_half_precision_do_not_overflow(network, tmp_path):
    # Queries and keys are normalised, so that their scale does not matter, but for the sums in between.
    for name, parameter in network.named_parameters():
        if name.endswith("channel_attn.qkv.weight"):
            parameter.data[: 2 * len(parameter) // 3] *= 100
    exported = ExportedFusion(export_network(network, tmp_path / "network.onnx", "onnx", "fp16"))
    images = torch.rand(1, 3, 64, 96), torch.rand(1, 1, 64, 96)
    with torch.inference_mode():
        expected = network(*images).numpy()
    assert np.abs(exported(*(image.numpy() for image in images)) - expected).max() < LARGEST_ERROR["fp16"]


def test_calibration_takes_crops_of_the_first_pairs(scenes, tmp_path):
    pairs = list(calibration_pairs(scenes / "visible", scenes / "infrared", 2, 64))
    assert [[image.shape for image in pair] for pair in pairs] == [[(1, 3, 64, 128), (1, 1, 64, 128)]] * 2
    assert all(
        image.min() >= 0 and image.max() <= 1 and image.dtype == np.float32
        for pair in pairs
        for image in pair
    )
    for folder, channels in (("a", 3), ("b", 1)):
        write_image(tmp_path / folder / "large.png", np.full((300, 500, channels), 9))
    ((img_a, _),) = calibration_pairs(tmp_path / "a", tmp_path / "b", 1, 64)
    assert img_a.shape == (1, 3, 192, 192)
    with pytest.raises(PairingError, match="3 pairs, 9 are wanted"):
        list(calibration_pairs(scenes / "visible", scenes / "infrared", 9, 64))


def test_what_cannot_be_written_is_said(network, tmp_path):
    with pytest.raises(ValueError, match="int8 needs pairs"):
        export_network(network, tmp_path / "x.onnx", "onnx", "int8")
    with pytest.raises(ValueError, match="TorchScript is written in fp32 only"):
        export_network(network, tmp_path / "x.pt", "torchscript", "fp16")
    with pytest.raises(ValueError, match="none of fp32, fp16, int8"):
        export_network(network, tmp_path / "x.onnx", "onnx", "int4")


def test_the_command_measures_the_quality(network, scenes, tmp_path):
    (tmp_path / "config.py").write_text(f"model = dict(type='ImageFusor', generator={NETWORK!r})\n")
    torch.save(network.state_dict(), tmp_path / "network.pth")
    command = ["export", "config.py", "network.pth", "out.onnx"]
    folders = ["--quality-a", scenes / "visible", "--quality-b", scenes / "infrared", "--quality-pairs", "2"]
    done = run_script(*command, "--precision", "fp16", *folders, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 pairs: PSNR to PyTorch" in done.stdout
    done = run_script(*command, "--precision", "int8", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("pairs like those to be fused")
