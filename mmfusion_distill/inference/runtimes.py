"""Opening and running files of each format."""

import base64
import ctypes
import functools
import os
import threading
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..system.cores import usable_threads
from ..user_errors import MissingFileError, MissingPackageError, UserError, reason_of
from .network_file import (
    LONGEST_TEXT,
    METADATA,
    PRIOR,
    NetworkFile,
    RunStage,
    Shape,
    UnusableFile,
    check_interface,
    network_file,
    whole_number,
)
from .tile_stages import STAGES

#: Bytes of a graph for tiles, unpacked.
LARGEST_STAGE = 2**28


def is_torchscript(path: Path) -> bool:
    """Whether a file is a TorchScript archive: unlike a checkpoint it holds code."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.partition("/")[2].startswith("code/") for name in archive.namelist())


def open_onnx(path: Path, threads: int, device: str | None) -> NetworkFile:
    import onnxruntime

    providers = _onnx_providers(device, onnxruntime.get_available_providers())
    session = onnxruntime.InferenceSession(str(path), _session_options(threads), providers=providers)
    inputs, outputs, optional = (
        {entry.name: [size if isinstance(size, int) else None for size in entry.shape] for entry in entries}
        for entries in (session.get_inputs(), session.get_outputs(), session.get_overridable_initializers())
    )
    text_channels, size = check_interface(path, inputs, outputs)
    metadata = session.get_modelmeta().custom_metadata_map
    first = next(iter(outputs))

    def run(arrays: dict[str, np.ndarray], names: Sequence[str]) -> list[np.ndarray]:
        return session.run([first, *names[1:]], arrays)

    prior = optional[PRIOR][1] if PRIOR in optional else None
    stages = {
        name: _stage(path, metadata[key], threads, providers)
        for name, key in STAGES.items()
        if key in metadata
    }
    opened = network_file(path, run, metadata, text_channels, size, prior, stages)
    return opened._replace(is_shared=providers == ["CPUExecutionProvider"])


def _session_options(threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that wait for work by counting take the processor from whoever decodes and encodes meanwhile: with them
    # a frame of a video takes 90 ms of processor time on two threads, without 56.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # It warns of inputs that may be left out.
    options.log_severity_level = 3
    return options


def _stage(path: Path, packed: str, threads: int, providers: list) -> RunStage:
    """A graph for tiles, opened when it is wanted."""

    @functools.cache
    def session() -> Any:
        import onnxruntime

        options = _session_options(threads)
        # Maps of a whole image are there once, and not to be kept.
        options.enable_cpu_mem_arena = False
        try:
            graph = zlib.decompressobj().decompress(base64.b64decode(packed), LARGEST_STAGE)
            return onnxruntime.InferenceSession(graph, options, providers=providers)
        except Exception as error:  # the runtime raises its own
            raise UnusableFile(
                f"{path} has damaged graphs for tiles ({reason_of(error)}): export the network again"
            ) from error

    def run(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        names = [entry.name for entry in session().get_outputs()]
        # A prior of a text, for one, reads no statistics.
        read = {entry.name: arrays[entry.name] for entry in session().get_inputs()}
        return dict(zip(names, session().run(names, read)))

    return run


def _onnx_providers(device: str | None, available: Sequence[str]) -> list:
    """The providers for ONNX Runtime; the CPU takes what a GPU cannot."""
    kind, _, index = (device or "").partition(":")
    if kind not in ("", "cpu", "cuda"):
        raise UnusableFile(f"ONNX Runtime is run on cpu or cuda, not on {device}")
    if kind == "cuda" and "CUDAExecutionProvider" not in available:
        raise UnusableFile(
            f"no ONNX Runtime for {device} is installed: pip install onnxruntime-gpu, or take cpu"
        )
    if kind != "cpu" and "CUDAExecutionProvider" in available:
        return [("CUDAExecutionProvider", {"device_id": int(index or 0)}), "CPUExecutionProvider"]
    return ["CPUExecutionProvider"]


@functools.cache
def _openvino_core() -> Any:
    """The one of this process, as long as it runs.

    Its plugin of the processor gives the thread a stack for signals and takes it back at its end. Of two that do not
    end in reverse order the stack of one stays in use though it is gone, and the next signal ends the process.
    """
    import openvino

    return openvino.Core()


def open_openvino(path: Path, threads: int, device: str | None) -> NetworkFile:
    core = _openvino_core()
    device = (device or "cpu").upper()
    if device not in core.available_devices:
        raise UnusableFile(f"OpenVINO has no device {device} here, but {', '.join(core.available_devices)}")
    # Full precision is wanted even where the processor has something faster.
    options = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads}
    model = core.read_model(path)
    inputs = {entry.get_any_name(): _open_sizes(entry.get_partial_shape()) for entry in model.inputs}
    outputs = {
        next(iter(entry.get_names()), str(index)): _open_sizes(entry.get_partial_shape())
        for index, entry in enumerate(model.outputs)
    }
    text_channels, size = check_interface(path, inputs, outputs)
    # Of an ONNX file they are in a group of their own.
    metadata = {
        key: str(model.get_rt_info(group).astype(str))
        for key in METADATA
        for group in ([key], ["framework", key])
        if model.has_rt_info(group)
    }
    one_at_a_time = threading.Lock()

    def run(arrays: dict[str, np.ndarray], names: Sequence[str]) -> list[np.ndarray]:
        # Its requests are no two threads'.
        with one_at_a_time:
            return [np.array(compiled(arrays)[0])]

    # What the file says is checked before it is compiled, which takes a second.
    opened = network_file(path, run, metadata, text_channels, size)
    compiled = core.compile_model(model, device, options)
    return opened


def _open_sizes(shape: Any) -> Shape:
    """Sizes of a shape of OpenVINO; a shape whose rank is open has none."""
    if shape.rank.is_dynamic:
        return ()
    return [None if size.is_dynamic else size.get_length() for size in shape]


def open_torchscript(path: Path, threads: int, device: str | None) -> NetworkFile:
    import torch

    device = device or "cpu"
    extra = dict.fromkeys([*METADATA, "text_channels"], "")
    module = torch.jit.load(str(path), map_location=device, _extra_files=extra).eval()
    metadata = {
        key: said.decode() if isinstance(said, bytes) else said for key, said in extra.items() if said
    }
    text_channels = whole_number(
        path, "its text embeddings have a length of", metadata.get("text_channels"), LONGEST_TEXT
    )
    inputs = ("img_a", "img_b") if text_channels is None else ("img_a", "img_b", "text_emb")
    height, _, width = metadata.get("size", "").partition("x")
    size = (int(height), int(width)) if height.isdecimal() and width.isdecimal() else None

    def run(arrays: dict[str, np.ndarray], names: Sequence[str]) -> list[np.ndarray]:
        with torch.inference_mode():
            return [module(*(torch.from_numpy(arrays[name]).to(device) for name in inputs)).cpu().numpy()]

    return network_file(path, run, metadata, text_channels, size)


_OPENERS = {".onnx": open_onnx, ".xml": open_openvino, ".pt": open_torchscript}

#: Extra of the package that brings a runtime.
_EXTRAS = {"openvino": "openvino", "torch": "train"}


class OpenedNetwork:
    """Opens the file at once, and again where it was copied to another process: by a fork, or pickled.

    Arguments and errors are those of :class:`~mmfusion_distill.inference.exported_fusion.ExportedFusion`.
    """

    def __init__(
        self, path: Path, threads: int | None = None, device: str | None = None, runtime: str | None = None
    ) -> None:
        self._path, self._threads, self._device, self._runtime = path, threads, device, runtime
        self._open_here()

    @property
    def threads(self) -> int:
        """Threads that it uses."""
        return self._threads or usable_threads()

    def with_threads(self, threads: int) -> "OpenedNetwork":
        """The same file opened with other threads."""
        return OpenedNetwork(self._path, threads, self._device, self._runtime)

    @property
    def file(self) -> NetworkFile:
        """The open file of this process."""
        if self._process != os.getpid():
            # Threads of a runtime do not outlive a fork, and closing its file would wait for them.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._file))
            self._open_here()
        return self._file

    def __getstate__(self) -> dict[str, Any]:
        own = ("_file", "_process")
        return {name: value for name, value in vars(self).items() if name not in own}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._open_here()

    def _open_here(self) -> None:
        self._file, self._process = self._open(), os.getpid()

    def _open(self) -> NetworkFile:
        path = self._path
        if not path.is_file():
            raise MissingFileError(f"the exported network {path} does not exist")
        opener = open_torchscript if is_torchscript(path) else _OPENERS.get(path.suffix)
        if opener is None:
            raise UserError(f"{path}: suffix {path.suffix} is none of {', '.join(_OPENERS)}")
        if self._runtime == "openvino" and opener is open_onnx:
            opener = open_openvino
        try:
            return opener(path, self.threads, self._device)
        except ImportError as error:
            extra = _EXTRAS.get(error.name or "")
            package = f"'mmfusion_distill[{extra}]'" if extra else error.name
            raise MissingPackageError(f"{path} needs {error.name}: pip install {package}") from error
        except UnusableFile:
            raise
        except Exception as error:  # each runtime raises its own
            raise UnusableFile(
                f"{path} cannot be opened ({reason_of(error)}): export the network again"
            ) from error
