"""Running an exported network. Needs NumPy and the runtime of the format, not PyTorch (but for TorchScript)."""

import copy
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..images.pixels import padded_to_multiple
from ..images.tile_grid import axis_tiles, blended
from ..system.memory import GIBIBYTE, free_memory
from ..user_errors import UserError, check_choice
from .given import checked_rows
from .network_file import FUSED, NetworkFile, UnusableFile
from .runtimes import OpenedNetwork
from .tile_stages import UP_MARGIN, Arrays, Part, ReadPart, fuser_of_tiles

MODES = ("auto", "whole", "tile")

#: Sides of tiles, and pixels that neighbours share.
SMALLEST_TILE, LARGEST_TILE = 256, 1536
#: GiB that an image takes before it goes in tiles, and that a tile then takes.
WHOLE_MEMORY, TILE_MEMORY = 1.5, 0.75
OVERLAP = 256
#: The same where tiles know the whole, and are blended over a few pixels only.
KNOWN_SMALLEST_TILE, KNOWN_OVERLAP = 640, 2 * UP_MARGIN + 64


class ExportedFusion:
    """Fuse with a file of `mmfusion export`. Threads may share one; processes open the file again.

    Args:
        path (str | Path): `.onnx` (ONNX Runtime), `.xml` (OpenVINO) or `.pt` (TorchScript).
        threads (int, optional): Threads to use. Default: None, as many as this process may use processors.
        device (str, optional): 'cpu'; 'cuda' or 'cuda:N' (ONNX Runtime, TorchScript); a device of OpenVINO. Default:
            None, the GPU if ONNX Runtime has one, else the CPU.
        mode (str): 'whole'; 'tile'; or 'auto', whole if `max_memory` allows and else in tiles. Those of a file with
            graphs for them are parts of the whole; those of others are blended, and what a network takes from the
            whole image it then takes from the tile: the latter go in tiles only if 'tile' asks for it, where that
            concerns brightness. Default: 'auto'.
        max_memory (float, optional): GiB that an image or a tile may take. Default: None, 1.5 and 0.75 for those
            that go in tiles, 80 % of what is free for the others.
        runtime (str, optional): 'openvino' runs an `.onnx` file by OpenVINO. Default: None, by the suffix.

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
        runtime: str | None = None,
    ) -> None:
        check_choice("mode", mode, MODES)
        if max_memory is not None and not max_memory > 0:
            raise UserError(f"max_memory={max_memory} GiB must be above 0")
        self.mode, self.max_memory = mode, max_memory
        self.path = Path(path)
        self._opened = OpenedNetwork(self.path, threads, device, runtime)
        file = self._file
        #: What heights and widths are padded to before the network runs; 1 if it pads them itself.
        self.multiple = file.multiple
        #: Memory that the network takes per pixel.
        self.pixel_bytes = file.pixel_bytes
        #: Length of the text embedding that the network reads; None: it reads no text.
        self.text_channels = file.text_channels
        #: Length of its prior; None: it can be given none.
        self.prior_channels = file.prior_channels

    @property
    def _file(self) -> NetworkFile:
        return self._opened.file

    @property
    def threads_of_its_own(self) -> int:
        """Threads of a run; 1 of what several threads do not run at the same time."""
        return self._opened.threads if self._file.is_shared else 1

    def with_threads(self, threads: int) -> "ExportedFusion":
        """The same with other threads."""
        other = copy.copy(self)
        other._opened = self._opened.with_threads(threads)
        return other

    def __call__(
        self,
        img_a: np.ndarray,
        img_b: np.ndarray,
        text_emb: np.ndarray | None = None,
        prior: np.ndarray | None = None,
    ) -> np.ndarray:
        """Fuse images of any size.

        Args:
            img_a (np.ndarray): Source A, (N, 1 or 3, H, W), RGB, in [0, 1]. A gray source gives a gray result.
            img_b (np.ndarray): Source B, (N, 1, H, W), in [0, 1].
            text_emb (np.ndarray, optional): Text embeddings (N, C_text) of a guided network; zeros are no text.
                Default: None, no text.
            prior (np.ndarray, optional): Values of the prior, (N or 1, prior_channels), in place of the network's
                own, which stay where it is NaN. Default: None, its own.

        Returns:
            np.ndarray: (N, 3, H, W), not clamped.

        Raises:
            UserError: If embedding or prior do not fit the network, or the image the memory.
        """
        size = img_a.shape[-2:]
        parts = self.fuse_parts(
            lambda part: (img_a[..., part[0], part[1]], img_b[..., part[0], part[1]]),
            len(img_a),
            size,
            text_emb,
            prior,
        )
        out = None
        for part, fused in parts:
            if fused.shape[-2:] == size:
                return fused
            out = np.empty((len(img_a), 3, *size), np.float32) if out is None else out
            out[..., part[0], part[1]] = fused
        return out

    def own_prior(
        self, img_a: np.ndarray, img_b: np.ndarray, text_emb: np.ndarray | None = None
    ) -> np.ndarray:
        """The network's own prior of images, (N, prior_channels); arguments as for calling it.

        Raises:
            UserError: If it has none, or none that an exported file tells.
        """
        if self.prior_channels is None:
            raise UserError(
                f"{self.path} tells no prior: it has none, or was exported for one size or OpenVINO"
            )
        given = self._given(len(img_a), text_emb)
        return self._run(img_a, img_b, given, [FUSED, "own_prior"])[1]

    def own_events(self, img_a: np.ndarray, img_b: np.ndarray) -> dict[str, np.ndarray]:
        """Probabilities (N,) of the events that the network sees in images, by name; arguments as for calling it.

        Raises:
            UserError: If it names none.
        """
        events = self._file.events
        if not events:
            raise UserError(
                f"{self.path} names no events: its network reads a text or has no prior, or it was exported for one "
                "size or OpenVINO"
            )
        logits = self._run(img_a, img_b, {}, [FUSED, "own_events"])[1]
        return dict(zip(events, 1 / (1 + np.exp(-logits.T.astype(np.float64)))))

    def fuse_parts(
        self,
        read: ReadPart,
        samples: int,
        size: tuple[int, int],
        text_emb: np.ndarray | None = None,
        prior: np.ndarray | None = None,
    ) -> Iterator[tuple[Part, np.ndarray]]:
        """Fuse images of which no more than a tile need be there as floating point; see :meth:`__call__`.

        Yields:
            tuple[Part, np.ndarray]: A part, and its result (N, 3, h, w); together they are the image.
        """
        given = self._given(samples, text_emb, prior)
        self._check_size(*size)
        tile = self._tile(samples, *size)
        if tile is None:
            whole = slice(0, size[0]), slice(0, size[1])
            yield whole, self._fuse(*read(whole), given)
            return
        multiple = self._file.tile_multiple
        if self._file.stages:
            overlap, unused = KNOWN_OVERLAP, UP_MARGIN
            given = dict(prior=np.full((1, self.prior_channels or 1), np.nan, np.float32)) | given
            fuse_tile = fuser_of_tiles(self._file.stages, self._arrays, read, size, tile, multiple, given)
        else:
            # Tiles that do not know the whole differ all over, which a long blend hides best.
            overlap, unused = min(OVERLAP, tile // 2), 0
            fuse_tile = None

        def fuse(part: Part) -> np.ndarray:
            img_a, img_b = read(part)
            if fuse_tile is None:
                return self._fuse(img_a, img_b, given)
            return _in_channels_of(img_a, fuse_tile(part, img_a, img_b))

        rows, columns = (list(axis_tiles(length, tile, overlap, multiple, unused)) for length in size)
        yield from blended(fuse, samples, rows, columns)

    def _check_size(self, height: int, width: int) -> None:
        wanted = self._file.size
        if wanted is not None and (height, width) != wanted:
            raise UserError(
                f"{self.path} was exported for images of {wanted[1]}x{wanted[0]} only, not {width}x{height}: "
                "resize them, or export the network without --size"
            )

    def _tile(self, samples: int, height: int, width: int) -> int | None:
        """Side of the tiles for images of this size; None: whole."""
        if self._file.size is not None:
            return None
        needs_whole = self._file.needs_whole and not self._file.stages
        limit = self.max_memory or (0.8 * free_memory() / GIBIBYTE if needs_whole else WHOLE_MEMORY)
        pixels = limit * GIBIBYTE / self.pixel_bytes / samples
        if needs_whole and self.mode == "auto" and height * width > pixels:
            raise UserError(
                f"{width}x{height} pixels take {height * width * self.pixel_bytes / GIBIBYTE:.1f} GiB in "
                f"{self.path}, and there are {limit:.1f}: take the weights or an .onnx file run by ONNX Runtime "
                "(they are fused in tiles as the whole), or mode='tile', in which tiles may differ in brightness"
            )
        if self.mode == "whole" or (self.mode == "auto" and height * width <= pixels):
            return None
        if self.max_memory is None and not needs_whole:
            pixels *= TILE_MEMORY / WHOLE_MEMORY
        start = self._file.tile_multiple
        smallest = KNOWN_SMALLEST_TILE if self._file.stages else SMALLEST_TILE
        return max(min(int(math.sqrt(pixels)), LARGEST_TILE) // start * start, smallest, start)

    def _given(
        self, samples: int, text_emb: np.ndarray | None = None, prior: np.ndarray | None = None
    ) -> Arrays:
        """What the network takes besides the sources, by the names of its inputs; zeros are no text."""
        given = {}
        for name, rows, length in (
            ("text_emb", text_emb, self.text_channels),
            ("prior", prior, self.prior_channels),
        ):
            rows = checked_rows(name, rows, length, samples, self.path)
            if rows is None and name == "text_emb" and length is not None:
                rows = np.zeros((samples, length), np.float32)
            if rows is not None:
                given[name] = rows
        return given

    def _fuse(self, img_a: np.ndarray, img_b: np.ndarray, given: Arrays) -> np.ndarray:
        if self._file.size is not None and len(img_a) > 1:
            ones = [slice(sample, sample + 1) for sample in range(len(img_a))]
            given_ones = [{name: rows[one] for name, rows in given.items()} for one in ones]
            pairs = zip(ones, given_ones)
            return np.concatenate([self._fuse(img_a[one], img_b[one], given) for one, given in pairs])
        return _in_channels_of(img_a, self._run(img_a, img_b, given, [FUSED])[0])

    def _run(self, img_a: np.ndarray, img_b: np.ndarray, given: Arrays, names: list[str]) -> list[np.ndarray]:
        arrays = self._arrays(img_a, img_b)
        outputs = self._file.run({**arrays, **given}, names)
        shape = arrays["img_a"].shape
        if outputs[0].shape != shape:
            raise UnusableFile(
                f"{self.path} made {outputs[0].shape} of sources of {shape}: it is not from `mmfusion export`"
            )
        height, width = img_a.shape[-2:]
        return [outputs[0][..., :height, :width], *outputs[1:]]

    def _arrays(self, img_a: np.ndarray, img_b: np.ndarray) -> Arrays:
        """Sources as graphs take them."""
        if img_a.shape[1] == 1:
            img_a = np.repeat(img_a, 3, axis=1)
        return {
            name: np.ascontiguousarray(padded_to_multiple(image, self.multiple), dtype=np.float32)
            for name, image in (("img_a", img_a), ("img_b", img_b))
        }


def _in_channels_of(img_a: np.ndarray, fused: np.ndarray) -> np.ndarray:
    """A result (N, 3, H, W), gray if source A is."""
    return np.repeat(fused.mean(axis=1, keepdims=True), 3, axis=1) if img_a.shape[1] == 1 else fused
