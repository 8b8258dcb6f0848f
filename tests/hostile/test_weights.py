"""Weights of strangers: refused in one sentence, and nothing in them is executed."""

import re

import numpy as np
import pytest

from hostile.exported import EXPORTED, WRITERS
from hostile.weights import NETWORK, NETWORKS, STATES
from mmfusion_distill.apis import FusionInferencer


def with_config(path):
    model = dict(type="ImageFusor", generator=dict(NETWORK))
    FusionInferencer(dict(model=model), path, "cpu")


def alone(path):
    FusionInferencer(weights=path, device="cpu")


def skip_without_runtime(extension):
    for name in {".onnx": ("onnx", "onnxruntime"), ".xml": ("openvino",)}.get(extension, ()):
        pytest.importorskip(name)


CASES = [(with_config, case) for case in STATES] + [(alone, case) for case in (*NETWORKS, *EXPORTED)]


@pytest.mark.parametrize(
    ("door", "case"), CASES, ids=[f"{door.__name__}: {case.name}{case.extension}" for door, case in CASES]
)
def test_weights_that_cannot_be_used_are_one_sentence(door, case, tmp_path, monkeypatch):
    skip_without_runtime(case.extension)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"hostile{case.extension}"
    case.make(path)
    with pytest.raises((OSError, ValueError)) as caught:
        door(path)
    said = str(caught.value)
    assert "hostile" in said and re.search(case.says, said), said
    assert "\n" not in said and len(said) < 700 and said.isprintable(), said
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("extension", WRITERS)
def test_the_smallest_exported_network_is_taken(extension, tmp_path):
    skip_without_runtime(extension)
    WRITERS[extension](tmp_path / f"network{extension}", metadata=dict(multiple="8"))
    color, gray = np.full((5, 7, 3), 100, np.uint8), np.zeros((5, 7), np.uint8)
    fused = FusionInferencer(weights=tmp_path / f"network{extension}", device="cpu").fuse(color, gray)
    assert fused.shape == (5, 7, 3) and (fused == 100).all()
