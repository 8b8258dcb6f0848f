"""Opening and running files of each format."""

import functools
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..user_errors import UserError

#: Fuses arrays by the names of the inputs: sources, and a text embedding where the network takes one.
Run = Callable[[dict[str, np.ndarray]], np.ndarray]

#: Suffix of each format.
FORMATS = {"onnx": ".onnx", "torchscript": ".pt", "openvino": ".xml"}

#: What exported networks want heights and widths to be multiples of, where the file does not say.
DEFAULT_MULTIPLE = 64

#: What no network of ours pads to.
LARGEST_MULTIPLE = 1024

#: Values that no text embedding exceeds.
LONGEST_TEXT = 2**16

#: Memory per pixel of files that do not say it: they keep the windows of a whole image.
DEFAULT_PIXEL_BYTES = 2048

#: Channels of inputs and output; None is any.
CHANNELS = {"img_a": 3, "img_b": 1, "output": 3}

#: Keys of the metadata that running a file needs.
METADATA = ("multiple", "tile_multiple", "pixel_bytes", "needs_whole")


class UnusableFile(UserError):
    """What a runtime would not, or not rightly, run."""


class NetworkFile(NamedTuple):
    """An open file.

    Attributes:
        run (Run): Fuses (N, 3, H, W) and (N, 1, H, W), float32, to (N, 3, H, W).
        multiple (int): What heights and widths have to be multiples of.
        tile_multiple (int): What tiles should start at multiples of.
        pixel_bytes (int): Memory that it takes per pixel.
        text_channels (int | None): Length of the text embedding; None: it takes none.
        needs_whole (bool): Whether results of tiles would differ from that of the whole picture, e.g. in brightness.
    """

    run: Run
    multiple: int
    tile_multiple: int
    pixel_bytes: int
    text_channels: int | None
    needs_whole: bool = False


