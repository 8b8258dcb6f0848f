"""What is asked of a file of an exported network, whatever runs it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from ..user_errors import UserError

#: Runs arrays by the names of the inputs, and gives the outputs of these names.
Run = Callable[[dict[str, np.ndarray], Sequence[str]], list[np.ndarray]]

#: Runs a graph: arrays by its inputs, and the results by its outputs.
RunStage = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]

#: Output that is the fused image.
FUSED = "fused"

#: The input that may be left out; NaN is the network's own.
PRIOR = "prior"

#: Outputs besides the image.
OWN = ("own_prior", "own_events")

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
METADATA = ("multiple", "tile_multiple", "pixel_bytes", "needs_whole", "size", "events")


class UnusableFile(UserError):
    """Forms that a runtime would not run, or not correctly."""


class NetworkFile(NamedTuple):
    """An open file.

    Attributes:
        run (Run): Fuses (N, 3, H, W) and (N, 1, H, W), float32, to (N, 3, H, W), the output :data:`FUSED`.
        multiple (int): What heights and widths have to be multiples of.
        tile_multiple (int): What tiles should start at multiples of.
        pixel_bytes (int): Memory that it takes per pixel.
        text_channels (int | None): Length of the text embedding; None: it takes none.
        needs_whole (bool): Whether results of tiles would differ from that of the whole image, e.g. in brightness.
        prior_channels (int | None): Length of the prior that it can be given; None: it takes none.
        size (tuple[int, int] | None): The only height and width that it takes, one pair at a time; None: any.
        events (tuple[str, ...]): What its output `own_events` has logits of; none if it has no such output.
        stages (Mapping[str, RunStage]): Graphs by which large images go in tiles as the whole; none if it has none.
        is_shared (bool): Whether threads that run it at the same time use a processor each.
    """

    run: Run
    multiple: int
    tile_multiple: int
    pixel_bytes: int
    text_channels: int | None
    needs_whole: bool = False
    prior_channels: int | None = None
    size: tuple[int, int] | None = None
    events: tuple[str, ...] = ()
    stages: Mapping[str, RunStage] = MappingProxyType({})
    is_shared: bool = False


Shape = Sequence[int | None]


def check_interface(
    path: Path, inputs: Mapping[str, Shape], outputs: Mapping[str, Shape]
) -> tuple[int | None, tuple[int, int] | None]:
    """Check that a file takes and gives what `mmfusion export` writes; sizes that are open are None.

    Returns:
        tuple[int | None, tuple[int, int] | None]: Length of the text embedding, if it takes one; and the only height
        and width that it takes, if it was exported for these.
    """
    inputs = dict(inputs)
    pictures = [shape for name, shape in outputs.items() if name not in OWN]
    text = inputs.pop("text_emb", None)
    if text is not None and not (
        len(text) == 2 and text[0] in (None, 1) and 1 <= (text[1] or 0) <= LONGEST_TEXT
    ):
        raise UnusableFile(
            f"{path} takes text_emb of shape {_written(text)} instead of ? x length, which is at most "
            f"{LONGEST_TEXT}: export the network again"
        )
    if sorted(inputs) != ["img_a", "img_b"] or len(pictures) != 1:
        raise UnusableFile(
            f"{path} has the inputs {_listed(inputs)} instead of img_a and img_b, and {len(pictures)} "
            "outputs instead of one: it is not from `mmfusion export`"
        )
    sizes = {(shape[0], *shape[2:]) for shape in inputs.values()}
    fixed = sizes.pop() if len(sizes) == 1 else None
    is_fixed = fixed is not None and len(fixed) == 3 and fixed[0] == 1 and None not in fixed
    for name, shape in {**inputs, "output": pictures[0]}.items():
        if len(shape) != 4 or shape[1] not in (CHANNELS[name], None):
            raise UnusableFile(
                f"{path}: {name} is of shape {_written(shape)} instead of N x {CHANNELS[name]} x height x width: "
                "it is not from `mmfusion export`"
            )
        if not is_fixed and name in inputs and any(size is not None for size in (shape[0], *shape[2:])):
            raise UnusableFile(
                f"{path} takes {name} of shape {_written(shape)} only: export the network again, with open sizes"
            )
    size = (int(fixed[1]), int(fixed[2])) if is_fixed else None
    return None if text is None else text[1], size


def _written(shape: Shape) -> str:
    sizes = ["?" if size is None else str(size) for size in shape[:6]] + ["..."] * (len(shape) > 6)
    return " x ".join(sizes) or "none"


def _listed(names: Iterable[str]) -> str:
    """Some of the names, without line breaks and the like."""
    names = [repr(name[:40]).strip("'") for name in sorted(names)]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def whole_number(path: Path, what: str, text: str | None, largest: int) -> int | None:
    """A whole number from the metadata of a file; None if the file does not say.

    Raises:
        UnusableFile: If it is none between 1 and `largest`.
    """
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= largest):
        raise UnusableFile(
            f"{path} says that {what} {text[:40]!r}, which is no whole number between 1 and {largest}: export the "
            "network again"
        )
    return int(text)


def network_file(
    path: Path,
    run: Run,
    metadata: Mapping[str, str | None],
    text_channels: int | None,
    size: tuple[int, int] | None = None,
    prior_channels: int | None = None,
    stages: Mapping[str, RunStage] | None = None,
) -> NetworkFile:
    """What is known of a file whose interface was checked, and what its metadata say.

    Raises:
        UnusableFile: If these are none.
    """

    def number(key: str, what: str, largest: int) -> int | None:
        return whole_number(path, what, metadata.get(key), largest)

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
        prior_channels=prior_channels,
        size=size,
        events=tuple(filter(None, (metadata.get("events") or "").split(","))),
        stages=dict(stages or {}),
    )
