"""Fusing images with an exported network."""

import copy
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..annotation.annotation_types import Annotation
from ..images.no_data import show_a_in_gaps
from ..images.pixels import from_planes, in_few_bytes, shrink, to_planes
from ..images.source_notes import FIRST_PAIRS, warn_of_source
from ..images.source_options import SourceOptions
from ..registration.pair_reader import PairReader
from ..system.memory import GIBIBYTE
from ..user_errors import MissingPackageError, UserError
from .exported_fusion import WHOLE_MEMORY, ExportedFusion
from .given import given_annotation, given_prior, stacked_priors
from .pair_fuser import LONGEST_SEEN, ArrayFuser
from .runtimes import is_torchscript

#: Suffixes of exported networks; TorchScript shares those of checkpoints and is told by its content.
EXPORTED_SUFFIXES = (".onnx", ".xml")
#: Held by the one large pair that is fused while others are.
_LARGE = threading.Lock()
#: Values of the text encoder that comes with the package's requirements.
TEXT_CHANNELS = 384


def is_exported(path: str | Path | None) -> bool:
    """Whether weights are an exported network."""
    return path is not None and (Path(path).suffix in EXPORTED_SUFFIXES or is_torchscript(Path(path)))


class _Pair(NamedTuple):
    """Sources (H, W, C), uint8 or float32, in [0, 255], and what is given besides.

    Attributes:
        img_a (np.ndarray): C is 1 or 3.
        img_b (np.ndarray): C is 1.
        text_emb (np.ndarray | None): Embedding of a text.
        missing (np.ndarray | None): (H, W) bool, where B shows nothing.
        prior (np.ndarray | None): Values in place of the network's own prior where they are not NaN.
    """

    img_a: np.ndarray
    img_b: np.ndarray
    text_emb: np.ndarray | None
    missing: np.ndarray | None
    prior: np.ndarray | None


class ExportedInferencer(ArrayFuser):
    """What :class:`~mmfusion_distill.inference.fusion_inferencer.FusionInferencer` fuses with without PyTorch.

    Arguments and errors are those of :class:`ExportedFusion`, which computes; `sources` is that of
    :class:`FusionInferencer`, how images are read.
    """

    def __init__(
        self,
        weights: str | Path,
        threads: int | None = None,
        device: str | None = None,
        mode: str = "auto",
        max_memory: float | None = None,
        sources: SourceOptions | None = None,
        runtime: str | None = None,
    ) -> None:
        self.reader = PairReader(sources, warn_of_source, looked_at=FIRST_PAIRS, in_python=True)
        self.network = ExportedFusion(weights, threads, device, mode, max_memory, runtime)
        #: Pairs that others may fuse with it at the same time.
        self.at_once = 1

    @property
    def guided(self) -> bool:
        """Whether the network reads text."""
        return self.network.text_channels is not None

    def load(self, pair: dict, text: str | None = None) -> _Pair:
        """Read a pair; see :class:`~mmfusion_distill.inference.pair_fuser.PairFuser`."""
        annotation = given_annotation(pair, text, self.guided)
        read = pair.get("read") or self.reader.read(pair["img_a"], pair["img_b"])
        # They wait in memory until they are fused.
        img_a, img_b = (in_few_bytes(image) for image in (read.img_a, read.img_b))
        return _Pair(img_a, img_b, self._embed(annotation), read.missing, given_prior(pair, self.guided))

    def seen(self, loaded: _Pair) -> dict[str, float]:
        """Events that the network sees; see :class:`~mmfusion_distill.inference.pair_fuser.PairFuser`."""
        img_a, img_b = (
            to_planes(shrink(image, LONGEST_SEEN))[None] for image in (loaded.img_a, loaded.img_b)
        )
        return {event: float(values[0]) for event, values in self.network.own_events(img_a, img_b).items()}

    def size_of(self, loaded: _Pair) -> tuple:
        """Shapes of both sources."""
        return loaded.img_a.shape, loaded.img_b.shape

    def fuse_loaded(self, batch: Sequence[_Pair]) -> list[np.ndarray]:
        """Fuse pairs of equal size; see :class:`~mmfusion_distill.inference.pair_fuser.PairFuser`."""
        with _LARGE if self._is_large(batch, self.at_once) else nullcontext():
            return self._fused(batch)

    def _fused(self, batch: Sequence[_Pair]) -> list[np.ndarray]:
        embeddings = np.stack([pair.text_emb for pair in batch]) if self.guided else None
        priors = stacked_priors([pair.prior for pair in batch])
        *size, channels = batch[0].img_a.shape
        pictures = [np.empty((*size, channels), np.uint8) for _ in batch]

        def read(part: tuple[slice, slice]) -> tuple[np.ndarray, np.ndarray]:
            planes = [(to_planes(pair.img_a[part]), to_planes(pair.img_b[part])) for pair in batch]
            # One pair is not copied.
            img_a, img_b = (
                images[0][None] if len(images) == 1 else np.stack(images) for images in zip(*planes)
            )
            return img_a, img_b

        for part, fused in self.network.fuse_parts(read, len(batch), tuple(size), embeddings, priors):
            for picture, planes in zip(pictures, fused):
                picture[part] = from_planes(planes[:channels])
        return [
            show_a_in_gaps(picture[:, :, 0] if channels == 1 else picture, pair.img_a, pair.missing)
            for picture, pair in zip(pictures, batch)
        ]

    def with_one_thread(self, batch: Sequence[_Pair]) -> tuple[int, "ExportedInferencer"]:
        """How many threads it uses for such pairs, and the same network with one.

        Args:
            batch (Sequence): Pairs as they will be; of large ones no more than one at a time fits into memory.

        Returns:
            tuple[int, ExportedInferencer]: 1 thread where it can use no others.
        """
        threads = self.network.threads_of_its_own
        if threads < 2 or self._is_large(batch, threads):
            return 1, self
        single = copy.copy(self)
        single.network, single.at_once = self.network.with_threads(1), threads
        return threads, single

    def _is_large(self, batch: Sequence[_Pair], at_once: int) -> bool:
        pixels = sum(pair.img_a.shape[0] * pair.img_a.shape[1] for pair in batch)
        return at_once > 1 and at_once * pixels * self.network.pixel_bytes > WHOLE_MEMORY * GIBIBYTE

    def _embed(self, annotation: Annotation | None) -> np.ndarray | None:
        length = self.network.text_channels
        if length is None or annotation is None:
            return None if length is None else np.zeros(length, np.float32)
        if length != TEXT_CHANNELS:
            raise UserError(
                f"{self.network.path} takes text embeddings of {length} values, the text encoder makes "
                f"{TEXT_CHANNELS}: leave the text out, or give ExportedFusion the embeddings"
            )
        return embed_text(annotation)


def embed_text(annotation: Annotation) -> np.ndarray:
    """Embed an annotation as the training of the shipped teachers does.

    Returns:
        np.ndarray: (384,) float32.

    Raises:
        MissingPackageError: If PyTorch or the text encoder is not installed.
    """
    return _embedder()([[event.text for event in annotation.events]])[0].numpy()


@lru_cache(maxsize=1)
def _embedder() -> Any:
    # All that an exported network runs without.
    try:
        from ..models.text import SentenceTextEncoder, TextEmbedder

        return TextEmbedder(SentenceTextEncoder())
    except ImportError as error:
        raise MissingPackageError(
            f"text needs the text encoder, and {error.name or error} is not installed: pip install "
            "'mmfusion_distill[train]', or leave the text out",
            name=error.name,
        ) from error
