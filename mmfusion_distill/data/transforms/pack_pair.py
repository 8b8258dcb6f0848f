"""Packing of a pair for the model."""

import numpy as np
import torch
from mmagic.structures import DataSample
from mmcv.transforms import BaseTransform

from ...registry import TRANSFORMS

META_KEYS = ("key", "vis_name", "img_a_path", "img_b_path", "annotation", "target_annotation", "drop_text")
IMAGE_KEYS = ("img_a", "img_b", "target_a", "target_b")


@TRANSFORMS.register_module()
class PackPair(BaseTransform):
    """Put the images of a pair into tensors, and facts about them into MMagic's data sample.

    Args:
        meta_keys (tuple[str, ...]): Facts that go into the data sample; those that a sample lacks become None.
            Default: `META_KEYS`.
    """

    def __init__(self, meta_keys: tuple[str, ...] = META_KEYS) -> None:
        self.meta_keys = tuple(meta_keys)

    def transform(self, results: dict) -> dict:
        """Pack one pair.

        Returns:
            dict: `inputs`, a dict of tensors `img_a` (1 or 3, H, W) and `img_b` (1, H, W) in [0, 255] and, of
            a pair that went through `RandomDegradation`, `target_a` and `target_b` alike; and `data_samples`, which
            also names the order of their channels, as MMagic's preprocessors ask for it.
        """
        images = {key: results.get(key) for key in IMAGE_KEYS}
        metainfo = {key: results.get(key) for key in self.meta_keys}
        for key, image in images.items():
            order = None if image is None else "RGB" if image.shape[2] == 3 else "single"
            metainfo[f"{key}_channel_order"] = order
        return dict(
            inputs={key: _tensor(image) for key, image in images.items() if image is not None},
            data_samples=DataSample(metainfo=metainfo),
        )


def _tensor(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
