"""Batches of pairs, on the model's device and in [0, 1]."""

from collections.abc import Mapping, Sequence

import torch
from mmagic.structures import DataSample
from mmengine.model import BaseDataPreprocessor
from torch import Tensor
from torch.nn import functional as F

from ...registry import MODELS


@MODELS.register_module()
class PairDataPreprocessor(BaseDataPreprocessor):
    """Stack the images of pairs and scale them from [0, 255] to [0, 1].

    Does what MMagic's DataPreprocessor does with `mean=[0], std=[255], data_keys=None`, without importing MMagic's
    editors.

    Args:
        non_blocking (bool): As in mmengine. Default: False.
    """

    def __init__(self, non_blocking: bool = False) -> None:
        super().__init__(non_blocking)
        # A tensor: by a plain number some devices do not divide, but multiply with its inverse.
        self.register_buffer("white", torch.tensor([255.0]).view(1, 1, 1), persistent=False)

    def forward(self, data: dict, training: bool = False) -> dict:
        """Prepare a batch.

        Args:
            data (dict): `inputs`, images by name, lists of (C, H, W) or batches (N, C, H, W) in [0, 255], or a list
                of dicts of (C, H, W); and `data_samples`, a list with the facts of each pair, or none.
            training (bool): Not used. Default: False.

        Returns:
            dict: `inputs`, (N, C, H, W) by name in [0, 1], smaller images padded with zeros on the right and below;
            and `data_samples`, stacked, with the `padding_size` (channels, height, width) of each pair.
        """
        data = self.cast_data(data)
        inputs = data["inputs"]
        if not isinstance(inputs, Mapping):
            inputs = {name: [images[name] for images in inputs] for name in inputs[0]}
        sizes = torch.tensor([image.shape[-2:] for image in next(iter(inputs.values()))])
        height, width = sizes.amax(0).tolist()
        paddings = torch.tensor([height, width]) - sizes
        samples = data.get("data_samples") or [DataSample() for _ in sizes]
        for sample, padding in zip(samples, paddings):
            sample.set_metainfo(dict(padding_size=F.pad(padding, (1, 0))))
        stacked = {name: self._stack(images, height, width) for name, images in inputs.items()}
        return dict(inputs=stacked, data_samples=DataSample.stack(samples))

    def _stack(self, images: Tensor | Sequence[Tensor], height: int, width: int) -> Tensor:
        padded = [F.pad(image, (0, width - image.shape[2], 0, height - image.shape[1])) for image in images]
        return torch.stack(padded) / self.white
