"""Training loops that a resumed run enters anywhere, in the middle of an epoch too, and goes on bit for bit."""

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from mmengine.dist import get_rank
from mmengine.runner import EpochBasedTrainLoop, IterBasedTrainLoop, Runner
from mmengine.runner.loops import _InfiniteDataloaderIterator
from torch import nn
from torch.utils.data import DataLoader

#: Odd numbers, so that no two iterations or processes of a run have one seed.
_PER_ITERATION, _PER_PROCESS = 0x9E3779B1, 0x85EBCA6B


class ResumableIterLoop(IterBasedTrainLoop):
    """mmengine's IterBasedTrainLoop, whose steps depend on their number alone.

    What a step draws at random has a seed made of the run's and its number. A resumed run leaves out the samples that
    were trained without reading them, where the sampler can (see :class:`SeededInfiniteSampler`). Args are those of
    mmengine's loop.
    """

    dataloader_iterator: _InfiniteDataloaderIterator

    def run(self) -> nn.Module:
        """Train from where the run is to its end."""
        runner = self.runner
        runner.call_hook("before_train")
        runner.call_hook("before_train_epoch")
        self._leave_out_trained()
        while self._iter < self._max_iters and not self.stop_training:
            runner.model.train()
            seed_step(runner, self._iter)
            self.run_iter(next(self.dataloader_iterator))
            self._decide_current_val_interval()
            if self.is_validated_at(self._iter):
                runner.val_loop.run()
        runner.call_hook("after_train_epoch")
        runner.call_hook("after_train")
        return runner.model

    def is_validated_at(self, iteration: int) -> bool:
        """Whether the run is validated after so many iterations."""
        is_last = iteration == self._max_iters
        has_come = iteration >= self.val_begin and (iteration % self.val_interval == 0 or is_last)
        return self.runner.val_loop is not None and has_come

    def _leave_out_trained(self) -> None:
        if not self._iter:
            return
        sampler = self.dataloader.sampler
        if not hasattr(sampler, "begin_at"):
            for _ in range(self._iter):
                next(self.dataloader_iterator)
            return
        epochs, batches = 0, self._iter
        if not sampler.is_infinite:
            epochs, batches = divmod(self._iter, len(self.dataloader))
            sampler.set_epoch(epochs)
        sampler.begin_at(batches * self.dataloader.batch_size)
        # The first one has drawn samples for its workers already.
        self.dataloader_iterator = _InfiniteDataloaderIterator(self.dataloader)
        self.dataloader_iterator._epoch = epochs


class ResumableEpochLoop(EpochBasedTrainLoop):
    """mmengine's EpochBasedTrainLoop, that can be resumed from a checkpoint of the middle of an epoch.

    See :class:`ResumableIterLoop`. Args are those of mmengine's loop.
    """

    def run_epoch(self) -> None:
        """Train one epoch, or what is left of it."""
        runner = self.runner
        runner.call_hook("before_train_epoch")
        runner.model.train()
        done = min(max(0, self._iter - self._epoch * len(self.dataloader)), len(self.dataloader))
        left = range(done, len(self.dataloader))
        batches = _batches_from(self.dataloader, done) if left else iter(())
        for index in left:
            seed_step(runner, self._iter)
            self.run_iter(index, next(batches))
        runner.call_hook("after_train_epoch")
        self._epoch += 1

    def is_validated_at(self, iteration: int) -> bool:
        """Whether the run is validated after so many iterations."""
        epoch, rest = divmod(iteration, len(self.dataloader))
        is_last = epoch == self._max_epochs
        has_come = epoch >= self.val_begin and (epoch % self.val_interval == 0 or is_last)
        return self.runner.val_loop is not None and not rest and has_come


def resumable(loop: dict) -> dict:
    """The config of a training loop with mmengine's two loops replaced by those above; others stay unchanged."""
    config = dict(loop)
    kind = config.get("type")
    if kind is None and "by_epoch" in config:
        kind = "EpochBasedTrainLoop" if config.pop("by_epoch") else "IterBasedTrainLoop"
    name = kind.rpartition(".")[2] if isinstance(kind, str) else getattr(kind, "__name__", None)
    ours: dict[str | None, type] = dict(
        EpochBasedTrainLoop=ResumableEpochLoop, IterBasedTrainLoop=ResumableIterLoop
    )
    return dict(config, type=ours[name]) if name in ours else config


def seed_step(runner: Runner, iteration: int) -> None:
    """Let everything that a step draws at random depend on the run's seed and the step's number alone."""
    seed = ((runner.seed or 0) + iteration * _PER_ITERATION + get_rank() * _PER_PROCESS) % 2**32
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _batches_from(loader: DataLoader, first: int) -> Iterator[Any]:
    """The batches of an epoch from one of them on."""
    if first and hasattr(loader.sampler, "begin_at"):
        loader.sampler.begin_at(first * loader.batch_size)
        return iter(loader)
    batches = iter(loader)
    for _ in range(first):
        next(batches)
    return batches
