"""Fusing images, whatever computes."""

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..extras import missing_extra
from ..images.image_source import PictureSource, check_pairs
from ..images.source_options import SourceOptions
from ..registration.pair_reader import PairReader
from ..system.memory import has_cuda_device
from ..user_errors import MissingFileError, MissingPackageError, UserError, check_choice
from ..zoo.model_index import DEFAULT_WEIGHTS, PYRAMID, exported_beside, list_models, shipped_weights
from .exported_inferencer import ExportedInferencer, is_exported

if TYPE_CHECKING:
    from .pytorch_inferencer import PyTorchInferencer

BACKENDS = ("auto", "onnxruntime", "pytorch", "openvino")


class FusionInferencer:
    """Fuse pairs of images.

    Example:
        >>> fuse = FusionInferencer()
        >>> fused = fuse.fuse("visible.png", "infrared.png")
        >>> fuse = FusionInferencer("configs/fusion_distill/tiny_fusionunet_1xb2-3k_cameras-176x344.py", "b.pth")

    Threads may share one; it can be pickled, and used in processes that come of this one by a fork before it has
    fused anything.

    Args:
        model (str | Path | dict, optional): Config of an :class:`ImageFusor` or a :class:`FusionDistiller` (whose
            student is taken). Without `weights`, what is no Python file stands for these. Default: None, the config
            inside `weights`.
        weights (str | Path, optional): Checkpoint, the work folder of a run, the name of weights that come with
            the package (:func:`list_models`), or 'pyramid', the fusion without a network. Without `model` a
            safetensors file of `mmfusion publish`, or an exported network (.onnx, .xml, TorchScript).
            Default: None, 'student' if there is no `model` either.
        device (str, optional): E.g. 'cpu', 'cuda:0'. Default: None, the GPU if there is one.
        sources (SourceOptions, optional): How images are read: ranges, polarity, registration. What a user should
            know about them is warned of, once of each kind (:class:`SourceWarning`), and all of it is in
            `reader.notes()`; whether A and B belong together is looked at for the first pairs only. Default: None, as
            they are stored.
        backend (str): What computes: 'onnxruntime', 'pytorch', 'openvino'; or 'auto', ONNX Runtime on a processor
            where there is an exported network, PyTorch on a GPU and for all else. The results are the same within a
            gray level. Default: 'auto'.
        threads (int, optional): Of an exported network. Default: None, one a processor.

    Raises:
        CheckpointError: If the weights cannot be read or do not fit, or an exported network comes with a config.
        MissingFileError: If config or weights do not exist.
        MissingPackageError: If what computes is not installed.
        UserError: If the backend is unknown or cannot compute these weights, or the device cannot be used.
    """

    def __init__(
        self,
        model: str | Path | dict | None = None,
        weights: str | Path | None = None,
        device: str | None = None,
        sources: SourceOptions | None = None,
        backend: str = "auto",
        threads: int | None = None,
    ) -> None:
        check_choice("backend", backend, BACKENDS)
        if weights is None and isinstance(model, (str, Path)) and Path(model).suffix != ".py":
            # A config alone fuses nothing, so a single name means weights.
            model, weights = None, model
        if model is None and str(weights) == PYRAMID:
            # Its measures of the images need SciPy.
            from .pyramid_inferencer import PyramidInferencer

            self._fuser: Any = PyramidInferencer(sources)
            self.backend = "numpy"
            return
        exported = _exported_of(model, weights)
        chosen = backend if backend != "auto" else _fastest(exported, weights, device)
        if chosen != "pytorch" and exported is None:
            raise UserError(
                f"{weights or model} is no exported network, which {chosen} needs: `mmfusion export` writes one, or "
                "take backend='pytorch'"
            )
        self._exported = exported
        self._device = device
        if chosen == "pytorch":
            self._fuser = _load_pytorch(model, weights, device, sources)
        else:
            runtime = "openvino" if chosen == "openvino" else None
            self._fuser = ExportedInferencer(exported, threads, device, sources=sources, runtime=runtime)
        #: What computes, one of 'onnxruntime', 'pytorch', 'openvino'; 'numpy' for the pyramid.
        self.backend = chosen

    def __call__(
        self,
        inputs: dict | Sequence[dict],
        return_datasamples: bool = False,
        batch_size: int = 1,
        text: str | None = None,
        events: Sequence[str] | None = None,
    ) -> dict:
        """Fuse pairs.

        Args:
            inputs (dict | Sequence[dict]): Per pair `img_a` and `img_b`: paths, arrays (H, W), (H, W, 1) or
                (H, W, 3) RGB, PIL images, or PyTorch tensors (H, W), (C, H, W) or (H, W, C), C 1 or 3; uint8,
                uint16 or floating point in [0, 1]. Optional `annotation`, an :class:`Annotation`; optional `prior`,
                (num_values,), values of the network's prior that stand for its own where they are not NaN.
            return_datasamples (bool): Whether to return data samples of MMagic instead of arrays. Default: False.
            batch_size (int): Pairs fused at a time; neighbours of different size are not batched. Default: 1.
            text (str, optional): A description by hand for a guided network. Default: None.
            events (Sequence[str], optional): Names of degradations that a student is to take for those of every pair,
                in place of what it sees, e.g. `["low_light", "ir_noise"]`. Default: None, what it sees.

        Returns:
            dict: `predictions`, per pair (H, W, 3) uint8 RGB, or (H, W) if its source A is gray; or data samples.

        Raises:
            ImageReadError: If an image cannot be used, or the sizes of a pair differ.
            UserError: If what is given are no pairs, a guided network lacks text or is given events, or an event is
                not known.
        """
        if events:
            inputs = [dict(pair, events=events) for pair in check_pairs(inputs, batch_size)]
        if return_datasamples:
            return self._with_pytorch(inputs, return_datasamples=True, batch_size=batch_size, text=text)
        return self._fuser(inputs, batch_size=batch_size, text=text)

    def fuse(
        self,
        img_a: PictureSource,
        img_b: PictureSource,
        text: str | None = None,
        events: Sequence[str] | None = None,
    ) -> np.ndarray:
        """Fuse one pair; see :meth:`__call__`.

        Returns:
            np.ndarray: (H, W, 3) uint8 RGB, or (H, W) if source A is gray.
        """
        return self(dict(img_a=img_a, img_b=img_b), text=text, events=events)["predictions"][0]

    def explain(self, img_a: PictureSource, img_b: PictureSource) -> dict[str, float]:
        """What a student sees in a pair: the events that it goes by where a teacher reads a text.

        Returns:
            dict[str, float]: Probabilities of the known events by name.

        Raises:
            UserError: If the network reads a text, or names no events.
        """
        return self.seen(self.load(dict(img_a=img_a, img_b=img_b)))

    @property
    def reader(self) -> PairReader:
        """What reads the pairs."""
        return self._fuser.reader

    @property
    def guided(self) -> bool:
        """Whether the network reads text."""
        return self._fuser.guided

    @property
    def model(self) -> Any:
        """The model of PyTorch, an :class:`ImageFusor`.

        Raises:
            UserError: If something else computes.
        """
        if self.backend != "pytorch":
            raise UserError(f"{self.backend} computes here, which has no model: take backend='pytorch'")
        return self._fuser.model

    def load(self, pair: dict, text: str | None = None) -> Any:
        """Read a pair; see :class:`~mmfusion_distill.inference.pair_fuser.PairFuser`."""
        return self._fuser.load(pair, text)

    def size_of(self, loaded: Any) -> tuple:
        """A key that is equal for pairs that may be fused in one batch."""
        return self._fuser.size_of(loaded)

    def fuse_loaded(self, batch: Sequence[Any]) -> list[np.ndarray]:
        """Fuse pairs of equal size; see :class:`~mmfusion_distill.inference.pair_fuser.PairFuser`."""
        return self._fuser.fuse_loaded(batch)

    def with_one_thread(self, batch: Sequence[Any]) -> tuple[int, Any]:
        """How many threads it uses for such pairs, and the same network with one; 1 where it can use no others."""
        single = getattr(self._fuser, "with_one_thread", None)
        return (1, self) if single is None else single(batch)

    def seen(self, loaded: Any) -> dict[str, float]:
        """Events that the network sees; see :class:`~mmfusion_distill.inference.pair_fuser.PairFuser`."""
        return self._fuser.seen(loaded)

    @cached_property
    def _with_pytorch(self) -> "PyTorchInferencer":
        """What gives data samples: the same network inside PyTorch's model."""
        if self.backend == "pytorch":
            return self._fuser
        inferencer = _load_pytorch(None, self._exported, self._device, None)
        inferencer.reader = self.reader
        return inferencer


