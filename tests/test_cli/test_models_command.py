"""`mmfusion models`: what is said of the shipped weights is true."""

import dataclasses
import json

import pytest
from conftest import ROOT

from mmfusion_distill.apis import get_model, list_models
from mmfusion_distill.cli.models import main, read_facts
from mmfusion_distill.user_errors import UserError
from mmfusion_distill.zoo.model_index import shipped_models


def test_names_parameters_and_hashes_are_those_of_the_files(capsys):
    assert main(["--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [fact["name"] for fact in facts] == list_models()
    hashes = (ROOT / "mmfusion_distill" / "weights" / "SHA256SUMS").read_text()
    for fact in facts:
        network = get_model(fact["name"], pretrained=False)
        assert fact["parameters"] == sum(value.numel() for value in network.parameters())
        assert fact["guided"] == (network.text_reader is not None)
        assert fact["sha256"] in hashes


def test_the_table_has_a_line_for_each(capsys):
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["name", "parameters"]
    assert [line.split()[0] for line in lines[2 : 2 + len(list_models())]] == list_models()


def test_all_configs_are_listed(capsys):
    assert main(["--configs", "--json"]) == 0
    configs = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in configs] == list_models(pretrained=False)[len(list_models()) :]


def test_damaged_weights_are_one_sentence(tmp_path):
    entry = shipped_models()["tiny"]
    damaged = dataclasses.replace(entry, weights=tmp_path / "x.safetensors")
    damaged.weights.write_bytes(b"no weights")
    with pytest.raises(UserError, match="x.safetensors cannot be read"):
        read_facts(damaged)
    data = bytearray(entry.weights.read_bytes())
    data[-1] ^= 1
    damaged.weights.write_bytes(data)
    with pytest.raises(UserError, match="x.safetensors are not those that were measured"):
        read_facts(damaged)
