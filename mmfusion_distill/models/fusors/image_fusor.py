"""The model around one fusion network."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from mmagic.structures import DataSample
from mmengine.dist import all_reduce_dict
from mmengine.model import BaseModel
from torch import Tensor, nn

from ...registry import MODELS
from ...system.memory import keep_host_memory, maps_of_whole_pictures
from ...user_errors import UserError
from ..losses import FusionLoss
from ..networks import FusionNetwork
from ..text import TextEmbedder
from ..text.text_embedder import default_cache_path
from ..tiles.blended_tiles import TilingConfig, fuse_image
from ..tiles.exact_tiles import fuse_in_exact_tiles
from .preprocessors import events_of, known_events, targets_of

PREPROCESSOR = dict(type="PairDataPreprocessor")


@MODELS.register_module()
class ImageFusor(BaseModel):
    """Train and test one fusion network.

    `inputs` is a dict of `img_a` (N, 1 or 3, H, W), RGB, and `img_b` (N, 1, H, W); in data samples images are in
    [0, 255] and, as everywhere in MMagic, BGR. If the sources were degraded, `inputs` also has what they were before,
    `target_a` and `target_b`: with these the losses compare.

    Args:
        generator (dict): Config of the network, e.g. :class:`XRestormerFusionNet`.
        pixel_loss (dict, optional): Config of the loss, e.g. :class:`FusionLoss`. Default: None, no training.
        event_loss (dict, optional): Config of the loss of the events that the network's prior names, e.g.
            :class:`EventLoss`. Default: None.
        text_encoder (dict, optional): Config of the text encoder of a guided network. Default: None.
        text_cache (str | None): File that keeps text embeddings between runs; 'default' is under
            `~/.cache/mmfusion_distill` (or `$MMFUSION_CACHE`), None keeps them in memory. Default: 'default'.
        test_cfg (dict, optional): Arguments of :class:`TilingConfig`: whether large images are fused whole or in
            tiles. Default: None, tiles where the memory wants them.
        init_cfg (dict, optional): As in mmengine. Default: None.
        data_preprocessor (dict, optional): Default: :class:`PairDataPreprocessor`.

    Raises:
        UserError: If the generator is no :class:`FusionNetwork`, or text embedding and guidance differ in length.
    """

    def __init__(
        self,
        generator: dict,
        pixel_loss: dict | None = None,
        event_loss: dict | None = None,
        text_encoder: dict | None = None,
        text_cache: str | None = "default",
        test_cfg: dict | None = None,
        init_cfg: dict | None = None,
        data_preprocessor: dict | None = None,
    ) -> None:
        # Built here, so that it is found outside a runner too.
        preprocessor = MODELS.build(data_preprocessor or PREPROCESSOR)
        super().__init__(data_preprocessor=preprocessor, init_cfg=init_cfg)
        self.tiling = TilingConfig(**(test_cfg or {}))
        self.generator = MODELS.build(generator)
        if not isinstance(self.generator, FusionNetwork):
            raise UserError(
                f"{type(self.generator).__name__} is no FusionNetwork: derive it from "
                "mmfusion_distill.models.FusionNetwork"
            )
        self.pixel_loss = MODELS.build(pixel_loss) if pixel_loss else None
        self.event_loss = MODELS.build(event_loss) if event_loss else None
        self.text_embedder = build_text_embedder(text_encoder, text_cache)
        self._register_load_state_dict_pre_hook(_drop_connectors)
        self._check_text_channels()

    @property
    def reads_annotations(self) -> bool:
        """Whether texts or events of the pairs change anything in training."""
        reads = self.text_reader is not None or self.event_loss is not None
        return reads or (isinstance(self.pixel_loss, FusionLoss) and self.pixel_loss.use_events)

    @property
    def text_reader(self) -> nn.Module | None:
        """The part of the network that reads text embeddings; None: it takes no text."""
        return self.generator.text_reader

    def forward(
        self,
        inputs: dict[str, Tensor],
        data_samples: DataSample | Sequence[DataSample] | None = None,
        mode: str = "tensor",
        **kwargs: Any,
    ) -> Tensor | list[DataSample] | dict[str, Tensor]:
        """Run the network.

        Args:
            inputs (dict[str, Tensor]): `img_a` and `img_b` in [0, 1]; `target_a` and `target_b` if the sources were
                degraded.
            data_samples (DataSample | Sequence[DataSample], optional): With the annotations of a guided network.
            mode (str): 'loss', 'predict' or 'tensor'. Default: 'tensor'.
            **kwargs: Arguments of the network for mode 'tensor', e.g. `text_emb`, `return_features`.

        Returns:
            dict[str, Tensor] | list[DataSample] | Tensor: Losses by name; data samples with `output.pred_img`,
            `img_a`, `img_b` and the targets if there are any; or what the network returns.

        Raises:
            UserError: If the mode is unknown, or a guided network lacks text.
        """
        if isinstance(data_samples, Sequence):
            data_samples = DataSample.stack(data_samples)
        if mode == "loss":
            return self.loss(inputs, data_samples)
        if mode == "predict":
            return self.predict(inputs, data_samples)
        if mode == "tensor":
            img_a, img_b = inputs["img_a"], inputs["img_b"]
            if "text_emb" not in kwargs and data_samples is not None:
                kwargs["text_emb"] = self.embed_texts(data_samples, img_a)
            return self.generator(img_a, img_b, **kwargs)
        raise UserError(f"mode '{mode}' is none of loss, predict, tensor")

    def loss(self, inputs: dict[str, Tensor], data_samples: DataSample) -> dict[str, Tensor]:
        """Losses of a training step by name."""
        if self.pixel_loss is None:
            raise UserError("this model was built without pixel_loss and cannot be trained")
        img_a, img_b = inputs["img_a"], inputs["img_b"]
        text_emb = self.embed_texts(data_samples, img_a, training=True)
        if self.event_loss is None:
            fused = self.generator(img_a, img_b, text_emb)
            return self.pixel_loss(fused, *targets_of(inputs), events=events_of(data_samples))
        fused, prior = self.generator(img_a, img_b, text_emb, return_prior=True)
        losses = self.pixel_loss(fused, *targets_of(inputs), events=events_of(data_samples))
        losses["loss_event"] = self.named_events_loss(prior, data_samples)
        return losses

    def named_events_loss(self, prior: Tensor, data_samples: DataSample) -> Tensor:
        """The loss of the events that priors (N, num_values) name, where somebody annotated the pair."""
        # A prior of no text names nothing.
        events = known_events(data_samples, len(prior), silent=self.text_reader is not None)
        return self.event_loss(self.generator.prior.events(prior), events)

    def predict(self, inputs: dict[str, Tensor], data_samples: DataSample | None) -> list[DataSample]:
        """Fuse a batch.

        Returns:
            list[DataSample]: Per pair `output.pred_img` (3, H, W), `img_a` (1 or 3, H, W), `img_b` (1, H, W) and, if
            there are any, `target_a` and `target_b` on the CPU, in [0, 255], BGR.
        """
        img_a, img_b = inputs["img_a"], inputs["img_b"]
        if data_samples is None:
            data_samples = DataSample.stack([DataSample() for _ in range(len(img_a))])
        text_emb = self.embed_texts(data_samples, img_a)
        fused = self.fuse(img_a, img_b, text_emb)
        paddings = data_samples.metainfo.get("padding_size", [None] * len(img_a))
        samples = data_samples.split() if len(data_samples.metainfo) else [DataSample() for _ in paddings]
        for index, (sample, padding) in enumerate(zip(samples, paddings)):
            sample.output = DataSample(pred_img=_to_pixels(fused[index], padding))
            sample.set_data({key: _to_pixels(images[index], padding) for key, images in inputs.items()})
        return samples

    def fuse(
        self, img_a: Tensor, img_b: Tensor, text_emb: Tensor | None = None, prior: Tensor | None = None
    ) -> Tensor:
        """Fuse images in [0, 1] for inference: (N, C, H, W) and (N, 1, H, W) to (N, 3, H, W).

        `prior`, (1, num_values), replaces values of the network's own where it is not NaN.
        """
        network = self.generator
        if img_a.device.type == "cpu":
            keep_host_memory()

        # Other networks may take no prior.
        given = {} if prior is None else {"prior": prior}

        def fuse(a: Tensor, b: Tensor, samples: slice) -> Tensor:
            if text_emb is None:
                return network(a, b, None, **given)
            texts = text_emb[samples]
            return network(a, b, texts.repeat(len(a) // len(texts), 1), **given)

        def fuse_in_tiles(a: Tensor, b: Tensor, samples: slice, tile: int) -> Tensor:
            texts = None if text_emb is None else text_emb[samples]
            with maps_of_whole_pictures() if a.device.type == "cpu" else nullcontext():
                return fuse_in_exact_tiles(network, a, b, texts, tile, **given)

        exact = fuse_in_tiles if network.num_local_levels else None
        return fuse_image(fuse, img_a, img_b, self.tiling, network.multiple, network.pixel_bytes, exact)

    def embed_texts(
        self, data_samples: DataSample, images: Tensor, training: bool = False, field: str = "annotation"
    ) -> Tensor | None:
        """Text embeddings of a batch for the network; without guidance nothing is computed.

        Args:
            data_samples (DataSample): Stacked data samples with the annotations.
            images (Tensor): The batch, for its device.
            training (bool): Whether texts may be left out at random. Default: False.
            field (str): Where the annotations are: 'annotation', or 'target_annotation' for those of the sources
                before their degradation. Default: 'annotation'.

        Returns:
            Tensor | None: (N, C_text), or None.

        Raises:
            UserError: If text is missing and the network has no null embedding.
        """
        reader = self.text_reader
        if reader is None:
            return None
        facts, nothing = data_samples.metainfo, [None] * len(images)
        annotations = facts.get(field, nothing)
        drop = facts.get("drop_text", nothing) if training else nothing
        without = [annotation is None or bool(flag) for annotation, flag in zip(annotations, drop)]
        if any(without) and reader.null is None:
            keys = facts.get("key", ["?"] * len(images))
            named = ", ".join(str(key) for key, no_text in zip(keys, without) if no_text)
            raise UserError(
                f"no text for {named}: annotate the pairs with `mmfusion annotate`, give a text, or train "
                "the network with null_embedding=True"
            )
        text_emb = images.new_zeros(len(images), reader.text_channels, dtype=torch.float32)
        kept = [index for index, no_text in enumerate(without) if not no_text]
        if kept:
            if self.text_embedder is None:
                raise UserError("a guided network needs a text_encoder in the config of its model")
            texts = [[event.text for event in annotations[index].events] for index in kept]
            text_emb[kept] = self.text_embedder(texts, images.device)
        dropped = None if reader.null is None else torch.tensor(without, device=images.device)
        return reader.embed(text_emb, len(images), dropped)

    def parse_losses(self, losses: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Sum the losses; what is logged is their mean over all processes."""
        total, log_vars = super().parse_losses(losses)
        log_vars = {name: value.detach().clone() for name, value in log_vars.items()}
        all_reduce_dict(log_vars, op="mean")
        return total, log_vars

    def _check_text_channels(self) -> None:
        reader = self.text_reader
        if reader is None or self.text_embedder is None:
            return
        channels = self.text_embedder.encoder.channels
        if channels is not None and channels != reader.text_channels:
            raise UserError(
                f"the text encoder {self.text_embedder.encoder.name} gives {channels} values, but the network is "
                f"configured with text_channels={reader.text_channels}: set text_channels={channels}"
            )


def build_text_embedder(text_encoder: dict | None, text_cache: str | Path | None) -> TextEmbedder | None:
    """Text encoder behind its cache, or None without a config."""
    if text_encoder is None:
        return None
    cache = default_cache_path() if text_cache == "default" else text_cache
    return TextEmbedder(MODELS.build(text_encoder), cache)


def _to_pixels(image: Tensor, padding: Tensor | None) -> Tensor:
    """(C, H, W) in [0, 1], RGB, to the CPU in [0, 255], BGR, without the padding of its batch."""
    if padding is not None:
        height, width = (int(size) - int(pad) for size, pad in zip(image.shape[-2:], padding[-2:]))
        image = image[:, :height, :width]
    # The flip copies; the rest is done in place, since large images come here.
    return image.detach().float().flip(0).mul_(255).clamp_(0, 255).cpu()


def _drop_connectors(state_dict: dict[str, Tensor], prefix: str, *_: object) -> None:
    # Checkpoints of a distillation also hold its connectors, which a student does not need.
    for key in [key for key in state_dict if key.startswith(f"{prefix}connectors.")]:
        del state_dict[key]
