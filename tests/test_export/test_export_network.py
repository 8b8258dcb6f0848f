"""Exported networks compute what PyTorch computes."""

import numpy as np
import pytest
import torch

from mmfusion_distill.cli import export as export_command
from mmfusion_distill.export.export_network import export_network, largest_differences
from mmfusion_distill.images.pixels import reflected_index
from mmfusion_distill.inference.exported_fusion import ExportedFusion
from mmfusion_distill.models import XRestormerFusionNet
from mmfusion_distill.models.ops.runtime_forms import reflect_pad_to_multiple

NEEDS = {"onnx": ["onnx", "onnxruntime"], "torchscript": [], "openvino": ["onnx", "openvino"]}
SUFFIX = {"onnx": ".onnx", "torchscript": ".pt", "openvino": ".xml"}


def small_network() -> XRestormerFusionNet:
    """Two levels keep the export short; every kind of part is there."""
    torch.manual_seed(0)
    return XRestormerFusionNet(
        dim=8, num_blocks=(1, 1), num_refinement_blocks=0, channel_heads=(1, 2), spatial_heads=(1, 2)
    ).eval()


@pytest.mark.parametrize("file_format", NEEDS)
def test_an_exported_file_gives_the_same_at_sizes_it_was_not_traced_with(file_format, tmp_path):
    for package in NEEDS[file_format]:
        pytest.importorskip(package)
    network = small_network()
    path = export_network(network, tmp_path / f"network{SUFFIX[file_format]}", file_format)
    exported = ExportedFusion(path)
    assert exported.multiple == 1
    differences = largest_differences(network, exported, [(16, 48), (64, 32), (19, 37), (1, 1)])
    assert max(differences.values()) < 1e-4


@pytest.mark.parametrize("length", [1, 2, 5, 63, 64, 65])
def test_padding_is_that_of_the_network(length):
    image = np.random.default_rng(0).random((1, 1, length, 64), dtype=np.float32)
    padded = reflect_pad_to_multiple(torch.from_numpy(image), 64).numpy()
    np.testing.assert_array_equal(image[:, :, reflected_index(length, 64)], padded)


def test_what_cannot_be_exported_is_said(tmp_path):
    network = small_network()
    with pytest.raises(ValueError, match="none of onnx"):
        export_network(network, tmp_path / "x.onnx", "tensorrt")
    with pytest.raises(ValueError, match="must end in .onnx"):
        export_network(network, tmp_path / "x.pt", "onnx")


def test_wrong_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="absent.onnx"):
        ExportedFusion(tmp_path / "absent.onnx")
    (tmp_path / "network.bin").touch()
    with pytest.raises(ValueError, match="network.bin"):
        ExportedFusion(tmp_path / "network.bin")


@pytest.mark.parametrize("file_format", ["onnx", "torchscript"])
def test_a_file_of_one_size_takes_that_one_alone(file_format, tmp_path):
    if file_format == "onnx":
        onnx = pytest.importorskip("onnx")
    network = small_network()
    path = export_network(
        network, tmp_path / f"network{SUFFIX[file_format]}", file_format, size=(24, 40), opset=15
    )
    exported = ExportedFusion(path)
    assert max(largest_differences(network, exported, [(24, 40)]).values()) < 1e-4
    pair = np.zeros((3, 3, 24, 40), np.float32), np.zeros((3, 1, 24, 40), np.float32)
    assert exported(*pair).shape == (3, 3, 24, 40)
    with pytest.raises(ValueError, match="was exported for images of 40x24 only, not 32x24"):
        exported(*(image[..., :32] for image in pair))
    if file_format == "onnx":
        model = onnx.load(path)
        assert not {"Shape", "ConstantOfShape"} & {node.op_type for node in model.graph.node}
        assert model.opset_import[0].version == 15


def test_the_ending_of_the_target_chooses_the_format():
    assert export_command.format_of("a/student.xml") == "openvino"
    with pytest.raises(ValueError, match="student.tflite: the ending tells no format: take .onnx, .pt, .xml"):
        export_command.format_of("student.tflite")
