"""Running an exported network. Needs NumPy and the runtime of the format, not PyTorch (but for TorchScript)."""

import math
from pathlib import Path

import numpy as np

from ..images.reflection import reflected_index
from ..images.tile_grid import axis_tiles
from ..system.free_memory import GIBIBYTE, free_memory
from ..user_errors import MissingFileError, MissingPackageError, UserError, check_choice, reason_of
from .runtimes import UnusableFile, is_torchscript, open_onnx, open_openvino, open_torchscript

MODES = ("auto", "whole", "tile")

#: Sides of tiles, and pixels that neighbours share.
SMALLEST_TILE, LARGEST_TILE = 256, 2048
#: GiB that a picture takes before it goes in tiles.
TILE_MEMORY = 1.5
OVERLAP = 256


class ExportedFusion:
    """Fuse with a file of `tools/deployment/export.py`.

    Args:
        path (str | Path): `.onnx` (ONNX Runtime), `.xml` (OpenVINO) or `.pt` (TorchScript).
        threads (int, optional): Threads to use. Default: None, the runtime's choice.
        device (str, optional): 'cpu'; 'cuda' or 'cuda:N' (ONNX Runtime, TorchScript); a device of OpenVINO. Default:
            None, the GPU if ONNX Runtime has one, else the CPU.
        mode (str): 'whole'; 'tile'; or 'auto', whole if `max_memory` allows and else in tiles. Tiles are blended;
            what a network takes from the whole picture it then takes from the tile. Networks that take brightness
            from it are not fused in tiles unless 'tile' asks for it. Default: 'auto'.
        max_memory (float, optional): GiB that a picture or a tile may take. Default: None, 1.5 for those that go
            in tiles, 80 % of what is free for the others.

    Raises:
        MissingFileError: If the file does not exist.
        MissingPackageError: If the runtime is not installed.
        UserError: If the suffix or the mode is unknown, the file is none of ours, or the runtime has no such device.
    """

    def __init__(
        self,
        path: str | Path,
        threads: int | None = None,
        device: str | None = None,
        mode: str = "auto",
        max_memory: float | None = None,
    ) -> None:
        check_choice("mode", mode, MODES)
        if max_memory is not None and not max_memory > 0:
            raise UserError(f"max_memory={max_memory} GiB must be above 0")
        self.mode, self.max_memory = mode, max_memory
        path = self.path = Path(path)
        if not path.is_file():
            raise MissingFileError(f"the exported network {path} does not exist")
        openers = {".onnx": open_onnx, ".xml": open_openvino, ".pt": open_torchscript}
        opener = open_torchscript if is_torchscript(path) else openers.get(path.suffix)
        if opener is None:
            raise UserError(f"{path}: suffix {path.suffix} is none of {', '.join(openers)}")
        try:
            self._file = opener(path, threads, device)
        except ImportError as error:
            raise MissingPackageError(f"{path} needs {error.name}: pip install {error.name}") from error
        except UnusableFile:
            raise
        except Exception as error:  # each runtime raises its own
            raise UnusableFile(
                f"{path} cannot be opened ({reason_of(error)}): export the network anew"
            ) from error
        #: What heights and widths are padded to before the network runs; 1 if it pads them itself.
        self.multiple = self._file.multiple
        #: Memory that the network takes per pixel.
        self.pixel_bytes = self._file.pixel_bytes
        #: Length of the text embedding that the network reads; None: it reads no text.
        self.text_channels = self._file.text_channels

    def __call__(
        self, img_a: np.ndarray, img_b: np.ndarray, text_emb: np.ndarray | None = None
    ) -> np.ndarray:
        """Fuse images of any size.

        Args:
            img_a (np.ndarray): Source A, (N, 1 or 3, H, W), RGB, in [0, 1]. A gray source gives a gray result.
            img_b (np.ndarray): Source B, (N, 1, H, W), in [0, 1].
            text_emb (np.ndarray, optional): Text embeddings (N, C_text) of a guided network; zeros are no text.
                Default: None, no text.

        Returns:
            np.ndarray: (N, 3, H, W), not clamped.

        Raises:
            UserError: If the embedding does not fit the network, or the picture the memory.
        """
        text_emb = self._checked_text(text_emb, len(img_a))
        height, width = img_a.shape[-2:]
        tile = self._tile(len(img_a), height, width)
        if tile is None:
            return self._fuse_whole(img_a, img_b, text_emb)
        out = np.zeros((len(img_a), 3, height, width), np.float32)
        rows, columns = (
            list(axis_tiles(length, tile, min(OVERLAP, tile // 2), self._file.tile_multiple))
            for length in (height, width)
        )
        for row in rows:
            for column in columns:
                part = ..., row.slice, column.slice
                weight = np.outer(row.weight, column.weight)
                out[part] += self._fuse_whole(img_a[part], img_b[part], text_emb) * weight
        return out

    def _tile(self, samples: int, height: int, width: int) -> int | None:
        """Side of the tiles for images of this size; None: whole."""
        free = 0.8 * free_memory() / GIBIBYTE if self._file.needs_whole else TILE_MEMORY
        limit = self.max_memory or free
        pixels = limit * GIBIBYTE / self.pixel_bytes / samples
        if self._file.needs_whole and self.mode == "auto" and height * width > pixels:
            raise UserError(
                f"{width}x{height} pixels take {height * width * self.pixel_bytes / GIBIBYTE:.1f} GiB in "
                f"{self.path}, and there are {limit:.1f}: take the weights instead of the exported file (PyTorch "
                "fuses them in tiles as the whole), or mode='tile', in which tiles may differ in brightness"
            )
        if self.mode == "whole" or (self.mode == "auto" and height * width <= pixels):
            return None
        start = self._file.tile_multiple
        return max(min(int(math.sqrt(pixels)), LARGEST_TILE) // start * start, SMALLEST_TILE, start)

    def _checked_text(self, text_emb: np.ndarray | None, samples: int) -> np.ndarray | None:
        length = self.text_channels
        if length is None and text_emb is not None:
            raise UserError(f"{self.path} reads no text: leave text_emb out")
        if length is None:
            return None
        if text_emb is None:
            return np.zeros((samples, length), np.float32)
        if text_emb.shape != (samples, length):
            raise UserError(f"text_emb has shape {text_emb.shape}, {self.path} wants {(samples, length)}")
        return np.ascontiguousarray(text_emb, dtype=np.float32)

    def _fuse_whole(self, img_a: np.ndarray, img_b: np.ndarray, text_emb: np.ndarray | None) -> np.ndarray:
        height, width = img_a.shape[-2:]
        gray = img_a.shape[1] == 1
        if gray:
            img_a = np.repeat(img_a, 3, axis=1)
        arrays = {
            name: np.ascontiguousarray(_padded(image, self.multiple), dtype=np.float32)
            for name, image in (("img_a", img_a), ("img_b", img_b))
        }
        shape = arrays["img_a"].shape
        if text_emb is not None:
            arrays["text_emb"] = text_emb
        fused = self._file.run(arrays)
        if fused.shape != shape:
            raise UnusableFile(
                f"{self.path} made {fused.shape} of sources of {shape}: it is not from "
                "`tools/deployment/export.py`"
            )
        fused = fused[..., :height, :width]
        return np.repeat(fused.mean(axis=1, keepdims=True), 3, axis=1) if gray else fused


def _padded(image: np.ndarray, multiple: int) -> np.ndarray:
    height, width = image.shape[-2:]
    if height % multiple == width % multiple == 0:
        return image
    rows, columns = (reflected_index(length, multiple) for length in (height, width))
    return image[:, :, rows][..., columns]
