"""Weights in every form that they come in, brought into the form of what takes them."""

import os
from pathlib import Path

import pytest
import torch
from torch import nn

from mmfusion_distill.models.weight_files.checkpoints import (
    CheckpointError,
    fit_model,
    load_network,
    read_checkpoint,
    read_state_dict,
    resolve_checkpoint,
    select_fitting,
)
from mmfusion_distill.registry import MODELS


class Model(nn.Module):
    """A model with a network and nothing else."""

    def __init__(self):
        super().__init__()
        self.generator = nn.Linear(2, 3)


@pytest.fixture
def weights():
    return {"weight": torch.arange(6.0).reshape(3, 2), "bias": torch.ones(3)}


def of_model(weights):
    return {f"generator.{key}": value for key, value in weights.items()}


def assert_equal(state, expected):
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[key], value) for key, value in expected.items())


@pytest.mark.parametrize("key", ["state_dict", "model_state_dict", "model", "params", "net"])
def test_weights_are_found_under_every_usual_key_beside_what_else_a_run_keeps(weights, key, tmp_path):
    torch.save({"meta": {"iter": 3}, "optimizer": {"state": {}}, key: weights}, tmp_path / "run.pth")
    content = read_checkpoint(tmp_path / "run.pth")
    assert_equal(content["state_dict"], weights)
    assert content["meta"] == {"iter": 3}


def test_what_is_no_tensor_beside_the_weights_is_left_out(weights, tmp_path):
    torch.save({**weights, "epoch": 3}, tmp_path / "bare.pth")
    assert_equal(read_state_dict(tmp_path / "bare.pth"), weights)


@pytest.mark.parametrize("form", [dict, of_model])
def test_a_network_takes_its_own_weights_and_those_of_a_model(weights, form, tmp_path):
    network = nn.Linear(2, 3)
    extra = {"connectors.0.weight": torch.zeros(4)} if form is of_model else {}
    torch.save({**form(weights), **extra}, tmp_path / "w.pth")
    assert load_network(network, tmp_path / "w.pth") == []
    assert_equal(network.state_dict(), weights)


def test_a_part_is_taken_only_if_that_is_allowed(weights, tmp_path):
    torch.save(
        {"weight": weights["weight"], "bias": torch.ones(4), "more": torch.ones(1)}, tmp_path / "w.pth"
    )
    network = nn.Linear(2, 3)
    before = network.bias.detach().clone()
    with pytest.raises(
        CheckpointError, match=r"w.pth does not fit.*bias is \(4,\) instead of \(3,\); left over more"
    ):
        load_network(network, tmp_path / "w.pth")
    problems = load_network(network, tmp_path / "w.pth", allow_partial=True)
    assert problems == ["bias is (4,) instead of (3,)", "left over more"]
    assert torch.equal(network.weight, weights["weight"]) and torch.equal(network.bias, before)


def test_nothing_that_fits_is_refused_even_if_a_part_is_allowed(tmp_path):
    torch.save({"other": torch.ones(1)}, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match="missing weight; missing bias; left over other$"):
        load_network(nn.Linear(2, 3), tmp_path / "w.pth", allow_partial=True)


def test_a_long_list_of_problems_is_cut(tmp_path):
    state = {f"w{index}": torch.ones(1) for index in range(9)}
    with pytest.raises(
        CheckpointError, match="missing generator.bias; left over generator.w0.* and 6 more: hint$"
    ):
        fit_model(Model(), of_model(state), "w.pth", hint=": hint")


@pytest.mark.parametrize("prefix", ["", "generator.", "module.generator."])
def test_a_model_takes_weights_with_and_without_its_prefixes(weights, prefix):
    state, problems = fit_model(Model(), {prefix + key: value for key, value in weights.items()}, "w.pth")
    assert problems == []
    assert_equal(state, of_model(weights))


def test_what_served_training_alone_is_left_out_where_nobody_takes_it(weights):
    served = {
        f"{part}.x": torch.ones(1) for part in ("connectors", "pixel_loss", "feature_loss", "result_loss")
    }
    state, problems = fit_model(Model(), of_model(weights) | served, "w.pth")
    assert problems == []
    assert_equal(state, of_model(weights))
    taking = Model()
    taking.connectors = nn.ParameterDict({"x": torch.zeros(1)})
    state, _ = fit_model(taking, of_model(weights) | served, "w.pth")
    assert_equal(state, of_model(weights) | {"connectors.x": torch.ones(1)})
    with pytest.raises(CheckpointError, match="missing connectors.x"):
        fit_model(taking, of_model(weights), "w.pth")


