"""Export of a network to other runtimes."""

import tempfile
from pathlib import Path

import torch
from torch import Tensor, nn

#: Suffix of each format.
FORMATS = {"onnx": ".onnx", "torchscript": ".pt", "openvino": ".xml"}
ONNX_OPSET = 17
INPUTS = ("img_a", "img_b")
OUTPUT = "fused"


class _TwoSources(nn.Module):
    """What is exported: heights and widths are multiples of `network.multiple`, nothing is padded."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, img_a: Tensor, img_b: Tensor) -> Tensor:
        return self.network(img_a, img_b)


def export_network(network: nn.Module, out: str | Path, file_format: str) -> Path:
    """Export a network that needs no text, with dynamic batch, height and width.

    Args:
        network (nn.Module): Network of two sources, on the CPU.
        out (str | Path): Target, with the suffix of the format.
        file_format (str): 'onnx' (opset 17), 'torchscript' or 'openvino' (a `.bin` file goes beside it).

    Returns:
        Path: The target.

    Raises:
        ImportError: If the package of the format is not installed.
        ValueError: If the format is unknown, the suffix does not fit, or the network is guided by text.
    """
    out = Path(out)
    if file_format not in FORMATS:
        raise ValueError(f"format '{file_format}' is none of {', '.join(FORMATS)}")
    if out.suffix != FORMATS[file_format]:
        raise ValueError(f"{out}: a file of format {file_format} must end in {FORMATS[file_format]}")
    if getattr(network, "guidance", None) is not None:
        raise ValueError("the network is guided by text and cannot be exported: export the student")
    out.parent.mkdir(parents=True, exist_ok=True)
    module = _TwoSources(network).eval()
    try:
        writers = {"onnx": _write_onnx, "torchscript": _write_torchscript, "openvino": _write_openvino}
        with torch.no_grad():
            writers[file_format](module, out)
    except ImportError as error:
        raise ImportError(f"export to {file_format} needs {error.name}: pip install {error.name}") from error
    return out


def describe_interface(network: nn.Module) -> dict[str, str]:
    """What a program that runs the exported file must know."""
    return {
        "inputs": "img_a (N,3,H,W) visible RGB, img_b (N,1,H,W) infrared; float32",
        "output": "fused (N,3,H,W) RGB, float32, to be clamped",
        "range": "[0, 1]",
        "multiple": str(network.multiple),
        "padding": "H and W are multiples of `multiple`: reflect at the bottom and the right, crop after",
    }


def _example(network: nn.Module) -> tuple[Tensor, Tensor]:
    # Height, width and their multiples differ, lest one is taken for the other.
    height, width = 2 * network.multiple, 3 * network.multiple
    return torch.rand(1, 3, height, width), torch.rand(1, 1, height, width)


def _write_onnx(module: _TwoSources, out: Path) -> None:
    import onnx

    names = [*INPUTS, OUTPUT]
    torch.onnx.export(
        module,
        _example(module.network),
        str(out),
        # The exporter by tracing: the one by torch.export takes many minutes for these networks.
        dynamo=False,
        opset_version=ONNX_OPSET,
        input_names=list(INPUTS),
        output_names=[OUTPUT],
        dynamic_axes={name: {0: "batch", 2: "height", 3: "width"} for name in names},
    )
    model = onnx.load(str(out))
    onnx.helper.set_model_props(model, describe_interface(module.network))
    # Sizes of intermediate maps as traced may be those of the example.
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, str(out))


def _write_torchscript(module: _TwoSources, out: Path) -> None:
    traced = torch.jit.trace(module, _example(module.network), check_trace=False)
    torch.jit.save(traced, str(out), _extra_files=describe_interface(module.network))


def _write_openvino(module: _TwoSources, out: Path) -> None:
    import openvino

    with tempfile.TemporaryDirectory() as folder:
        onnx_file = Path(folder) / "network.onnx"
        _write_onnx(module, onnx_file)
        model = openvino.convert_model(onnx_file)
    for key, value in describe_interface(module.network).items():
        model.set_rt_info(value, [key])
    openvino.save_model(model, out, compress_to_fp16=False)
