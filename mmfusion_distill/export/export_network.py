"""Export of a network to other runtimes."""

import io
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, nn

from ..annotation.event_types import READ_EVENTS
from ..inference.network_file import FORMATS
from ..models.layers.whole_map_value import WholeMapValue
from ..models.ops.picture_statistics import NUM_NOISES, NUM_TONES, Measures
from ..system.regular_file import check_writable, write_atomically
from ..user_errors import MissingPackageError, UserError, check_choice
from .joined_convolutions import join_convolutions
from .optional_inputs import let_default_to_nan
from .precision import PRECISIONS, SourcePair, set_metadata, to_constants, to_half_precision, to_int8

#: Opset of ONNX that is written, and those that can be.
ONNX_OPSET, OPSETS = 17, range(14, 19)
SOURCES, TEXT = ("img_a", "img_b"), "text_emb"
OUTPUT = "fused"


class _Exported(nn.Module):
    """What is exported: sources, for a guided network a text embedding too, zeros for no text.

    Args:
        network (nn.Module): The network.
        is_steerable (bool): Whether it also takes the prior and what a network measures of a whole picture, where
            NaN stands for its own, and gives its own.
    """

    def __init__(self, network: nn.Module, is_steerable: bool = False) -> None:
        super().__init__()
        self.network, self.is_steerable = network, is_steerable
        length = text_length(network)
        self.lengths = {} if length is None else {TEXT: length}
        #: Lengths of what is NaN where it is not given.
        self.optional: dict[str, int] = {}
        self.values: list[WholeMapValue] = []
        #: Whether it names the events that it sees; a prior of a text names those of the text.
        self.names_events = is_steerable and not network.prior.reads_text
        if is_steerable:
            pooled = network.prior.pooled(torch.zeros(1, network.decoder_widths[-1], 1, 1))
            self.optional = dict(prior=network.prior.num_values, statistics=2 * (NUM_NOISES + NUM_TONES))
            self.optional |= {} if pooled is None else dict(pooled=pooled.shape[1])
            self.values = [part for part in network.modules() if isinstance(part, WholeMapValue)]
            self.optional |= self._attention_length() if self.values else {}

    def _attention_length(self) -> dict[str, int]:
        # Given anything they keep their own.
        for value in self.values:
            value.given = torch.full((1, 1), torch.nan)
        side = self.network.multiple
        self.network(torch.zeros(1, 3, side, side), torch.zeros(1, 1, side, side))
        self.value_lengths = [value.own[0].numel() for value in self.values]
        return dict(attention=sum(self.value_lengths))

    @property
    def inputs(self) -> list[str]:
        return [*SOURCES, *self.lengths, *self.optional]

    @property
    def outputs(self) -> list[str]:
        own = [
            "own_prior",
            *(["own_events"] if self.names_events else []),
            "own_statistics",
            *(["own_attention"] if "attention" in self.optional else []),
        ]
        return [OUTPUT, *own, "deepest_map"] if self.is_steerable else [OUTPUT]

    def forward(self, img_a: Tensor, img_b: Tensor, *others: Tensor) -> Tensor | tuple[Tensor, ...]:
        given = dict(zip(self.inputs[2:], others))
        text_emb = given.get(TEXT)
        if text_emb is not None and self.network.text_reader.null is not None:
            without = text_emb.abs().amax(dim=1) == 0
            text_emb = torch.where(without[:, None], self.network.text_reader.null, text_emb)
        if not self.is_steerable:
            return self.network(img_a, img_b, text_emb)
        if self.values:
            for value, part in zip(self.values, given["attention"].split(self.value_lengths, dim=1)):
                value.given = part
        measures = Measures(given["statistics"], given.get("pooled"))
        asked = dict(return_prior=True, return_measures=True)
        fused, prior, own = self.network(
            img_a, img_b, text_emb, prior=given["prior"], measures=measures, **asked
        )
        statistics, deepest = own
        attention = [value.own.flatten(1) for value in self.values]
        events = [self.network.prior.events(prior)] if self.names_events else []
        return (
            fused,
            prior,
            *events,
            statistics,
            *([torch.cat(attention, dim=1)] if attention else []),
            deepest,
        )


