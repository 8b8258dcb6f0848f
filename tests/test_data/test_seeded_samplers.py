"""A draw's augmentation depends on its place in the run, not on who makes it."""

import itertools
import pickle
from unittest import mock

import pytest
from mmengine.dataset import BaseDataset

from mmfusion_distill.data.seeded_samplers import SeededConcatDataset, SeededDefaultSampler, SeededIndex
from mmfusion_distill.registry import DATA_SAMPLERS
from mmfusion_distill.user_errors import UserError


def draws(kind, rank, world_size, epoch=0, count=12, begin_at=0):
    with mock.patch("mmengine.dataset.sampler.get_dist_info", return_value=(rank, world_size)):
        sampler = DATA_SAMPLERS.build(dict(type=kind, dataset=range(5), shuffle=True, seed=7))
    sampler.set_epoch(epoch)
    if begin_at:
        sampler.begin_at(begin_at)
    return [(int(index), index.seed) for index in itertools.islice(sampler, count)]


def test_two_processes_draw_together_what_one_draws():
    alone = draws("SeededInfiniteSampler", 0, 1, count=20)
    both = [draws("SeededInfiniteSampler", rank, 2, count=10) for rank in (0, 1)]
    assert [draw for pair in zip(*both) for draw in pair] == alone


def test_epochs_of_two_processes_too():
    for epoch in (0, 3):
        alone = draws("SeededDefaultSampler", 0, 1, epoch)
        both = [draws("SeededDefaultSampler", rank, 2, epoch) for rank in (0, 1)]
        assert [draw for pair in zip(*both) for draw in pair][:5] == alone
    assert draws("SeededDefaultSampler", 0, 1, 0) != draws("SeededDefaultSampler", 0, 1, 3)


@pytest.mark.parametrize(("kind", "count"), [("SeededInfiniteSampler", 12), ("SeededDefaultSampler", 3)])
@pytest.mark.parametrize("rank", [0, 1])
def test_a_resumed_run_goes_on_with_the_same_draws_and_seeds(kind, count, rank):
    whole = draws(kind, rank, 2, epoch=1, count=count)
    assert draws(kind, rank, 2, epoch=1, count=count - 2, begin_at=2) == whole[2:]


def test_no_two_draws_share_a_seed():
    seeds = [seed for _, seed in draws("SeededInfiniteSampler", 0, 1, count=500)]
    assert len(set(seeds)) == 500


def test_an_index_keeps_its_seed_on_the_way_to_a_worker():
    index = pickle.loads(pickle.dumps(SeededIndex(3, 99)))
    assert (index, index.seed) == (3, 99)


def test_the_seed_of_a_draw_reaches_the_data_set_it_falls_on():
    class Seeds(BaseDataset):
        def load_data_list(self):
            return [dict() for _ in range(3)]

        def prepare_data(self, idx):
            return self.serialize_data, int(idx), getattr(idx, "seed", None)

    together = SeededConcatDataset([Seeds(serialize_data=False), Seeds(serialize_data=True)])
    assert together[SeededIndex(4, 99)] == (True, 1, 99)
    assert together[4] == (True, 1, None)


def test_a_data_set_is_taken_as_often_as_said_and_built_once():
    class Numbers(BaseDataset):
        def load_data_list(self):
            return [dict(value=value) for value in self.metainfo["values"]]

    few, one = (Numbers(metainfo=dict(values=values)) for values in ([1, 2], [3]))
    together = SeededConcatDataset([few, one], times=[3, 2], ignore_keys="values")
    assert [together[index]["value"] for index in range(len(together))] == [1, 2, 1, 2, 1, 2, 3, 3]
    assert together.datasets[0] is together.datasets[2]
    for times in ([1], [2, 0]):
        with pytest.raises(UserError, match="wanted a number of at least 1 for each of 2 data sets"):
            SeededConcatDataset([few, one], times=times)


@pytest.mark.parametrize("world_size", [1, 2, 3])
def test_epochs_share_no_seed(world_size):
    epochs = [
        {
            seed
            for rank in range(world_size)
            for _, seed in draws("SeededDefaultSampler", rank, world_size, epoch)
        }
        for epoch in range(4)
    ]
    for one, other in itertools.combinations(epochs, 2):
        assert not one & other


def test_seeds_differ_between_runs_of_other_seeds():
    with mock.patch("mmengine.dataset.sampler.get_dist_info", return_value=(0, 1)):
        first, other = (
            [index.seed for index in SeededDefaultSampler(range(5), seed=seed)] for seed in (7, 8)
        )
    assert not set(first) & set(other)
