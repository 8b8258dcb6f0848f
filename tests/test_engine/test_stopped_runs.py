"""Runs that are stopped or killed at any moment go on as if nothing had been."""

import contextlib
import multiprocessing
import os
import random
import signal
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.runner import BaseLoop
from torch import nn
from toy import Pairs, toy_runner

from mmfusion_distill.engine import FusionRunner, KeepProgressHook
from mmfusion_distill.engine.keep_progress_hook import TrainingStopped
from mmfusion_distill.engine.resume_check import check_run_state, tell_of_unfinished_run
from mmfusion_distill.models.weight_files.checkpoints import last_checkpoint
from mmfusion_distill.registry import HOOKS, MODELS
from mmfusion_distill.user_errors import UserError, exit_on_user_error


@MODELS.register_module()
class RandomSteps(BaseModel):
    """A weight whose every step is drawn at random."""

    def __init__(self, data_preprocessor=None):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, inputs, data_samples=None, mode="loss"):
        return dict(loss=(self.weight * torch.rand(1) * torch.stack(inputs["img_a"])).sum())


@HOOKS.register_module()
class SignalHook(Hook):
    """Sends this process a signal in the middle of an iteration."""

    def __init__(self, at, number=signal.SIGINT):
        self.at, self.number = at, number

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        if runner.iter == self.at:
            os.kill(os.getpid(), self.number)


#: Sampler and loop of twelve steps.
RUNS = {
    "by epoch": ("SeededDefaultSampler", dict(by_epoch=True, max_epochs=4)),
    "by epoch, not seeded": ("DefaultSampler", dict(by_epoch=True, max_epochs=4)),
    "by iteration": ("SeededInfiniteSampler", dict(by_epoch=False, max_iters=12)),
    "by iteration, over epochs": ("SeededDefaultSampler", dict(by_epoch=False, max_iters=12)),
}


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    # mmengine's between two epochs of a loop by iteration
    monkeypatch.setattr("mmengine.runner.loops.time.sleep", lambda seconds: None)


def run(work_dir, name="by iteration", minutes=60.0, resume=False, hooks=(), workers=0, **settings):
    sampler, loop = RUNS[name]
    loader = dict(
        dataset=Pairs(6),
        batch_size=2,
        num_workers=workers,
        sampler=dict(type=sampler, shuffle=True, seed=3),
    )
    default_hooks = dict(
        checkpoint=dict(type="CheckpointHook", by_epoch=loop["by_epoch"], interval=100),
        sampler_seed=dict(type="DistSamplerSeedHook"),
    )
    runner = toy_runner(
        work_dir,
        hooks=default_hooks,
        train_cfg=loop,
        train_dataloader=loader,
        custom_hooks=[dict(type="KeepProgressHook", minutes=minutes), *hooks],
        randomness=dict(seed=5),
        load_from=str(last_checkpoint(work_dir)) if resume else None,
        resume=resume,
        **settings,
    )
    runner.model = RandomSteps()
    runner.train()
    return runner


@pytest.mark.parametrize("name", RUNS)
def test_a_stopped_run_goes_on_bit_for_bit(name, tmp_path):
    whole = run(tmp_path / "whole", name).model.weight
    at = random.Random(name).randrange(1, 11)
    with pytest.raises(TrainingStopped, match=f"after iteration {at + 1} of 12, .*--resume"):
        run(tmp_path / "run", name, hooks=[dict(type="SignalHook", at=at, number=signal.SIGTERM)])
    assert last_checkpoint(tmp_path / "run").name == f"autosave_iter_{at + 1}.pth"
    resumed = run(tmp_path / "run", name, resume=True)
    assert torch.equal(resumed.model.weight, whole)
    assert not list((tmp_path / "run").glob("autosave*")), "the last checkpoint has all"


def test_workers_do_not_heed_the_signals_of_a_terminal(tmp_path):
    whole = run(tmp_path / "whole").model.weight
    with pytest.raises(TrainingStopped):
        run(tmp_path / "run", workers=2, hooks=[dict(type="SignalHook", at=4)])
    assert torch.equal(run(tmp_path / "run", workers=1, resume=True).model.weight, whole)


def test_workers_outlive_a_signal_to_every_process(tmp_path):
    class ToAll(SignalHook):
        def before_train_iter(self, runner, batch_idx, data_batch=None):
            if runner.iter == self.at:
                workers = multiprocessing.active_children()
                for worker in workers:
                    os.kill(worker.pid, signal.SIGTERM)
                time.sleep(0.2)
                assert workers and multiprocessing.active_children() == workers
                os.kill(os.getpid(), signal.SIGTERM)

    whole = run(tmp_path / "whole").model.weight
    with pytest.raises(TrainingStopped, match="after iteration 5 of 12"):
        run(tmp_path / "run", workers=2, hooks=[ToAll(at=4)])
    assert torch.equal(run(tmp_path / "run", resume=True).model.weight, whole)


def test_workers_end_when_their_parent_says_so(tmp_path):
    loader = FusionRunner.build_dataloader(
        dict(
            dataset=Pairs(6), batch_size=2, num_workers=2, sampler=dict(type="DefaultSampler", shuffle=False)
        )
    )
    batches = iter(loader)
    next(batches)
    workers = multiprocessing.active_children()
    for worker in workers:
        worker.terminate()
        worker.join(20)
    assert [worker.exitcode for worker in workers] == [0, 0]


