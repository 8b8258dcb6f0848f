"""The exported networks that come with the package are those of its weights."""

import hashlib

import numpy as np
import pytest

from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.data.generated_scenes import generate_pair
from mmfusion_distill.export.shipped_files import WEIGHTS_HASH
from mmfusion_distill.zoo.model_index import exported_weights, shipped_models

EXPORTED = {name: entry for name, entry in shipped_models().items() if exported_weights(entry).is_file()}
REMEDY = "run `python tools/deployment/export_shipped.py`"


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_students_come_exported():
    assert set(EXPORTED) == {"student", "tiny", "medical"}


def test_the_hashes_are_those_of_all_files():
    folder = EXPORTED["tiny"].weights.parent
    listed = dict(line.split()[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    there = {path.name: sha256(path) for path in folder.iterdir() if path.suffix in (".onnx", ".safetensors")}
    assert listed == there, REMEDY


@pytest.mark.parametrize("name", EXPORTED)
def test_they_are_of_these_weights_and_equal_pytorch(name):
    onnxruntime = pytest.importorskip("onnxruntime")
    path = exported_weights(EXPORTED[name])
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    said = session.get_modelmeta().custom_metadata_map[WEIGHTS_HASH]
    assert said == sha256(EXPORTED[name].weights) == EXPORTED[name].sha256, REMEDY
    visible, thermal = generate_pair(3, 120, 150)
    pictures = [
        FusionInferencer(weights=name, device="cpu", backend=backend).fuse(visible, thermal).astype(int)
        for backend in ("onnxruntime", "pytorch")
    ]
    assert np.abs(pictures[0] - pictures[1]).max() <= 1
