"""Fusing images with an exported file: as with PyTorch, and without it."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.export.export_network import export_network
from mmfusion_distill.images.image_io import read_image
from mmfusion_distill.inference import exported_fusion
from mmfusion_distill.inference.exported_inferencer import ExportedInferencer
from mmfusion_distill.inference.folder_fusing import fuse_files
from mmfusion_distill.inference.runtimes import _onnx_providers
from mmfusion_distill.registry import MODELS

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

NETWORK = dict(
    type="XRestormerFusionNet",
    dim=8,
    num_blocks=(1, 1),
    num_refinement_blocks=0,
    channel_heads=(1, 2),
    spatial_heads=(1, 2),
)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """One network as a checkpoint and as an ONNX file."""
    folder = tmp_path_factory.mktemp("network")
    torch.manual_seed(0)
    network = MODELS.build(NETWORK)
    torch.save(network.state_dict(), folder / "network.pth")
    export_network(network, folder / "network.onnx", "onnx")
    return folder


@pytest.fixture
def reference(files):
    return FusionInferencer(
        dict(model=dict(type="ImageFusor", generator=NETWORK)), files / "network.pth", "cpu"
    )


@pytest.fixture
def pairs():
    rng = np.random.default_rng(0)
    return [
        dict(img_a=rng.random((*size, channels)[: 2 + (channels == 3)]), img_b=rng.random(size))
        for size, channels in [((20, 33), 3), ((20, 33), 3), ((9, 40), 1)]
    ]


@pytest.mark.parametrize("inferencer", [ExportedInferencer, lambda path: FusionInferencer(weights=path)])
def test_pictures_are_those_of_pytorch(inferencer, files, reference, pairs):
    pictures = inferencer(files / "network.onnx")(pairs, batch_size=2)["predictions"]
    for pair, picture in zip(pairs, pictures):
        expected = reference(pair)["predictions"][0]
        assert picture.shape == expected.shape and picture.dtype == np.uint8
        assert np.abs(picture.astype(int) - expected).max() <= 1


def test_large_images_are_fused_in_tiles_close_to_the_whole(files, monkeypatch):
    rng = np.random.default_rng(0)
    images = rng.random((1, 3, 90, 200), np.float32), rng.random((1, 1, 90, 200), np.float32)
    exported = exported_fusion.ExportedFusion(files / "network.onnx")
    whole = exported(*images)
    monkeypatch.setattr(exported_fusion, "SMALLEST_TILE", 64)
    monkeypatch.setattr(exported_fusion, "OVERLAP", 32)
    tiled = exported_fusion.ExportedFusion(files / "network.onnx", max_memory=1e-3)(*images)
    residual = np.abs(whole - images[0]).max()
    assert 0 < np.abs(tiled - whole).max() < 0.2 * residual


def test_the_tool_runs_without_pytorch(files, pair_folder, reference):
    code = (
        "import runpy, sys; "
        "sys.modules.update(dict.fromkeys(['torch', 'mmengine', 'mmagic', 'mmcv'])); "
        f"sys.argv = ['mmfusion', 'fuse', 'a', 'b', 'out', '--weights', {str(files / 'network.onnx')!r}]; "
        "runpy.run_module('mmfusion_distill', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=pair_folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "6 images written" in done.stdout
    fused = read_image(pair_folder / "out" / "pair_3.png")
    expected = reference.fuse(pair_folder / "a" / "pair_3.png", pair_folder / "b" / "pair_3.png")
    assert np.abs(fused - expected).max() <= 1


def test_text_for_an_exported_network_is_refused(files, pair_folder):
    report = fuse_files(
        ExportedInferencer(files / "network.onnx"),
        pair_folder / "a",
        pair_folder / "b",
        pair_folder / "o",
        "haze",
    )
    assert len(report.failures) == 6 and "is not guided by text" in report.failures[0]


def test_an_exported_network_with_a_config_is_refused(files):
    """It would be the config's network with random weights."""
    config = dict(model=dict(type="ImageFusor", generator=NETWORK))
    with pytest.raises(ValueError, match="needs no config"):
        FusionInferencer(config, files / "network.onnx", "cpu")


@pytest.mark.parametrize("device", ["cuda:7", "tpu"])
def test_a_device_that_the_runtime_lacks_is_named(files, device):
    for open_file in (
        lambda: ExportedInferencer(files / "network.onnx", device=device),
        lambda: FusionInferencer(weights=files / "network.onnx", device=device),
    ):
        with pytest.raises(ValueError, match=device):
            open_file()


def test_the_cuda_provider_is_taken_where_there_is_one():
    available = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]
    cuda = [("CUDAExecutionProvider", {"device_id": 0}), "CPUExecutionProvider"]
    assert _onnx_providers(None, available) == cuda
    assert _onnx_providers("cuda:1", available)[0][1] == {"device_id": 1}
    assert _onnx_providers("cpu", available) == ["CPUExecutionProvider"]
    assert _onnx_providers(None, available[2:]) == ["CPUExecutionProvider"]


def test_files_that_are_none_of_ours_are_named(tmp_path):
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(ValueError, match="text.onnx cannot be opened"):
        ExportedInferencer(tmp_path / "text.onnx")
    torch.onnx.export(
        torch.nn.Linear(2, 2), torch.rand(1, 2), tmp_path / "other.onnx", dynamo=False, input_names=["x"]
    )
    with pytest.raises(ValueError, match="other.onnx has the inputs x instead of img_a and img_b"):
        ExportedInferencer(tmp_path / "other.onnx")


SIGNALLED = """
import signal, sys, threading
from mmfusion_distill.inference.exported_inferencer import ExportedInferencer

first, second = (ExportedInferencer(sys.argv[1]) for _ in range(2))
del first
del second
signal.signal(signal.SIGUSR1, lambda *_: print("handled"))
signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
"""


def test_a_signal_after_networks_of_openvino_were_closed_is_handled(files):
    pytest.importorskip("openvino")
    network = MODELS.build(NETWORK)
    export_network(network, files / "network.xml", "openvino")
    # Python gives its handlers the stack that faulthandler asked for, and OpenVINO replaces it.
    command = [sys.executable, "-X", "faulthandler", "-c", SIGNALLED, files / "network.xml"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "handled\n"), done.stderr
