"""A run that was stopped goes on as if nothing had been, or says why it cannot."""

from pathlib import Path

import pytest
import torch
from mmagic.registry import HOOKS, MODELS
from mmengine.hooks import Hook
from test_training import STUDENT, TEACHER, logged, options, small  # noqa: F401  (options is a fixture)

from mmfusion_distill.apis import run_training
from mmfusion_distill.apis.running import load_config
from mmfusion_distill.models.checkpoints import CheckpointError

ROUNDS = {"train_cfg.val_interval": 100, "default_hooks.checkpoint.interval": 2}


@HOOKS.register_module()
class KillHook(Hook):
    """Ends the run in the middle of an iteration, as a signal does."""

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        if runner.iter == 3:
            raise KeyboardInterrupt


@pytest.fixture
def settings(options):  # noqa: F811
    """A distillation of four iterations from a teacher with random weights."""
    settings = small(options, "student", "teacher") | ROUNDS
    for network in ("student", "teacher"):
        settings[f"model.{network}.num_refinement_blocks"] = 0
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


@pytest.mark.parametrize("averaged", [False, True])
def test_a_killed_distillation_goes_on_bit_for_bit(settings, averaged):
    hooks = [dict(type="EMAHook", ema_type="ExponentialMovingAverage", momentum=0.1)] if averaged else []
    settings["custom_hooks"] = hooks
    run_training(str(STUDENT), work_dir="whole", cfg_options=settings)
    with pytest.raises(KeyboardInterrupt):
        killed = settings | {"custom_hooks": [*hooks, dict(type="KillHook")]}
        run_training(str(STUDENT), work_dir="killed", cfg_options=killed)
    assert not Path("killed/iter_4.pth").exists()
    before = content("killed/iter_2.pth")
    run_training(str(STUDENT), work_dir="killed", resume="auto", cfg_options=settings)

    whole, resumed = content("whole/iter_4.pth"), content("killed/iter_4.pth")
    for part in ("state_dict", "optimizer", "param_schedulers", *(["ema_state_dict"] if averaged else [])):
        assert equal(whole[part], resumed[part]), part
    names = [name for name in whole["state_dict"] if name.startswith("connectors.")]
    assert names
    assert not any(torch.equal(before["state_dict"][name], whole["state_dict"][name]) for name in names)