def _exported_of(model: str | Path | dict | None, weights: str | Path | None) -> Path | None:
    """The exported network that weights are, or that lies beside those that come with the package."""
    if model is not None:
        return None
    path = shipped_weights(weights or DEFAULT_WEIGHTS)
    return path if is_exported(path) else exported_beside(path)


def _fastest(exported: Path | None, weights: str | Path | None, device: str | None) -> str:
    """What computes if nobody chose."""
    if exported is None:
        return "pytorch"
    if is_exported(weights):
        return "openvino" if exported.suffix == ".xml" else "onnxruntime"
    on_gpu = has_cuda_device() if device is None else not device.startswith("cpu")
    return "pytorch" if on_gpu and find_spec("torch") is not None else "onnxruntime"


def _load_pytorch(
    model: str | Path | dict | None,
    weights: str | Path | None,
    device: str | None,
    sources: SourceOptions | None,
) -> "PyTorchInferencer":
    try:
        from .pytorch_inferencer import PyTorchInferencer
    except ImportError as error:
        if missing_extra(error) is None:
            raise
        if model is None and not shipped_weights(weights or DEFAULT_WEIGHTS).exists():
            raise MissingFileError(
                f"the weights {weights} do not exist: correct the path, or take {', '.join(list_models())}"
            ) from error
        raise MissingPackageError(
            f"{weights or model} needs PyTorch, and {error.name} is not installed: pip install "
            f"'mmfusion_distill[{missing_extra(error)}]', or take an exported network (`mmfusion export` writes one)",
            name=error.name,
        ) from error
    return PyTorchInferencer(model, weights, device, sources)
