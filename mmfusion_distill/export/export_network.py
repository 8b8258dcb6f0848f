"""Writing a network for another runtime, and comparing the file with it."""

import io
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from ..annotation.event_types import READ_EVENTS
from ..inference.exported_fusion import ExportedFusion
from ..inference.network_file import FORMATS
from ..system.regular_file import check_writable, write_atomically
from ..user_errors import MissingPackageError, UserError, check_choice
from .exported_module import OUTPUT, SOURCES, ExportedModule, let_default_to_nan, text_length
from .joined_convolutions import fit_to_blocks, join_convolutions
from .precision import PRECISIONS, SourcePair, folded, set_metadata, to_constants, to_half_precision, to_int8
from .tile_stages import tile_stages

#: Sizes that need no padding, much padding, and both orders of height and width.
SIZES = ((64, 64), (128, 192), (192, 128), (37, 101), (1, 1), (1, 200))


def largest_differences(
    network: nn.Module, exported: ExportedFusion, sizes: Sequence[tuple[int, int]] = SIZES
) -> dict[tuple[int, int], float]:
    """Largest difference between PyTorch and an exported file on random images, with text and without.

    Returns:
        dict[tuple[int, int], float]: By size.
    """
    generator = torch.Generator().manual_seed(0)
    differences = {}
    for height, width in sizes:
        img_a = torch.rand(1, 3, height, width, generator=generator)
        img_b = torch.rand(1, 1, height, width, generator=generator)
        texts = [None]
        if exported.text_channels is not None:
            texts = [torch.randn(1, exported.text_channels, generator=generator)]
            if network.text_reader.null is not None:
                texts.append(None)
        differences[height, width] = 0.0
        for text in texts:
            with torch.inference_mode():
                expected = network.eval()(img_a, img_b, text)
            arrays = [None if tensor is None else tensor.numpy() for tensor in (img_a, img_b, text)]
            difference = (torch.from_numpy(exported(*arrays)) - expected).abs().max().item()
            differences[height, width] = max(differences[height, width], difference)
    return differences


#: Opset of ONNX that is written.
ONNX_OPSET = 17


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

    An ONNX file of any size of a network with a prior has an optional input `prior`, (N or 1, length), of which NaN,
    or leaving it out, stands for the network's own. This is an output, and for a prior that reads no text
    `own_events`, logits of the events that the file's metadata list. There are graphs for tiles in the metadata too
    (:func:`~mmfusion_distill.export.tile_stages.tile_stages`).

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
        facts (dict[str, str], optional): What else the file should say of itself. Default: None.

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
        module = ExportedModule(network, is_steerable).eval()
    seen = {"events": ",".join(READ_EVENTS)} if module.names_events else {}
    stages = tile_stages(network.eval(), opset) if is_steerable else {}
    metadata = {**describe_interface(network, precision, size, opset), **seen, **stages, **(facts or {})}
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
    return out


def _check(out: Path, file_format: str, precision: str) -> None:
    check_choice("format", file_format, FORMATS)
    check_choice("precision", precision, PRECISIONS)
    if file_format == "torchscript" and precision != "fp32":
        raise UserError(f"TorchScript is written in fp32 only: take onnx or openvino for {precision}")
    if out.suffix != FORMATS[file_format]:
        raise UserError(f"{out}: a file of format {file_format} must end in {FORMATS[file_format]}")


def describe_interface(
    network: nn.Module, precision: str = "fp32", size: tuple[int, int] | None = None, opset: int = ONNX_OPSET
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
        # Tone curves and the statistics of B are those of the whole image.
        "needs_whole": str(int(network.num_local_levels > 0)),
        "precision": precision,
        "opset": str(opset),
        "padding": "none: any H and W" if size is None else f"none: {size[1]}x{size[0]} only",
        **({} if text_channels is None else {"text_channels": str(text_channels)}),
    }


def exported_pixel_bytes(network: nn.Module) -> int:
    """Memory that an exported network takes per pixel, in ONNX Runtime or OpenVINO, whichever takes more.

    Measured for networks of 2 and 6 finest values a pixel (docs/performance.md).
    """
    return 64 + int(120 * network.decoder_widths[0] / network.strides[0] ** 2)


def _example(module: ExportedModule, size: tuple[int, int] | None) -> tuple[Tensor, ...]:
    # Height, width and their multiples differ, lest one is taken for the other.
    height, width = size or (2 * module.network.multiple, 3 * module.network.multiple)
    sources = torch.rand(1, 3, height, width), torch.rand(1, 1, height, width)
    texts = [torch.rand(1, length) for length in module.lengths.values()]
    return *sources, *texts, *(torch.full((1, length), torch.nan) for length in module.optional.values())


def _axes(module: ExportedModule) -> dict[str, dict[int, str]]:
    """Which sizes are open."""
    axes = {name: {0: "batch", 2: "height", 3: "width"} for name in (*SOURCES, OUTPUT)}
    axes |= {name: {0: "batch"} for name in (*module.lengths, *module.outputs[1:])}
    return axes | {name: {0: f"batch_or_1_of_{name}"} for name in module.optional}


def _write_onnx(
    module: ExportedModule,
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
            joined = join_convolutions(onnx.load(single))
            # Files of one size are for other runtimes, of which few know convolutions of depth.
            onnx.save(joined if size is not None else folded(fit_to_blocks(joined)), target)
        set_metadata(target, metadata)
        write_atomically(out, target.read_bytes())


def _write_torchscript(
    module: ExportedModule, out: Path, size: tuple[int, int] | None, metadata: dict[str, str]
) -> None:
    traced = torch.jit.trace(module, _example(module, size), check_trace=False)
    buffer = io.BytesIO()
    # What is recorded does not say for which size.
    fixed = {} if size is None else {"size": "x".join(map(str, size))}
    torch.jit.save(traced, buffer, _extra_files={**metadata, **fixed})
    write_atomically(out, buffer.getvalue())


def _write_openvino(
    module: ExportedModule,
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
