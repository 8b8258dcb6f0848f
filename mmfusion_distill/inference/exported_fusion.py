"""Running an exported network. Needs NumPy and the runtime of the format, not PyTorch (but for TorchScript)."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..images.reflection import padded_to_multiple
from ..images.tile_grid import AxisTile, axis_tiles, inner_parts
from ..system.free_memory import GIBIBYTE, free_memory
from ..user_errors import UserError, check_choice
from .given import checked_rows
from .network_file import FUSED, NetworkFile, UnusableFile
from .opened_network import OpenedNetwork
from .whole_picture import MeasuredTiles, Part, ReadPart, cut, measure_statistics

MODES = ("auto", "whole", "tile")

#: Sides of tiles, and pixels that neighbours share.
SMALLEST_TILE, LARGEST_TILE = 256, 1536
#: GiB that an image takes before it goes in tiles, and that a tile then takes.
WHOLE_MEMORY, TILE_MEMORY = 1.5, 0.75
OVERLAP = 256
#: How often tiles are measured where deeper layers measure by what earlier ones did.
PASSES = 2


class Given(NamedTuple):
    """What a network takes besides the sources.

    Attributes:
        text_emb (np.ndarray | None): Text embeddings, (N, C_text).
        optional (dict[str, np.ndarray]): Of :data:`~mmfusion_distill.inference.network_file.OPTIONAL`.
    """

    text_emb: np.ndarray | None
    optional: dict[str, np.ndarray]


class ExportedFusion:
    """Fuse with a file of `mmfusion export`. Threads may share one; processes open the file again.

    Args:
        path (str | Path): `.onnx` (ONNX Runtime), `.xml` (OpenVINO) or `.pt` (TorchScript).
        threads (int, optional): Threads to use. Default: None, as many as this process may use processors.
        device (str, optional): 'cpu'; 'cuda' or 'cuda:N' (ONNX Runtime, TorchScript); a device of OpenVINO. Default:
            None, the GPU if ONNX Runtime has one, else the CPU.
        mode (str): 'whole'; 'tile'; or 'auto', whole if `max_memory` allows and else in tiles. Tiles of networks
            that take measures of the whole image are parts of it; those of others are blended, and what a network
            takes from the whole image it then takes from the tile: the latter go in tiles only if 'tile' asks for
            it, where that concerns brightness. Default: 'auto'.
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
        self.prior_channels = file.lengths.get("prior")

    @property
    def _file(self) -> NetworkFile:
        return self._opened.file

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
            lambda part: (cut(img_a, part), cut(img_b, part)), len(img_a), size, text_emb, prior
        )
        out = None
        for part, fused in parts:
            if fused.shape[-2:] == size:
                return fused
            out = np.empty((len(img_a), 3, *size), np.float32) if out is None else out
            cut(out, part)[:] = fused
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
        given = Given(self._text(text_emb, len(img_a)), {})
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
        logits = self._run(img_a, img_b, Given(None, {}), [FUSED, "own_events"])[1]
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

        Args:
            read (Callable): Gives the sources of a part.
            samples (int): N.
            size (tuple[int, int]): Height and width.
            text_emb (np.ndarray, optional): Default: None.
            prior (np.ndarray, optional): Default: None.

        Yields:
            tuple[Part, np.ndarray]: A part, and its result (N, 3, h, w); together they are the image.
        """
        own = checked_rows("prior", prior, self.prior_channels, samples, self.path)
        given = Given(self._text(text_emb, samples), {} if own is None else dict(prior=own))
        self._check_size(*size)
        tile = self._tile(samples, *size)
        if tile is None:
            whole = slice(0, size[0]), slice(0, size[1])
            yield whole, self._fuse(*read(whole), given)
            return
        overlap = min(OVERLAP, tile // 2)
        # Tiles that know the whole differ at their ends only; others all over, which a long blend hides best.
        unused = overlap // 4 if self._file.takes_measures else 0
        rows, columns = (
            list(axis_tiles(length, tile, overlap, self._file.tile_multiple, unused)) for length in size
        )
        if self._file.takes_measures:
            given.optional["statistics"] = measure_statistics(read, size)
            # What deeper layers measure goes by what earlier ones do.
            for _ in range(PASSES if "attention" in self._file.lengths else 1):
                given.optional.update(self._measured(read, rows, columns, given))
        yield from self._tiles(read, samples, rows, columns, given)

    def _tiles(
        self, read: ReadPart, samples: int, rows: list[AxisTile], columns: list[AxisTile], given: Given
    ) -> Iterator[tuple[Part, np.ndarray]]:
        """Overlapping tiles, blended linearly; all columns of the rows that are done."""
        width = columns[-1].slice.stop
        waiting = np.zeros((samples, 3, 0, width), np.float32)
        for index, row in enumerate(rows):
            band = np.zeros((samples, 3, row.length, width), np.float32)
            band[:, :, : waiting.shape[2]] = waiting
            for column in columns:
                fused = self._fuse(*read((row.slice, column.slice)), given)
                band[..., column.slice] += fused * np.outer(row.weight, column.weight)
            start = row.slice.start
            done = rows[index + 1].slice.start if index + 1 < len(rows) else row.slice.stop
            yield (slice(start, done), slice(0, width)), band[:, :, : done - start]
            waiting = band[:, :, done - start :]

    def _measured(
        self, read: ReadPart, rows: list[AxisTile], columns: list[AxisTile], given: Given
    ) -> dict[str, np.ndarray]:
        """What the network measures in its maps of the whole image, which are there in tiles."""
        asked = ["own_attention"] if "attention" in self._file.lengths else []
        tiles = [(row, column) for row in inner_parts(rows) for column in inner_parts(columns)]
        measured = MeasuredTiles()
        for row, column in tiles:
            part = row.outer, column.outer
            _, *own, deepest = self._run(*read(part), given, [FUSED, *asked, "deepest_map"])
            own_part = row.share(deepest.shape[2]), column.share(deepest.shape[3])
            measured.add(deepest[:, :, own_part[0], own_part[1]], own[0] if own else None)
        return measured.of_whole()

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
        needs_whole = self._file.needs_whole and not self._file.takes_measures
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
        return max(min(int(math.sqrt(pixels)), LARGEST_TILE) // start * start, SMALLEST_TILE, start)

    def _text(self, text_emb: np.ndarray | None, samples: int) -> np.ndarray | None:
        """Embeddings as they are given to the network, zeros for no text; None if it reads none."""
        text_emb = checked_rows("text_emb", text_emb, self.text_channels, samples, self.path)
        if text_emb is None and self.text_channels is not None:
            return np.zeros((samples, self.text_channels), np.float32)
        return text_emb

    def _fuse(self, img_a: np.ndarray, img_b: np.ndarray, given: Given) -> np.ndarray:
        height, width = img_a.shape[-2:]
        if self._file.size is not None and len(img_a) > 1:
            ones = (slice(sample, sample + 1) for sample in range(len(img_a)))
            texts = given.text_emb
            return np.concatenate(
                [
                    self._fuse(img_a[one], img_b[one], Given(None if texts is None else texts[one], {}))
                    for one in ones
                ]
            )
        fused = self._run(img_a, img_b, given, [FUSED])[0][..., :height, :width]
        gray = img_a.shape[1] == 1
        return np.repeat(fused.mean(axis=1, keepdims=True), 3, axis=1) if gray else fused

    def _run(self, img_a: np.ndarray, img_b: np.ndarray, given: Given, names: list[str]) -> list[np.ndarray]:
        if img_a.shape[1] == 1:
            img_a = np.repeat(img_a, 3, axis=1)
        arrays = {
            name: np.ascontiguousarray(padded_to_multiple(image, self.multiple), dtype=np.float32)
            for name, image in (("img_a", img_a), ("img_b", img_b))
        }
        shape = arrays["img_a"].shape
        arrays |= given.optional
        if given.text_emb is not None:
            arrays["text_emb"] = given.text_emb
        outputs = self._file.run(arrays, names)
        if outputs[0].shape != shape:
            raise UnusableFile(
                f"{self.path} made {outputs[0].shape} of sources of {shape}: it is not from `mmfusion export`"
            )
        return outputs
