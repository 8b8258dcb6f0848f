"""Batches of pairs for the fusors, and fusion before any model of the OpenMMLab family."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from mmagic.structures import DataSample
from mmengine.model import BaseDataPreprocessor
from torch import Tensor, nn
from torch.nn import functional as F

from ...registry import MODELS
from ...user_errors import UserError
from ..networks import FusionNetwork


def events_of(data_samples: DataSample | None) -> list[tuple[str, ...]] | None:
    """Event names of every pair of a batch; none for a pair without annotation."""
    annotations = None if data_samples is None else data_samples.metainfo.get("annotation")
    if annotations is None:
        return None
    return [() if annotation is None else annotation.event_types for annotation in annotations]


def targets_of(inputs: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """The targets of a result: the sources before their degradation."""
    return inputs.get("target_a", inputs["img_a"]), inputs.get("target_b", inputs["img_b"])


def known_events(
    data_samples: DataSample, batch_size: int, silent: bool = False
) -> list[tuple[str, ...] | None]:
    """Event names of every pair of a batch; None where nobody annotated it."""
    nothing = [None] * batch_size
    annotations = data_samples.metainfo.get("annotation", nothing)
    dropped = data_samples.metainfo.get("drop_text", nothing) if silent else nothing
    return [
        None if annotation is None or drop else annotation.event_types
        for annotation, drop in zip(annotations, dropped)
    ]


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


#: Channels of what a pipeline loads: a colour image and source B.
CHANNELS = 4


@MODELS.register_module()
class FusionDataPreprocessor(BaseDataPreprocessor):
    """Fuse the two sources of each sample and hand the image to the model's own preprocessor.

    A detector, segmenter, classifier or restorer then takes fused input and needs no change: its config says
    `data_preprocessor=dict(type='mmfusion.FusionDataPreprocessor', network=..., wrapped=<what stood there>)`, and its
    pipeline loads with :class:`LoadPairedImage`, which gives images of four channels: A and, last, B. Attributes
    that it does not have itself are those of the wrapped one.

    Args:
        network (dict | nn.Module): The fusion network or its config, e.g. `dict(type='get_model',
            name='student')`; called with A (N, 3, H, W), RGB, and B (N, 1, H, W) in [0, 1], it gives (N, 3, H, W).
        wrapped (dict): Config of the model's preprocessor, with its scope: `dict(type='mmdet.DetDataPreprocessor',
            ...)`. It gets images of three channels in [0, 255].
        trained (bool): Whether the network is trained along, by the loss of the model. Otherwise it is frozen and in
            evaluation mode. Its weights are in the model's checkpoints either way. Default: False.
        channel_order (str): Order of A's channels, in and out: 'bgr', as mmcv loads, or 'rgb'. Default: 'bgr'.
        batch_augments (dict, optional): Handed to the wrapped preprocessor; mmpretrain's classifiers set it from
            their `train_cfg`. Default: None.
        non_blocking (bool): As in mmengine. Default: False.

    Raises:
        UserError: If `channel_order` is unknown, or the network needs text.
    """

    def __init__(
        self,
        network: dict | nn.Module,
        wrapped: dict,
        trained: bool = False,
        channel_order: str = "bgr",
        batch_augments: dict | None = None,
        non_blocking: bool = False,
    ) -> None:
        super().__init__(non_blocking)
        if channel_order not in ("bgr", "rgb"):
            raise UserError(
                f"FusionDataPreprocessor: channel_order is '{channel_order}', wanted 'bgr' or 'rgb'"
            )
        # The names in it are ours, whichever toolbox runs.
        self.network = (
            network if isinstance(network, nn.Module) else MODELS.build(dict(_scope_="mmfusion", **network))
        )
        if isinstance(self.network, FusionNetwork) and self.network.text_reader is not None:
            raise UserError(
                "FusionDataPreprocessor: the network is guided by text, which samples do not have: take a student"
            )
        extra = {} if batch_augments is None else dict(batch_augments=batch_augments)
        self.wrapped = MODELS.build(dict(wrapped, **extra))
        self.trained = trained
        self.channel_order = channel_order
        self.network.requires_grad_(trained).train(trained)

    def forward(self, data: dict, training: bool = False) -> dict:
        """Fuse and preprocess a batch.

        Args:
            data (dict): What the data loader gives: `inputs`, a batch (N, 4, H, W) or a list of (4, H, W), in
                [0, 255], and whatever else the model wants.
            training (bool): Handed to the wrapped preprocessor. Default: False.

        Returns:
            dict: Result of the wrapped preprocessor.

        Raises:
            UserError: If the inputs have other than four channels.
        """
        data = self.cast_data(data)
        with torch.set_grad_enabled(self.trained and torch.is_grad_enabled()):
            inputs = self._fuse_all(data["inputs"])
        return self.wrapped(dict(data, inputs=inputs), training)

    def train(self, mode: bool = True) -> "FusionDataPreprocessor":
        """Switch the mode; a frozen network stays in evaluation mode."""
        super().train(mode)
        self.network.train(mode and self.trained)
        return self

    def __getattr__(self, name: str) -> Any:
        """Attributes that models read from their preprocessor (`mean`, `destruct`, ...) come from the wrapped one."""
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name == "wrapped":
                raise
            return getattr(self.wrapped, name)

    def _fuse_all(self, inputs: Tensor | Sequence[Tensor]) -> Tensor | list[Tensor]:
        if isinstance(inputs, Tensor):
            return self._fuse(inputs)
        if len({picture.shape for picture in inputs}) == 1:
            return list(self._fuse(torch.stack(list(inputs))))
        return [self._fuse(picture[None])[0] for picture in inputs]

    def _fuse(self, pictures: Tensor) -> Tensor:
        if pictures.shape[1] != CHANNELS:
            raise UserError(
                f"FusionDataPreprocessor: the images have {pictures.shape[1]} channels, wanted {CHANNELS}: load "
                "them with dict(type='mmfusion.LoadPairedImage')"
            )
        pictures = pictures.float() / 255
        img_a, img_b = pictures[:, :3], pictures[:, 3:]
        reverse = self.channel_order == "bgr"
        fused = self.network(img_a.flip(1) if reverse else img_a, img_b)
        fused = fused.clamp(0, 1) * 255
        return fused.flip(1) if reverse else fused