def test_runs_that_are_killed_at_random_moments_go_on_bit_for_bit(tmp_path):
    whole = run(tmp_path / "whole").model.weight
    context = multiprocessing.get_context("fork")
    for attempt in range(6):
        resume = last_checkpoint(tmp_path / "run") is not None
        process = context.Process(
            target=run, args=(tmp_path / "run",), kwargs=dict(minutes=1e-9, resume=resume)
        )
        process.start()
        time.sleep(random.Random(attempt).uniform(0, 0.2))
        process.kill()
        process.join()
    # As a kill in the middle of writing leaves it.
    (tmp_path / "run").mkdir(exist_ok=True)
    (tmp_path / "run" / f".{'0' * 32}.tmp").touch()
    resumed = run(tmp_path / "run", resume=last_checkpoint(tmp_path / "run") is not None)
    assert torch.equal(resumed.model.weight, whole)
    assert not list((tmp_path / "run").glob(".*"))


def test_batches_of_one_step_are_not_parted(tmp_path):
    wrapper = dict(accumulative_counts=3)
    whole = run(tmp_path / "whole", wrapper=wrapper).model.weight
    with pytest.raises(TrainingStopped, match="after iteration 6 of 12"):
        run(tmp_path / "run", wrapper=wrapper, hooks=[dict(type="SignalHook", at=3)])
    assert torch.equal(run(tmp_path / "run", wrapper=wrapper, resume=True).model.weight, whole)


def test_a_stop_before_the_first_step_says_that_there_is_nothing_to_resume(tmp_path, monkeypatch):
    with pytest.raises(TrainingStopped):
        run(tmp_path / "kept", hooks=[dict(type="SignalHook", at=2)])
    monkeypatch.setattr(
        KeepProgressHook, "before_train", lambda self, runner: os.kill(os.getpid(), signal.SIGINT)
    )
    with pytest.raises(TrainingStopped, match="before anything could be kept: the same command starts again"):
        run(tmp_path / "run")
    with pytest.raises(TrainingStopped, match="before training went on: nothing is lost"):
        run(tmp_path / "kept", resume=True)


def test_a_stop_is_one_line_and_the_code_of_ctrl_c(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        exit_on_user_error(run, tmp_path / "run", hooks=[dict(type="SignalHook", at=2)])
    assert end.value.code == 130
    said = capsys.readouterr().err.strip().splitlines()
    folder = tmp_path / "run"
    assert said[-1] == (
        f"stopped after iteration 3 of 12, which {folder} keeps: the same command with --resume goes on there"
    )


class _Validation(BaseLoop):
    """Notes when it ran; a signal comes in the middle of it if wanted."""

    def __init__(self, runner, dataloader=None, evaluator=None, ran=None, killed=False):
        self._runner, self.ran, self.killed = runner, ran, killed

    def run(self):
        self.runner.call_hook("before_val")
        if self.killed:
            os.kill(os.getpid(), signal.SIGINT)
        self.ran.append(self.runner.iter)
        self.runner.call_hook("after_val")


def test_a_validation_that_was_stopped_is_made_up_for(tmp_path, monkeypatch):
    loop = dict(by_epoch=False, max_iters=12, val_interval=4)
    monkeypatch.setitem(RUNS, "validated", ("SeededInfiniteSampler", loop))

    def validated(killed, resume=False):
        ran = []
        made = lambda self, *_: _Validation(self, ran=ran, killed=killed)  # noqa: E731
        monkeypatch.setattr("mmengine.runner.Runner.val_loop", property(made), raising=False)
        said = "after iteration 4 of 12, .*--resume goes on there"
        with pytest.raises(TrainingStopped, match=said) if killed else contextlib.nullcontext():
            run(tmp_path / "run", "validated", resume=resume)
        return ran

    assert validated(killed=True) == []
    assert last_checkpoint(tmp_path / "run").name == "autosave_iter_4.pth"
    assert validated(killed=False, resume=True) == [4, 8, 12]


def test_the_latest_checkpoint_is_found_without_its_note(tmp_path):
    for name in ("iter_500.pth", "autosave_iter_1230.pth"):
        (tmp_path / name).touch()
    assert last_checkpoint(tmp_path) == tmp_path / "autosave_iter_1230.pth"
    (tmp_path / "iter_2000.pth").touch()
    assert last_checkpoint(tmp_path) == tmp_path / "iter_2000.pth"
    epoch = Path(tmp_path, "epoch_7.pth")
    epoch.touch()
    os.utime(epoch, (2**31, 2**31))
    assert last_checkpoint(tmp_path) == epoch


def test_a_run_that_was_killed_is_told_of(tmp_path, capsys):
    for name, loop, said in [
        ("autosave_iter_1200.pth", dict(max_iters=3000), "after iteration 1,200 of 3,000"),
        ("iter_1000.pth", dict(max_iters=3000), "after iteration 1,000 of 3,000"),
        ("iter_3000.pth", dict(max_iters=3000), None),
        ("epoch_2.pth", dict(max_epochs=4), "after epoch 2 of 4"),
        ("best_quality_iter_1000.pth", dict(max_iters=3000), None),
    ]:
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).touch()
        tell_of_unfinished_run(Config(dict(work_dir=str(folder), train_cfg=loop)))
        line = capsys.readouterr().out
        wanted = (
            f"{folder} has a run that was stopped {said}: with --resume it goes on; this one starts again\n"
        )
        assert line == (wanted if said else "")


def test_minutes_are_above_zero():
    with pytest.raises(UserError, match="minutes is 0"):
        KeepProgressHook(minutes=0)


def test_the_config_in_a_checkpoint_is_not_executed():
    hub = dict(log_scalars={}, runtime_info={}, resumed_keys={})
    checkpoint = dict(meta=dict(epoch=1, iter=2, config="1 / 0"), message_hub=hub, optimizer={})
    runner = SimpleNamespace(hooks=[], optim_wrapper=SimpleNamespace(), param_schedulers=[])
    check_run_state(runner, checkpoint, "a.pth")
    assert checkpoint["meta"] == dict(epoch=1, iter=2)
