"""Weights of strangers: refused in one sentence, and nothing in them is executed."""

import re

import pytest

from hostile.weights import NETWORK, NETWORKS, STATES
from mmfusion_distill.apis import FusionInferencer


def with_config(path):
    model = dict(type="ImageFusor", generator=dict(NETWORK))
    FusionInferencer(dict(model=model), path, "cpu")


def alone(path):
    FusionInferencer(weights=path, device="cpu")


CASES = [(with_config, case) for case in STATES] + [(alone, case) for case in NETWORKS]


@pytest.mark.parametrize(
    ("door", "case"), CASES, ids=[f"{door.__name__}: {case.name}{case.extension}" for door, case in CASES]
)
def test_weights_that_cannot_be_used_are_one_sentence(door, case, tmp_path, monkeypatch):
    if case.extension in (".onnx", ".xml"):
        pytest.importorskip("onnxruntime" if case.extension == ".onnx" else "openvino")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"hostile{case.extension}"
    case.make(path)
    with pytest.raises((OSError, ValueError)) as caught:
        door(path)
    said = str(caught.value)
    assert "hostile" in said and re.search(case.says, said), said
    assert "\n" not in said and len(said) < 700 and said.isprintable(), said
    assert not (tmp_path / "executed").exists()
