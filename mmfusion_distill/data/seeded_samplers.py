"""Samplers that carry a seed with every draw, and data sets that hand it on."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from mmengine.dataset import BaseDataset, ConcatDataset, DefaultSampler, InfiniteSampler

from ..registry import DATA_SAMPLERS, DATASETS
from ..user_errors import UserError


class SeededIndex(int):
    """Index of a sample that carries the seed of its augmentation.

    It is an ordinary integer to datasets that do not know it.

    Args:
        index (int): Index into the dataset.
        seed (int): Seed of the augmentation, 32 bits.
    """

    seed: int

    def __new__(cls, index: int, seed: int) -> "SeededIndex":
        self = super().__new__(cls, index)
        self.seed = seed
        return self

    def __getnewargs__(self) -> tuple[int, int]:  # type: ignore[override]
        # Indices travel to the workers by pickle.
        return int(self), self.seed


def _seeded(indices: Iterable[int], seed: int, first: int, step: int) -> Iterator[SeededIndex]:
    draw = first
    for index in indices:
        # An odd multiplier permutes the 32-bit numbers: draws of one run never share a seed.
        yield SeededIndex(index, (seed + draw * 0x9E3779B1) % 2**32)
        draw += step


class _BeginsAnywhere:
    """Lets a sampler leave out what a resumed run has trained."""

    _left_out = 0

    def begin_at(self, draw: int) -> None:
        """Leave out the first draws of this process, once: when it is iterated next."""
        self._left_out = draw

    def _take_left_out(self) -> int:
        left_out, self._left_out = self._left_out, 0
        return left_out


@DATA_SAMPLERS.register_module()
class SeededInfiniteSampler(_BeginsAnywhere, InfiniteSampler):
    """mmengine's InfiniteSampler, every draw with its own augmentation seed. For iteration-based training."""

    is_infinite = True

    def begin_at(self, draw: int) -> None:
        """Leave out the first draws of this process, counted from the beginning of the run."""
        super().begin_at(draw)
        self.indices = self._indices_of_rank()

    def __iter__(self) -> Iterator[int]:
        """Yield the indices of this process for ever."""
        left_out = self._take_left_out()
        first = self.rank + left_out * self.world_size
        yield from _seeded(islice(self.indices, left_out, None), self.seed, first, self.world_size)


@DATA_SAMPLERS.register_module()
class SeededDefaultSampler(_BeginsAnywhere, DefaultSampler):
    """mmengine's DefaultSampler, every draw with its own augmentation seed. For epoch-based training."""

    is_infinite = False

    def __iter__(self) -> Iterator[int]:
        """Yield the indices of this process for one epoch."""
        left_out = self._take_left_out()
        # Twice the size leaves room for the padding, which depends on the number of processes.
        first = self.epoch * 2 * len(self.dataset) + self.rank + left_out * self.world_size
        yield from _seeded(islice(super().__iter__(), left_out, None), self.seed, first, self.world_size)


@DATASETS.register_module()
class SeededConcatDataset(ConcatDataset):
    """mmengine's ConcatDataset, through which the seed of a draw reaches the data set that it falls on.

    Without it augmentation would depend on the number of workers, and a resumed run would see other samples.

    Args:
        datasets (Sequence[BaseDataset | dict]): Data sets or their configs.
        times (Sequence[int], optional): How often each is taken in one run through all of them; it is built once all
            the same. Default: None, once each.
        **kwargs: Of mmengine's ConcatDataset.

    Raises:
        UserError: If `times` does not say one number of at least 1 for each.
    """

    def __init__(
        self, datasets: Sequence[BaseDataset | dict], times: Sequence[int] | None = None, **kwargs: Any
    ) -> None:
        if times is not None:
            if len(times) != len(datasets) or min(times) < 1:
                raise UserError(
                    f"SeededConcatDataset: times is {list(times)}, wanted a number of at least 1 for each of "
                    f"{len(datasets)} data sets"
                )
            built = [DATASETS.build(part) if isinstance(part, dict) else part for part in datasets]
            datasets = [part for part, count in zip(built, times) for _ in range(count)]
        super().__init__(datasets, **kwargs)

    def _get_ori_dataset_idx(self, idx: int) -> tuple[int, int]:
        dataset, sample = super()._get_ori_dataset_idx(idx)
        seed = getattr(idx, "seed", None)
        return dataset, sample if seed is None else SeededIndex(sample, seed)
