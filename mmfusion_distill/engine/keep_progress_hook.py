"""Saves the state of a run every few minutes, and when somebody stops it."""

import time
from pathlib import Path
from typing import Any

import torch
from mmengine.dist import all_reduce, get_world_size, is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch import nn

from ..models.weight_files.checkpoints import AUTOSAVE
from ..registry import HOOKS
from ..system.regular_file import remove_leftovers, write_text_atomically
from ..system.stop_signals import StopRequest, stop_requests
from ..user_errors import UserError

#: Of the iteration that was validated last. What begins with `val` is printed among the measures.
_VALIDATED = "last_validated_iter"


class StoppableRunner(Runner):
    """mmengine's runner; what Ctrl-C and SIGTERM ask of it, :class:`KeepProgressHook` does.

    Attributes:
        saved_iter (int | None): The iteration whose whole state was saved last. Default: None.
        stop_request (StopRequest): Whether Ctrl-C or SIGTERM came in training.
    """

    saved_iter: int | None = None
    stop_request = StopRequest("")

    def train(self) -> nn.Module:
        """Train; Ctrl-C and SIGTERM end the run after the step that it is in, and what it has reached is kept.

        Raises:
            TrainingStopped: If the run was ended so.
        """
        with stop_requests("stopping after this step") as self.stop_request:
            try:
                return super().train()
            except TrainingStopped:
                raise
            except KeyboardInterrupt:  # in a validation, before the first step, or the second one
                raise TrainingStopped(self._told_stop()) from None

    def _told_stop(self) -> str:
        if not self.saved_iter and self._resume:
            return "stopped before training went on: nothing is lost, the same command goes on where it would have"
        if not self.saved_iter:
            return "stopped before anything could be kept: the same command starts again"
        return (
            f"stopped after iteration {self.saved_iter:,} of {self.max_iters:,}, which {self.work_dir} keeps: the "
            "same command with --resume goes on there"
        )


class TrainingStopped(KeyboardInterrupt):
    """Ctrl-C or SIGTERM in training; says where the run can be resumed."""


@HOOKS.register_module()
class KeepProgressHook(Hook):
    """Save the state of a run every few minutes, before each validation, and when it is stopped.

    The file, `autosave_iter_N.pth` in the work folder, replaces the one before; `last_checkpoint` names it, so that
    `--resume` takes it. It is removed when training has ended and the last checkpoint is written. After Ctrl-C or
    SIGTERM the run finishes its step, saves and ends. A run that is resumed at an iteration that is to be validated,
    and was not, validates first. :class:`FusionRunner` has this hook by itself.

    Args:
        minutes (float): Between two files. Default: 2.0.

    Raises:
        UserError: If `minutes` is not above 0.
    """

    # When everything else of an iteration is done.
    priority = "LOWEST"

    def __init__(self, minutes: float = 2.0) -> None:
        if not minutes > 0:
            raise UserError(f"KeepProgressHook: minutes is {minutes}, wanted a number above 0")
        self.minutes = minutes

    def before_train(self, runner: StoppableRunner) -> None:
        """Begin to count; validate what was stopped before its validation."""
        self._saved_at = time.monotonic()
        self._is_training = True
        if is_main_process():
            remove_leftovers(runner.work_dir)
        done = runner.iter
        if not done:
            return
        runner.saved_iter = done
        is_validated_at = getattr(runner.train_loop, "is_validated_at", lambda iteration: False)
        if is_validated_at(done) and runner.message_hub.runtime_info.get(_VALIDATED) != done:
            runner.val_loop.run()

    def before_train_iter(self, runner: StoppableRunner, batch_idx: int, data_batch: Any = None) -> None:
        """From here on there is something to lose."""
        runner.stop_request.is_idle = False

    def after_train_iter(
        self, runner: StoppableRunner, batch_idx: int, data_batch: Any = None, outputs: dict | None = None
    ) -> None:
        """Save if it is time, or if the run should end."""
        # With several batches for a step, their gradients would be lost.
        is_whole = getattr(runner.optim_wrapper, "should_update", lambda: True)()
        is_due = time.monotonic() - self._saved_at > 60 * self.minutes
        stops, is_due = _agree(runner.stop_request.is_made, is_due)
        if not is_whole or not (stops or is_due):
            return
        self._save(runner, runner.iter + 1)
        if stops:
            raise KeyboardInterrupt

    def before_val(self, runner: StoppableRunner) -> None:
        """Save before a validation, which may be ended at once."""
        if getattr(self, "_is_training", False):
            self._save(runner, runner.iter)
            runner.stop_request.is_idle = True

    def after_val(self, runner: StoppableRunner) -> None:
        """Note that this iteration was validated."""
        runner.message_hub.update_info(_VALIDATED, runner.iter)

    def after_train(self, runner: StoppableRunner) -> None:
        """Remove what the last checkpoint has too."""
        self._is_training = False
        note = Path(runner.work_dir, "last_checkpoint")
        if is_main_process() and note.is_file() and AUTOSAVE not in note.read_text():
            _remove_autosaves(runner.work_dir)

    def _save(self, runner: StoppableRunner, iteration: int) -> None:
        self._saved_at = time.monotonic()
        if runner.saved_iter == iteration:
            return
        name = f"{AUTOSAVE}iter_{iteration}.pth"
        # The iteration lies in the epoch that the loop is in, whose rest is trained after a resume.
        meta = dict(epoch=runner.epoch, iter=iteration)
        runner.save_checkpoint(runner.work_dir, name, meta=meta, by_epoch=False)
        if is_main_process():
            path = Path(runner.work_dir, name)
            write_text_atomically(path.parent / "last_checkpoint", str(path))
            _remove_autosaves(runner.work_dir, kept=name)


def _remove_autosaves(folder: str | Path, kept: str = "") -> None:
    for path in Path(folder).glob(f"{AUTOSAVE}*.pth"):
        if path.name != kept:
            path.unlink()


def _agree(stops: bool, is_due: bool) -> tuple[bool, bool]:
    """Whether any of the processes asks for it, so that all act in the same iteration."""
    if get_world_size() == 1:
        return stops, is_due
    wanted = torch.tensor([float(stops), float(is_due)])
    all_reduce(wanted, "max")
    return bool(wanted[0]), bool(wanted[1])
