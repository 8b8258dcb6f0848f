"""Several data sets as one, for the samplers that carry seeds."""

from mmengine.dataset import ConcatDataset

from ..registry import DATASETS
from .seeded_samplers import SeededIndex


@DATASETS.register_module()
class SeededConcatDataset(ConcatDataset):
    """mmengine's ConcatDataset, through which the seed of a draw reaches the data set that it falls on.

    Without it augmentation would depend on the number of workers, and a resumed run would see other samples.
    Args are those of mmengine's ConcatDataset; a data set that is listed twice is drawn twice as often.
    """

    def _get_ori_dataset_idx(self, idx: int) -> tuple[int, int]:
        dataset, sample = super()._get_ori_dataset_idx(idx)
        seed = getattr(idx, "seed", None)
        return dataset, sample if seed is None else SeededIndex(sample, seed)