def test_a_model_takes_a_part_only_if_that_is_allowed(weights):
    part = {"generator.weight": weights["weight"]}
    with pytest.raises(CheckpointError, match="missing generator.bias"):
        fit_model(Model(), part, "w.pth")
    state, problems = fit_model(Model(), part, "w.pth", allow_partial=True)
    assert_equal(state, part)
    assert problems == ["missing generator.bias"]


def test_half_precision_is_taken_and_whole_numbers_are_not(weights, tmp_path, tiny_network):
    network = MODELS.build(tiny_network)
    state = network.state_dict()
    torch.save({key: value.half() for key, value in state.items()}, tmp_path / "half.pth")
    assert load_network(network, tmp_path / "half.pth") == []
    with pytest.raises(CheckpointError, match="bias holds torch.int64 instead of torch.float32"):
        fit_model(Model(), of_model(weights) | {"generator.bias": torch.ones(3).long()}, "w.pth")


def test_a_run_stands_for_its_newest_best_checkpoint_or_for_its_last_one(tmp_path):
    # By time, as iteration 900 comes behind 1000 in the alphabet.
    for age, name in enumerate(
        ["best_quality_iter_1000", "best_quality_iter_900", "best_quality_iter_50", "iter_2000"]
    ):
        (tmp_path / f"{name}.pth").touch()
        os.utime(tmp_path / f"{name}.pth", (1e9 - age, 1e9 - age))
    (tmp_path / "last_checkpoint").write_text("/where/it/was/iter_2000.pth\n")
    assert resolve_checkpoint(tmp_path) == tmp_path / "best_quality_iter_1000.pth"
    os.utime(tmp_path / "best_quality_iter_900.pth", (2e9, 2e9))
    assert resolve_checkpoint(tmp_path) == tmp_path / "best_quality_iter_900.pth"
    assert resolve_checkpoint(tmp_path / "iter_2000.pth") == tmp_path / "iter_2000.pth"
    # Of two figures neither is the best one.
    (tmp_path / "best_sharpness_epoch_3.pth").touch()
    assert resolve_checkpoint(tmp_path) == tmp_path / "iter_2000.pth"


def test_a_run_without_a_checkpoint_says_so(tmp_path):
    with pytest.raises(CheckpointError, match="last_checkpoint does not exist: train it first"):
        read_checkpoint(tmp_path)


def test_a_model_without_a_network_inside_takes_its_weights_as_they_are(weights):
    state, problems = fit_model(nn.Linear(2, 3), weights, "w.pth")
    assert problems == []
    assert_equal(state, weights)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.ones(3, device="meta"),
        torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8),
        torch.eye(3).to_sparse(),
        torch.ones(1).expand(8),
    ],
    ids=["without numbers", "quantized", "sparse", "repeated"],
)
def test_what_holds_no_plain_numbers_is_refused(tensor, tmp_path):
    torch.save({"weight": tensor}, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match="holds no plain numbers in weight"):
        read_checkpoint(tmp_path / "w.pth")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_one_weight_that_is_no_number_is_enough_to_be_refused(weights, value, tmp_path):
    weights["bias"][1] = value
    torch.save(weights, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match="NaN or infinite weights in bias"):
        read_checkpoint(tmp_path / "w.pth")


class _Touches:
    """An object that makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_nothing_is_executed_even_where_pytorch_is_told_to(weights, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    torch.save({**weights, "x": _Touches(tmp_path / "executed")}, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match="cannot be read as plain weights"):
        read_checkpoint(tmp_path / "w.pth")
    assert not (tmp_path / "executed").exists()


def test_a_list_of_five_problems_is_shown_whole_and_one_more_is_counted():
    for count, end in ((5, "missing w4$"), (6, "missing w4; and 1 more$")):
        with pytest.raises(CheckpointError, match=f"missing w0; .*{end}"):
            select_fitting({f"w{index}": torch.ones(1) for index in range(count)}, {}, "w.pth")


def test_comparing_refuses_a_part_unless_that_is_allowed(weights):
    with pytest.raises(CheckpointError, match="missing bias"):
        select_fitting(weights, {"weight": weights["weight"]}, "w.pth")
