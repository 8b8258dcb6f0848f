"""Running an exported network. Needs NumPy and the runtime of the format, not PyTorch (but for TorchScript)."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..tiles import axis_tiles, groups_of_equal_size

Run = Callable[[np.ndarray, np.ndarray], np.ndarray]

#: What exported networks want heights and widths to be multiples of, where the file does not say.
DEFAULT_MULTIPLE = 64

#: What no network of ours pads to.
LARGEST_MULTIPLE = 1024

#: Channels of inputs and output; None is any.
CHANNELS = {"img_a": 3, "img_b": 1, "output": 3}

#: Pixels that are fused whole: exported networks keep the windows of a whole image in memory, about 2 kB a pixel.
LARGEST_WHOLE = 2**20
TILE = 512
OVERLAP = 128


class ExportedFusion:
    """Fuse with a file of `tools/deployment/export.py`.

    Args:
        path (str | Path): `.onnx` (ONNX Runtime), `.xml` (OpenVINO) or `.pt` (TorchScript).
        threads (int, optional): Threads to use. Default: None, the runtime's choice.
        device (str, optional): 'cpu'; 'cuda' or 'cuda:N' (ONNX Runtime, TorchScript); a device of OpenVINO. Default:
            None, the GPU if ONNX Runtime has one, else the CPU.

    Raises:
        FileNotFoundError: If the file does not exist.
        ImportError: If the runtime is not installed.
        ValueError: If the suffix is unknown, the file is none of ours, or the runtime has no such device.
    """

    def __init__(self, path: str | Path, threads: int | None = None, device: str | None = None) -> None:
        path = self.path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f"the exported network {path} does not exist")
        openers = {".onnx": _open_onnx, ".xml": _open_openvino, ".pt": _open_torchscript}
        if path.suffix not in openers:
            raise ValueError(f"{path}: suffix {path.suffix} is none of {', '.join(openers)}")
        try:
            self._run, self.multiple = openers[path.suffix](path, threads, device)
        except ImportError as error:
            raise ImportError(f"{path} needs {error.name}: pip install {error.name}") from error
        except _UnusableFile:
            raise
        except Exception as error:  # each runtime raises its own
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise _UnusableFile(
                f"{path} cannot be opened ({reason[:200]}): export the network anew"
            ) from error

    def __call__(self, img_a: np.ndarray, img_b: np.ndarray) -> np.ndarray:
        """Fuse images of any size, those above `LARGEST_WHOLE` pixels in tiles that are blended.

        Args:
            img_a (np.ndarray): Source A, (N, 1 or 3, H, W), RGB, in [0, 1]. A gray source gives a gray result.
            img_b (np.ndarray): Source B, (N, 1, H, W), in [0, 1].

        Returns:
            np.ndarray: (N, 3, H, W), not clamped.
        """
        height, width = img_a.shape[-2:]
        if height * width <= LARGEST_WHOLE:
            return self._fuse_whole(img_a, img_b)
        out = np.zeros((len(img_a), 3, height, width), np.float32)
        rows = list(axis_tiles(height, TILE, OVERLAP, self.multiple))
        columns = list(axis_tiles(width, TILE, OVERLAP, self.multiple))
        for ((row, column),) in groups_of_equal_size(
            [(row, column) for row in rows for column in columns], 1
        ):
            tile = ..., row.slice, column.slice
            out[tile] += self._fuse_whole(img_a[tile], img_b[tile]) * np.outer(row.weight, column.weight)
        return out

    def _fuse_whole(self, img_a: np.ndarray, img_b: np.ndarray) -> np.ndarray:
        height, width = img_a.shape[-2:]
        gray = img_a.shape[1] == 1
        if gray:
            img_a = np.repeat(img_a, 3, axis=1)
        rows, columns = (reflected_index(length, self.multiple) for length in (height, width))
        sources = [
            np.ascontiguousarray(image[:, :, rows][..., columns], dtype=np.float32)
            for image in (img_a, img_b)
        ]
        fused = self._run(*sources)
        if fused.shape != (len(img_a), 3, *sources[0].shape[-2:]):
            raise _UnusableFile(
                f"{self.path} made {fused.shape} of sources of {sources[0].shape}: it is not from "
                "`tools/deployment/export.py`"
            )
        fused = fused[..., :height, :width]
        return np.repeat(fused.mean(axis=1, keepdims=True), 3, axis=1) if gray else fused


class _UnusableFile(ValueError):
    """What a runtime would not, or not rightly, run."""


Shape = Sequence[int | None]


def _check_interface(path: Path, inputs: Mapping[str, Shape], outputs: Sequence[Shape]) -> None:
    """Check that a file takes and gives what `tools/deployment/export.py` writes; sizes that are open are None."""
    if sorted(inputs) != ["img_a", "img_b"] or len(outputs) != 1:
        raise _UnusableFile(
            f"{path} has the inputs {', '.join(sorted(inputs))} instead of img_a and img_b, and {len(outputs)} "
            "outputs instead of one: it is not from `tools/deployment/export.py`"
        )
    for name, shape in {**inputs, "output": outputs[0]}.items():
        if len(shape) != 4 or shape[1] not in (CHANNELS[name], None):
            raise _UnusableFile(
                f"{path}: {name} is of shape {_written(shape)} instead of N x {CHANNELS[name]} x height x width: "
                "it is not from `tools/deployment/export.py`"
            )
        if name in inputs and any(size is not None for size in (shape[0], *shape[2:])):
            raise _UnusableFile(
                f"{path} takes {name} of shape {_written(shape)} only: export the network anew, with open sizes"
            )


def _written(shape: Shape) -> str:
    return " x ".join("?" if size is None else str(size) for size in shape) or "none"


def _multiple(path: Path, text: str | None) -> int:
    """What heights and widths have to be multiples of, from the metadata of a file."""
    if text is None:
        return DEFAULT_MULTIPLE
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= LARGEST_MULTIPLE):
        raise _UnusableFile(
            f"{path} says that images have to be padded to multiples of '{text[:40]}', which is no whole number "
            f"between 1 and {LARGEST_MULTIPLE}: export the network anew"
        )
    return int(text)


def reflected_index(length: int, multiple: int) -> np.ndarray:
    """Indices that extend an axis to the next multiple by reflection, as often as it takes."""
    target = -(-length // multiple) * multiple
    if length == 1:
        return np.zeros(target, dtype=np.int64)
    position = np.arange(target) % (2 * (length - 1))
    return np.minimum(position, 2 * (length - 1) - position)


def _open_onnx(path: Path, threads: int | None, device: str | None) -> tuple[Run, int]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    providers = _onnx_providers(device, onnxruntime.get_available_providers())
    session = onnxruntime.InferenceSession(str(path), options, providers=providers)
    inputs, outputs = (
        {entry.name: [size if isinstance(size, int) else None for size in entry.shape] for entry in entries}
        for entries in (session.get_inputs(), session.get_outputs())
    )
    _check_interface(path, inputs, list(outputs.values()))
    metadata = session.get_modelmeta().custom_metadata_map

    def run(img_a: np.ndarray, img_b: np.ndarray) -> np.ndarray:
        return session.run(None, {"img_a": img_a, "img_b": img_b})[0]

    return run, _multiple(path, metadata.get("multiple"))


def _onnx_providers(device: str | None, available: Sequence[str]) -> list:
    """What ONNX Runtime shall compute with; the CPU takes what a GPU cannot."""
    kind, _, index = (device or "").partition(":")
    if kind not in ("", "cpu", "cuda"):
        raise _UnusableFile(f"ONNX Runtime is run on cpu or cuda, not on {device}")
    if kind == "cuda" and "CUDAExecutionProvider" not in available:
        raise _UnusableFile(
            f"no ONNX Runtime for {device} is installed: pip install onnxruntime-gpu, or take cpu"
        )
    if kind != "cpu" and "CUDAExecutionProvider" in available:
        return [("CUDAExecutionProvider", {"device_id": int(index or 0)}), "CPUExecutionProvider"]
    return ["CPUExecutionProvider"]


def _open_openvino(path: Path, threads: int | None, device: str | None) -> tuple[Run, int]:
    import openvino

    core = openvino.Core()
    device = (device or "cpu").upper()
    if device not in core.available_devices:
        raise _UnusableFile(f"OpenVINO has no device {device} here, but {', '.join(core.available_devices)}")
    # Full precision is wanted even where the processor has something faster.
    options = {"INFERENCE_PRECISION_HINT": "f32"}
    if threads:
        options["INFERENCE_NUM_THREADS"] = threads
    model = core.read_model(path)
    inputs = {entry.get_any_name(): _open_sizes(entry.get_partial_shape()) for entry in model.inputs}
    _check_interface(path, inputs, [_open_sizes(entry.get_partial_shape()) for entry in model.outputs])
    said = str(model.get_rt_info(["multiple"]).astype(str)) if model.has_rt_info("multiple") else None
    multiple = _multiple(path, said)
    compiled = core.compile_model(model, device, options)

    def run(img_a: np.ndarray, img_b: np.ndarray) -> np.ndarray:
        return compiled({"img_a": img_a, "img_b": img_b})[0]

    return run, multiple


def _open_sizes(shape: Any) -> Shape:
    """Sizes of a shape of OpenVINO; a shape whose rank is open has none."""
    if shape.rank.is_dynamic:
        return ()
    return [None if size.is_dynamic else size.get_length() for size in shape]


def _open_torchscript(path: Path, threads: int | None, device: str | None) -> tuple[Run, int]:
    import torch

    device = device or "cpu"
    extra = {"multiple": ""}
    module = torch.jit.load(str(path), map_location=device, _extra_files=extra).eval()

    def run(img_a: np.ndarray, img_b: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            sources = (torch.from_numpy(image).to(device) for image in (img_a, img_b))
            return module(*sources).cpu().numpy()

    said = extra["multiple"]
    return run, _multiple(path, (said.decode() if isinstance(said, bytes) else said) or None)
