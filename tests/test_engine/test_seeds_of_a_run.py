"""Every draw of a run has a seed of its own, and a run that was resumed draws what it would have drawn."""

import itertools
from types import SimpleNamespace

import pytest
import torch
from toy import Pairs, toy_runner

from mmfusion_distill.engine import resumable_loops

SEEN = []


class Recorded(Pairs):
    """Notes which pair was asked for with which seed."""

    def __getitem__(self, index):
        SEEN.append((int(index), index.seed))
        return super().__getitem__(index)


def loader(sampler):
    return dict(
        dataset=Recorded(4), batch_size=2, num_workers=0, sampler=dict(type=sampler, shuffle=True, seed=3)
    )


#: Sampler, loop, checkpoints; of four epochs of two batches each.
RUNS = {
    "by epoch": ("SeededDefaultSampler", dict(by_epoch=True, max_epochs=4), dict(by_epoch=True)),
    "by iteration": ("SeededInfiniteSampler", dict(by_epoch=False, max_iters=8), dict(by_epoch=False)),
    "by iteration, over epochs": (
        "SeededDefaultSampler",
        dict(by_epoch=False, max_iters=8),
        dict(by_epoch=False),
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_resumed_run_draws_on(name, tmp_path):
    sampler, loop, unit = RUNS[name]
    hooks = dict(
        checkpoint=dict(type="CheckpointHook", interval=1, max_keep_ckpts=-1, **unit),
        sampler_seed=dict(type="DistSamplerSeedHook"),
    )

    def draws(**settings):
        SEEN.clear()
        runner = toy_runner(
            tmp_path, hooks=hooks, train_cfg=loop, train_dataloader=loader(sampler), **settings
        )
        runner.train()
        return list(SEEN)

    whole = draws()
    assert len(whole) == 16 and len({seed for _, seed in whole}) == 16
    assert sorted(index for index, _ in whole) == sorted(4 * list(range(4)))
    half = tmp_path / ("epoch_2.pth" if unit["by_epoch"] else "iter_4.pth")
    assert draws(load_from=str(half), resume=True)[-8:] == whole[-8:]


def test_every_step_of_every_process_draws_something_else(monkeypatch):
    drawn = set()
    for rank, iteration in itertools.product(range(2), range(2)):
        monkeypatch.setattr(resumable_loops, "get_rank", lambda rank=rank: rank)
        resumable_loops.seed_step(SimpleNamespace(seed=3), iteration)
        drawn.add(torch.rand(1).item())
    assert len(drawn) == 4