def is_torchscript(path: Path) -> bool:
    """Whether a file is a TorchScript archive: unlike a checkpoint it holds code."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.partition("/")[2].startswith("code/") for name in archive.namelist())


Shape = Sequence[int | None]


def _check_interface(path: Path, inputs: Mapping[str, Shape], outputs: Sequence[Shape]) -> int | None:
    """Check that a file takes and gives what `tools/deployment/export.py` writes; sizes that are open are None.

    Returns:
        int | None: Length of the text embedding, if it takes one.
    """
    inputs = dict(inputs)
    text = inputs.pop("text_emb", None)
    if text is not None and not (len(text) == 2 and text[0] is None and 1 <= (text[1] or 0) <= LONGEST_TEXT):
        raise UnusableFile(
            f"{path} takes text_emb of shape {_written(text)} instead of ? x length, which is at most "
            f"{LONGEST_TEXT}: export the network anew"
        )
    if sorted(inputs) != ["img_a", "img_b"] or len(outputs) != 1:
        raise UnusableFile(
            f"{path} has the inputs {_listed(inputs)} instead of img_a and img_b, and {len(outputs)} "
            "outputs instead of one: it is not from `tools/deployment/export.py`"
        )
    for name, shape in {**inputs, "output": outputs[0]}.items():
        if len(shape) != 4 or shape[1] not in (CHANNELS[name], None):
            raise UnusableFile(
                f"{path}: {name} is of shape {_written(shape)} instead of N x {CHANNELS[name]} x height x width: "
                "it is not from `tools/deployment/export.py`"
            )
        if name in inputs and any(size is not None for size in (shape[0], *shape[2:])):
            raise UnusableFile(
                f"{path} takes {name} of shape {_written(shape)} only: export the network anew, with open sizes"
            )
    return None if text is None else text[1]


def _written(shape: Shape) -> str:
    sizes = ["?" if size is None else str(size) for size in shape[:6]] + ["..."] * (len(shape) > 6)
    return " x ".join(sizes) or "none"


def _listed(names: Iterable[str]) -> str:
    """Some of the names, without line breaks and the like."""
    names = [repr(name[:40]).strip("'") for name in sorted(names)]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _number(path: Path, what: str, text: str | None, largest: int) -> int | None:
    """A whole number from the metadata of a file; None if the file does not say."""
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= largest):
        raise UnusableFile(
            f"{path} says that {what} {text[:40]!r}, which is no whole number between 1 and {largest}: export the "
            "network anew"
        )
    return int(text)


def _network_file(
    path: Path, run: Run, metadata: Mapping[str, str | None], text_channels: int | None
) -> NetworkFile:
    def number(key: str, what: str, largest: int) -> int | None:
        return _number(path, what, metadata.get(key), largest)

    multiple = number("multiple", "images have to be padded to multiples of", LARGEST_MULTIPLE)
    multiple = multiple or DEFAULT_MULTIPLE
    tile_multiple = number("tile_multiple", "tiles have to start at multiples of", LARGEST_MULTIPLE)
    return NetworkFile(
        run=run,
        multiple=multiple,
        tile_multiple=tile_multiple or multiple,
        pixel_bytes=number("pixel_bytes", "its memory in bytes per pixel is", 2**20) or DEFAULT_PIXEL_BYTES,
        text_channels=text_channels,
        needs_whole=metadata.get("needs_whole") == "1",
    )


def open_onnx(path: Path, threads: int | None, device: str | None) -> NetworkFile:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    # Threads that wait for work by counting take the processor from whoever decodes and encodes meanwhile: with them
    # a frame of a film takes 90 ms of processor time on two threads, without 56.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    providers = _onnx_providers(device, onnxruntime.get_available_providers())
    session = onnxruntime.InferenceSession(str(path), options, providers=providers)
    inputs, outputs = (
        {entry.name: [size if isinstance(size, int) else None for size in entry.shape] for entry in entries}
        for entries in (session.get_inputs(), session.get_outputs())
    )
    text_channels = _check_interface(path, inputs, list(outputs.values()))
    metadata = session.get_modelmeta().custom_metadata_map

    def run(arrays: dict[str, np.ndarray]) -> np.ndarray:
        return session.run(None, arrays)[0]

    return _network_file(path, run, metadata, text_channels)


def _onnx_providers(device: str | None, available: Sequence[str]) -> list:
    """What ONNX Runtime shall compute with; the CPU takes what a GPU cannot."""
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


def open_openvino(path: Path, threads: int | None, device: str | None) -> NetworkFile:
    core = _openvino_core()
    device = (device or "cpu").upper()
    if device not in core.available_devices:
        raise UnusableFile(f"OpenVINO has no device {device} here, but {', '.join(core.available_devices)}")
    # Full precision is wanted even where the processor has something faster.
    options: dict[str, str | int] = {"INFERENCE_PRECISION_HINT": "f32"}
    if threads:
        options["INFERENCE_NUM_THREADS"] = threads
    model = core.read_model(path)
    inputs = {entry.get_any_name(): _open_sizes(entry.get_partial_shape()) for entry in model.inputs}
    text_channels = _check_interface(
        path, inputs, [_open_sizes(entry.get_partial_shape()) for entry in model.outputs]
    )
    metadata = {
        key: str(model.get_rt_info([key]).astype(str)) for key in METADATA if model.has_rt_info([key])
    }
    # What the file says is checked before it is compiled, which takes a second.
    network_file = _network_file(path, lambda arrays: compiled(arrays)[0], metadata, text_channels)
    compiled = core.compile_model(model, device, options)
    return network_file


def _open_sizes(shape: Any) -> Shape:
    """Sizes of a shape of OpenVINO; a shape whose rank is open has none."""
    if shape.rank.is_dynamic:
        return ()
    return [None if size.is_dynamic else size.get_length() for size in shape]


def open_torchscript(path: Path, threads: int | None, device: str | None) -> NetworkFile:
    import torch

    device = device or "cpu"
    extra = dict.fromkeys([*METADATA, "text_channels"], "")
    module = torch.jit.load(str(path), map_location=device, _extra_files=extra).eval()
    metadata = {
        key: said.decode() if isinstance(said, bytes) else said for key, said in extra.items() if said
    }
    text_channels = _number(
        path, "its text embeddings have a length of", metadata.get("text_channels"), LONGEST_TEXT
    )
    names = ("img_a", "img_b") if text_channels is None else ("img_a", "img_b", "text_emb")

    def run(arrays: dict[str, np.ndarray]) -> np.ndarray:
        with torch.inference_mode():
            return module(*(torch.from_numpy(arrays[name]).to(device) for name in names)).cpu().numpy()

    return _network_file(path, run, metadata, text_channels)
