"""SOAP in a config: it learns, goes on where it was stopped, and says what it needs."""

import sys

import pytest
import torch
from toy import saved, toy_runner

from mmfusion_distill.models.weight_files.checkpoints import CheckpointError
from mmfusion_distill.user_errors import UserError

SOAP = dict(type="OptimWrapper", optimizer=dict(type="SOAP", lr=0.01))


def test_a_run_with_it_goes_on_bit_for_bit(tmp_path):
    whole = toy_runner(tmp_path, wrapper=SOAP, count=6)
    whole.train()
    assert whole.model.weight.item() < 1 and len(saved(tmp_path)) == 6
    resumed = toy_runner(
        tmp_path / "resumed", wrapper=SOAP, count=6, load_from=str(tmp_path / "iter_3.pth"), resume=True
    )
    resumed.train()
    assert torch.equal(resumed.model.weight, whole.model.weight)


def test_the_state_of_adam_is_not_its_own(tmp_path):
    adam = dict(type="OptimWrapper", optimizer=dict(type="AdamW", lr=0.01))
    toy_runner(tmp_path, wrapper=adam).train()
    runner = toy_runner(tmp_path / "soap", wrapper=SOAP, load_from=str(tmp_path / "iter_3.pth"), resume=True)
    with pytest.raises(CheckpointError, match="it was trained with another optimizer than SOAP"):
        runner.train()


def test_without_its_package_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pytorch_optimizer", None)
    with pytest.raises(UserError, match=r"pip install 'mmfusion_distill\[train\]'"):
        toy_runner(tmp_path, wrapper=SOAP).train()
