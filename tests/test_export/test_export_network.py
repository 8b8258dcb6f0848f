"""Exported networks compute what PyTorch computes."""

import numpy as np
import pytest
import torch

from mmfusion_distill.export.export_network import export_network
from mmfusion_distill.export.verification import largest_differences
from mmfusion_distill.images.reflection import reflected_index
from mmfusion_distill.inference.exported_fusion import ExportedFusion
from mmfusion_distill.models import XRestormerFusionNet
from mmfusion_distill.models.ops.padding import reflect_pad_to_multiple

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