def export_network(
    network: nn.Module,
    out: str | Path,
    file_format: str,
    precision: str = "fp32",
    calibration: Iterable[SourcePair] | None = None,
    size: tuple[int, int] | None = None,
    opset: int = ONNX_OPSET,
    facts: dict[str, str] | None = None,
) -> Path:
    """Export a network; one that is guided by text takes its embedding too.

    An ONNX file of any size of a network with a prior has optional inputs, (N or 1, length), of which NaN, or leaving
    them out, stands for the network's own: `prior`; and for a tile, of the whole picture, `statistics`, `pooled`
    (means and largest values of the deepest map) and `attention` (what layers look at their whole map for).
    Its own ones, and that map, are outputs, and for a prior that reads no text `own_events`, logits of the events
    that the file's metadata list.

    Args:
        network (nn.Module): Network of two sources, on the CPU.
        out (str | Path): Target, with the suffix of the format.
        file_format (str): 'onnx', 'torchscript' or 'openvino' (a `.bin` file goes beside it).
        precision (str): 'fp32'; 'fp16', half precision; 'int8', quantized statically. TorchScript has fp32 only.
            Default: 'fp32'.
        calibration (Iterable[SourcePair], optional): For 'int8': sources that the network will meet, of
            :func:`~mmfusion_distill.export.calibration.calibration_pairs`. Default: None.
        size (tuple[int, int], optional): The only height and width that the file takes, one pair at a time, for
            runtimes that want fixed shapes. Default: None, any batch, height and width.
        opset (int): Of ONNX, 14 to 18. Default: 17.
        facts (dict[str, str], optional): What else the file shall say of itself. Default: None.

    Returns:
        Path: The target.

    Raises:
        MissingPackageError: If the package of the format is not installed.
        UserError: If format or precision is unknown, the suffix does not fit, or int8 lacks calibration.
    """
    out = Path(out)
    _check(out, file_format, precision)
    if precision == "int8" and calibration is None:
        raise UserError("int8 needs pairs to take the ranges of the maps from: give calibration folders")
    check_writable(out.parent)
    is_steerable = file_format == "onnx" and size is None and getattr(network, "prior", None) is not None
    with torch.no_grad():
        module = _Exported(network, is_steerable).eval()
    seen = {"events": ",".join(READ_EVENTS)} if module.names_events else {}
    metadata = {**describe_interface(network, precision, size, opset), **seen, **(facts or {})}
    try:
        with torch.no_grad(), warnings.catch_warnings():
            # What is traced is compared with PyTorch at other sizes; the warnings are about what is meant.
            warnings.simplefilter("ignore")
            if file_format == "torchscript":
                _write_torchscript(module, out, size, metadata)
            elif file_format == "onnx":
                _write_onnx(module, out, precision, calibration, size, opset, metadata)
            else:
                _write_openvino(module, out, precision, calibration, size, opset, metadata)
    except ImportError as error:
        raise MissingPackageError(
            f"export to {file_format} needs {error.name}: pip install {error.name}"
        ) from error
    finally:
        for value in module.values:
            value.given = value.own = None
    return out


def _check(out: Path, file_format: str, precision: str) -> None:
    check_choice("format", file_format, FORMATS)
    check_choice("precision", precision, PRECISIONS)
    if file_format == "torchscript" and precision != "fp32":
        raise UserError(f"TorchScript is written in fp32 only: take onnx or openvino for {precision}")
    if out.suffix != FORMATS[file_format]:
        raise UserError(f"{out}: a file of format {file_format} must end in {FORMATS[file_format]}")


def describe_interface(
    network: nn.Module,
    precision: str = "fp32",
    size: tuple[int, int] | None = None,
    opset: int = ONNX_OPSET,
) -> dict[str, str]:
    """What a program that runs the exported file must know; arguments as for :func:`export_network`."""
    text_channels = text_length(network)
    text = (
        "" if text_channels is None else f", text_emb (N,{text_channels}) text embedding, zeros for no text"
    )
    return {
        "inputs": f"img_a (N,3,H,W) visible RGB, img_b (N,1,H,W) infrared{text}; float32",
        "output": "fused (N,3,H,W) RGB, float32, to be clamped",
        "range": "[0, 1]",
        # The graph pads and crops itself.
        "multiple": "1",
        "tile_multiple": str(network.multiple),
        "pixel_bytes": str(exported_pixel_bytes(network)),
        # Tone curves and the statistics of B are those of the whole picture.
        "needs_whole": str(int(getattr(network, "num_local_levels", 0) > 0)),
        "precision": precision,
        "opset": str(opset),
        "padding": "none: any H and W" if size is None else f"none: {size[1]}x{size[0]} only",
        **({} if text_channels is None else {"text_channels": str(text_channels)}),
    }


