"""Export of a network to other runtimes."""

import io
import tempfile
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, nn

from ..inference.runtimes import FORMATS
from ..system.regular_file import write_atomically
from ..user_errors import MissingPackageError, UserError, check_choice
from .joined_convolutions import join_convolutions
from .precision import PRECISIONS, SourcePair, set_metadata, to_half_precision, to_int8

ONNX_OPSET = 17
SOURCES, TEXT = ("img_a", "img_b"), "text_emb"
OUTPUT = "fused"


class _Exported(nn.Module):
    """What is exported: sources of any size, for a guided network a text embedding too, zeros for no text."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, img_a: Tensor, img_b: Tensor, text_emb: Tensor | None = None) -> Tensor:
        if text_emb is not None and self.network.text_reader.null is not None:
            without = text_emb.abs().amax(dim=1) == 0
            text_emb = torch.where(without[:, None], self.network.text_reader.null, text_emb)
        return self.network(img_a, img_b, text_emb)


def export_network(
    network: nn.Module,
    out: str | Path,
    file_format: str,
    precision: str = "fp32",
    calibration: Iterable[SourcePair] | None = None,
) -> Path:
    """Export a network with dynamic batch, height and width; one that is guided by text takes its embedding too.

    Args:
        network (nn.Module): Network of two sources, on the CPU.
        out (str | Path): Target, with the suffix of the format.
        file_format (str): 'onnx' (opset 17), 'torchscript' or 'openvino' (a `.bin` file goes beside it).
        precision (str): 'fp32'; 'fp16', half precision; 'int8', quantized statically. TorchScript has fp32 only.
            Default: 'fp32'.
        calibration (Iterable[SourcePair], optional): For 'int8': sources that the network will meet, of
            :func:`~mmfusion_distill.export.calibration.calibration_pairs`. Default: None.

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
    module = _Exported(network).eval()
    try:
        with torch.no_grad():
            if file_format == "torchscript":
                _write_torchscript(module, out)
            elif file_format == "onnx":
                _write_onnx(module, out, precision, calibration)
            else:
                _write_openvino(module, out, precision, calibration)
    except ImportError as error:
        raise MissingPackageError(
            f"export to {file_format} needs {error.name}: pip install {error.name}"
        ) from error
    return out


def _check(out: Path, file_format: str, precision: str) -> None:
    check_choice("format", file_format, FORMATS)
    check_choice("precision", precision, PRECISIONS)
    if file_format == "torchscript" and precision != "fp32":
        raise UserError(f"TorchScript is written in fp32 only: take onnx or openvino for {precision}")
    if out.suffix != FORMATS[file_format]:
        raise UserError(f"{out}: a file of format {file_format} must end in {FORMATS[file_format]}")


def describe_interface(network: nn.Module, precision: str = "fp32") -> dict[str, str]:
    """What a program that runs the exported file must know."""
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
        "opset": str(ONNX_OPSET),
        "padding": "none: any H and W",
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


def _example(network: nn.Module) -> tuple[Tensor, ...]:
    # Height, width and their multiples differ, lest one is taken for the other.
    height, width = 2 * network.multiple, 3 * network.multiple
    sources = torch.rand(1, 3, height, width), torch.rand(1, 1, height, width)
    length = text_length(network)
    return sources if length is None else (*sources, torch.rand(1, length))


def _write_onnx(
    module: _Exported, out: Path, precision: str, calibration: Iterable[SourcePair] | None
) -> None:
    import onnx

    axes = {name: {0: "batch", 2: "height", 3: "width"} for name in (*SOURCES, OUTPUT)}
    example = _example(module.network)
    names = [*SOURCES, TEXT][: len(example)]
    if TEXT in names:
        axes[TEXT] = {0: "batch"}
    with tempfile.TemporaryDirectory() as folder:
        single, target = Path(folder) / "single.onnx", Path(folder) / "target.onnx"
        torch.onnx.export(
            module,
            example,
            str(single),
            # The exporter by tracing: the one by torch.export takes many minutes for these networks.
            dynamo=False,
            opset_version=ONNX_OPSET,
            input_names=names,
            output_names=[OUTPUT],
            dynamic_axes=axes,
        )
        if precision == "fp16":
            to_half_precision(single, target)
        elif precision == "int8":
            to_int8(single, target, calibration)
        else:
            onnx.save(join_convolutions(onnx.load(single)), target)
        set_metadata(target, describe_interface(module.network, precision))
        write_atomically(out, target.read_bytes())


def _write_torchscript(module: _Exported, out: Path) -> None:
    traced = torch.jit.trace(module, _example(module.network), check_trace=False)
    buffer = io.BytesIO()
    torch.jit.save(traced, buffer, _extra_files=describe_interface(module.network))
    write_atomically(out, buffer.getvalue())


def _write_openvino(
    module: _Exported, out: Path, precision: str, calibration: Iterable[SourcePair] | None
) -> None:
    import openvino

    with tempfile.TemporaryDirectory() as folder:
        onnx_file = Path(folder) / "network.onnx"
        # OpenVINO halves the weights itself, and computes as the processor does best.
        _write_onnx(module, onnx_file, "int8" if precision == "int8" else "fp32", calibration)
        model = openvino.convert_model(onnx_file)
    for key, value in describe_interface(module.network, precision).items():
        model.set_rt_info(value, [key])
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / out.name
        openvino.save_model(model, target, compress_to_fp16=precision == "fp16")
        # The weights first: what names them is then never without them.
        for suffix in (".bin", ".xml"):
            write_atomically(out.with_suffix(suffix), target.with_suffix(suffix).read_bytes())
