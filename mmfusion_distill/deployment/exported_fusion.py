"""Running an exported network. Needs NumPy and the runtime of the format, not PyTorch (but for TorchScript)."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..tiles import axis_tiles, groups_of_equal_size

Run = Callable[[np.ndarray, np.ndarray], np.ndarray]

#: What exported networks want heights and widths to be multiples of, where the file does not say.
DEFAULT_MULTIPLE = 64

#: Pixels that are fused whole: exported networks keep the windows of a whole image in memory, about 2 kB a pixel.
LARGEST_WHOLE = 2**20
TILE = 512
OVERLAP = 128


class ExportedFusion:
    """Fuse with a file of `tools/deployment/export.py`.

    Args:
        path (str | Path): `.onnx` (ONNX Runtime), `.xml` (OpenVINO) or `.pt` (TorchScript).
        threads (int, optional): Threads to use. Default: None, the runtime's choice.

    Raises:
        FileNotFoundError: If the file does not exist.
        ImportError: If the runtime is not installed.
        ValueError: If the suffix is unknown.
    """

    def __init__(self, path: str | Path, threads: int | None = None) -> None:
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f"the exported network {path} does not exist")
        openers = {".onnx": _open_onnx, ".xml": _open_openvino, ".pt": _open_torchscript}
        if path.suffix not in openers:
            raise ValueError(f"{path}: suffix {path.suffix} is none of {', '.join(openers)}")
        try:
            self._run, self.multiple = openers[path.suffix](path, threads)
        except ImportError as error:
            raise ImportError(f"{path} needs {error.name}: pip install {error.name}") from error

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
        fused = self._run(*sources)[..., :height, :width]
        return np.repeat(fused.mean(axis=1, keepdims=True), 3, axis=1) if gray else fused


def reflected_index(length: int, multiple: int) -> np.ndarray:
    """Indices that extend an axis to the next multiple by reflection, as often as it takes."""
    target = -(-length // multiple) * multiple
    if length == 1:
        return np.zeros(target, dtype=np.int64)
    position = np.arange(target) % (2 * (length - 1))
    return np.minimum(position, 2 * (length - 1) - position)


def _open_onnx(path: Path, threads: int | None) -> tuple[Run, int]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    session = onnxruntime.InferenceSession(
        str(path), options, providers=onnxruntime.get_available_providers()
    )
    metadata = session.get_modelmeta().custom_metadata_map

    def run(img_a: np.ndarray, img_b: np.ndarray) -> np.ndarray:
        return session.run(None, {"img_a": img_a, "img_b": img_b})[0]

    return run, int(metadata.get("multiple", DEFAULT_MULTIPLE))


def _open_openvino(path: Path, threads: int | None) -> tuple[Run, int]:
    import openvino

    # Full precision is wanted even where the processor has something faster.
    options = {"INFERENCE_PRECISION_HINT": "f32"}
    if threads:
        options["INFERENCE_NUM_THREADS"] = threads
    model = openvino.Core().read_model(path)
    multiple = int(model.get_rt_info(["multiple"]).astype(str)) if model.has_rt_info("multiple") else None
    compiled = openvino.compile_model(model, "CPU", options)

    def run(img_a: np.ndarray, img_b: np.ndarray) -> np.ndarray:
        return compiled({"img_a": img_a, "img_b": img_b})[0]

    return run, multiple or DEFAULT_MULTIPLE


def _open_torchscript(path: Path, threads: int | None) -> tuple[Run, int]:
    import torch

    extra = {"multiple": ""}
    module = torch.jit.load(str(path), _extra_files=extra).eval()

    def run(img_a: np.ndarray, img_b: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return module(torch.from_numpy(img_a), torch.from_numpy(img_b)).numpy()

    return run, int(extra["multiple"] or DEFAULT_MULTIPLE)