def text_length(network: nn.Module) -> int | None:
    """Length of the text embedding that a network takes; None: it takes none."""
    reader = getattr(network, "text_reader", None)
    return None if reader is None else reader.text_channels


def exported_pixel_bytes(network: nn.Module) -> int:
    """Memory that an exported network takes per pixel, in ONNX Runtime or OpenVINO, whichever takes more.

    Measured for networks of 2 and 6 finest values a pixel (docs/performance.md).
    """
    return 64 + int(120 * network.decoder_widths[0] / network.strides[0] ** 2)


def _example(module: _Exported, size: tuple[int, int] | None) -> tuple[Tensor, ...]:
    # Height, width and their multiples differ, lest one is taken for the other.
    height, width = size or (2 * module.network.multiple, 3 * module.network.multiple)
    sources = torch.rand(1, 3, height, width), torch.rand(1, 1, height, width)
    texts = [torch.rand(1, length) for length in module.lengths.values()]
    return *sources, *texts, *(torch.full((1, length), torch.nan) for length in module.optional.values())


def _axes(module: _Exported) -> dict[str, dict[int, str]]:
    """Which sizes are open."""
    axes = {name: {0: "batch", 2: "height", 3: "width"} for name in (*SOURCES, OUTPUT)}
    axes |= {name: {0: "batch"} for name in (*module.lengths, *module.outputs[1:-1])}
    axes |= {name: {0: "batch", 2: "rows", 3: "columns"} for name in module.outputs[-1:]}
    return axes | {name: {0: f"batch_or_1_of_{name}"} for name in module.optional}


def _write_onnx(
    module: _Exported,
    out: Path,
    precision: str,
    calibration: Iterable[SourcePair] | None,
    size: tuple[int, int] | None,
    opset: int,
    metadata: dict[str, str],
) -> None:
    import onnx

    with tempfile.TemporaryDirectory() as folder:
        single, target = Path(folder) / "single.onnx", Path(folder) / "target.onnx"
        torch.onnx.export(
            module,
            _example(module, size),
            str(single),
            # The exporter by tracing: the one by torch.export takes many minutes for these networks.
            dynamo=False,
            opset_version=opset,
            input_names=module.inputs,
            output_names=module.outputs,
            dynamic_axes=_axes(module) if size is None else None,
        )
        let_default_to_nan(single, module.optional)
        if size is not None:
            to_constants(single)
        if precision == "fp16":
            to_half_precision(single, target)
        elif precision == "int8":
            to_int8(single, target, calibration)
        else:
            onnx.save(join_convolutions(onnx.load(single)), target)
        set_metadata(target, metadata)
        write_atomically(out, target.read_bytes())


def _write_torchscript(
    module: _Exported, out: Path, size: tuple[int, int] | None, metadata: dict[str, str]
) -> None:
    traced = torch.jit.trace(module, _example(module, size), check_trace=False)
    buffer = io.BytesIO()
    # What is recorded does not say for which size.
    fixed = {} if size is None else {"size": "x".join(map(str, size))}
    torch.jit.save(traced, buffer, _extra_files={**metadata, **fixed})
    write_atomically(out, buffer.getvalue())


def _write_openvino(
    module: _Exported,
    out: Path,
    precision: str,
    calibration: Iterable[SourcePair] | None,
    size: tuple[int, int] | None,
    opset: int,
    metadata: dict[str, str],
) -> None:
    import openvino

    with tempfile.TemporaryDirectory() as folder:
        onnx_file = Path(folder) / "network.onnx"
        # OpenVINO halves the weights itself, and computes as the processor does best.
        stored = "int8" if precision == "int8" else "fp32"
        _write_onnx(module, onnx_file, stored, calibration, size, opset, metadata)
        model = openvino.convert_model(onnx_file)
    for key, value in metadata.items():
        model.set_rt_info(value, [key])
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / out.name
        openvino.save_model(model, target, compress_to_fp16=precision == "fp16")
        # The weights first: what names them is then never without them.
        for suffix in (".bin", ".xml"):
            write_atomically(out.with_suffix(suffix), target.with_suffix(suffix).read_bytes())
