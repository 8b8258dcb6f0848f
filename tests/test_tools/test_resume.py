"""A run that was stopped goes on as if nothing had been, or says why it cannot."""

import os
import signal
from pathlib import Path

import pytest
import torch
from mmengine.hooks import Hook
from test_training import STUDENT, options, small  # noqa: F401  (options is a fixture)

from mmfusion_distill.engine.running import load_config, run_training
from mmfusion_distill.models.weight_files.checkpoints import CheckpointError
from mmfusion_distill.registry import HOOKS, MODELS

ROUNDS = {"train_cfg.val_interval": 100, "default_hooks.checkpoint.interval": 2}


@HOOKS.register_module()
class CtrlCHook(Hook):
    """Presses Ctrl-C in the middle of an iteration."""

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        if runner.iter == 2:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def settings(options):  # noqa: F811
    """A distillation of four iterations from a teacher with random weights."""
    settings = small(options, "student", "teacher") | ROUNDS
    teacher = MODELS.build(load_config(STUDENT, settings).model.teacher)
    torch.save(dict(state_dict=teacher.state_dict()), "teacher.pth")
    for split in ("train", "val", "test"):
        settings.pop(f"{split}_dataloader.batch_size", None)
    return settings | {"model.teacher_checkpoint": "teacher.pth", "train_dataloader.batch_size": 1}


def content(path):
    return torch.load(path, weights_only=True)


def equal(one, other):
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(value, other[key]) for key, value in one.items())
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(equal, one, other))
    return one == other


def test_a_stopped_distillation_goes_on_bit_for_bit(settings):
    hooks = [dict(type="EMAHook", ema_type="ExponentialMovingAverage", momentum=0.1)]
    settings["custom_hooks"] = hooks
    run_training(str(STUDENT), work_dir="whole", cfg_options=settings)
    with pytest.raises(KeyboardInterrupt):
        killed = settings | {"custom_hooks": [*hooks, dict(type="CtrlCHook")]}
        run_training(str(STUDENT), work_dir="killed", cfg_options=killed)
    assert not Path("killed/iter_4.pth").exists()
    assert Path("killed/autosave_iter_3.pth").exists()
    before = content("killed/iter_2.pth")
    run_training(str(STUDENT), work_dir="killed", resume="auto", cfg_options=settings)

    whole, resumed = content("whole/iter_4.pth"), content("killed/iter_4.pth")
    for part in ("state_dict", "optimizer", "param_schedulers", "ema_state_dict"):
        same = equal(whole[part], resumed[part])
        assert same, part  # not in one line: pytest would write out both
    names = [name for name in whole["state_dict"] if name.startswith("connectors.")]
    assert names
    assert not any(torch.equal(before["state_dict"][name], whole["state_dict"][name]) for name in names)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A function that gives the checkpoint of a run of one iteration, made once."""
    made = {}

    def run(settings):
        if not made:
            settings = settings | {"train_cfg.max_iters": 1, "default_hooks.checkpoint.interval": 1}
            run_training(str(STUDENT), work_dir="finished", cfg_options=settings)
            made.update(content("finished/iter_1.pth"))
        return dict(made)

    return run


def of_sgd(checkpoint):
    groups = [
        {key: value for key, value in group.items() if key != "betas"} | {"momentum": 0.9}
        for group in checkpoint["optimizer"]["param_groups"]
    ]
    return checkpoint | {"optimizer": checkpoint["optimizer"] | {"param_groups": groups}}


SPOILED = {
    "another architecture": (
        lambda c: c | {"state_dict": {f"generator.x.{k}": v for k, v in c["state_dict"].items()}},
        "does not fit the network",
    ),
    "no connectors": (
        lambda c: (
            c | {"state_dict": {k: v for k, v in c["state_dict"].items() if k.startswith("generator.")}}
        ),
        "missing connectors.0",
    ),
    "weights alone": (lambda c: {"state_dict": c["state_dict"], "meta": {}}, "no state of a run .*load_from"),
    "no iteration": (lambda c: c | {"meta": {}}, "no state of a run"),
    "another optimizer": (of_sgd, "another optimizer than AdamW"),
    "another schedule": (lambda c: c | {"param_schedulers": []}, "it has 0 schedules and the config 1"),
    "a longer schedule": (
        lambda c: c | {"param_schedulers": [c["param_schedulers"][0] | {"end": 6000}]},
        "its .*LR has end=6000 and the config's end=",
    ),
    "broken schedules": (lambda c: c | {"param_schedulers": [7]}, "the state of its schedules is broken"),
    "an average": (
        lambda c: c | {"ema_state_dict": {f"module.{k}": v for k, v in c["state_dict"].items()}},
        "of a run with EMAHook",
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_no_checkpoint_of_such_a_run_is_one_sentence(settings, finished, name):
    spoil, message = SPOILED[name]
    torch.save(spoil(finished(settings)), "spoiled.pth")
    with pytest.raises(CheckpointError, match=f"spoiled.pth.*{message}"):
        run_training(str(STUDENT), work_dir="resumed", resume="spoiled.pth", cfg_options=settings)


@pytest.mark.parametrize("name", ["garbage", "empty", "cut"])
def test_a_damaged_checkpoint_is_one_sentence(settings, finished, name):
    torch.save(finished(settings), "damaged.pth")
    whole = Path("damaged.pth").read_bytes()
    Path("damaged.pth").write_bytes(dict(garbage=b"\x00garbage" * 99, empty=b"", cut=whole[:-2000])[name])
    Path("resumed").mkdir()
    Path("damaged.pth").rename("resumed/iter_1.pth")
    # Written before the folder was moved here.
    Path("resumed/last_checkpoint").write_text("/moved/from/iter_1.pth")
    with pytest.raises(CheckpointError, match="resumed/iter_1.pth cannot be read as plain weights"):
        run_training(str(STUDENT), work_dir="resumed", resume="auto", cfg_options=settings)


def test_the_config_inside_a_checkpoint_is_not_executed(settings, finished):
    checkpoint = finished(settings)
    checkpoint["meta"] = checkpoint["meta"] | {"config": "open('executed', 'w').close()"}
    torch.save(checkpoint, "hostile.pth")
    once = settings | {"train_cfg.max_iters": 1}
    run_training(str(STUDENT), work_dir="resumed", resume="hostile.pth", cfg_options=once)
    assert not Path("executed").exists()


def test_resuming_an_empty_folder_starts_from_the_weights_of_the_config(settings, finished):
    torch.save(dict(state_dict=finished(settings)["state_dict"]), "start.pth")
    once = settings | {"load_from": "start.pth", "train_cfg.max_iters": 1}
    runner = run_training(str(STUDENT), work_dir="new", resume="auto", cfg_options=once)
    assert runner.iter == 1
