"""The exported networks that come with the package, and the hashes of all its weights."""

import hashlib
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from ..inference.whole_picture import STATISTICS_FILE
from ..models.model_zoo import get_model
from ..models.ops.padding import reflect_pad_to_multiple
from ..models.ops.picture_statistics import pair_statistics
from ..system.regular_file import write_atomically, write_text_atomically
from ..zoo.model_index import ModelEntry
from ..zoo.shipped_weights import exported_weights, shipped_models
from .export_network import ONNX_OPSET, export_network

#: Key under which an exported file says which weights it is of.
WEIGHTS_HASH = "weights_sha256"
#: What the networks that ship pad heights and widths to.
MULTIPLE = 64


def export_shipped(metafile: str | Path) -> list[Path]:
    """Write every exported file that comes with the package again, from its weights, and the hashes of all.

    Args:
        metafile (str | Path): The metafile, in which the hashes of the weights are brought up to date.

    Returns:
        list[Path]: The exported files.
    """
    folder = STATISTICS_FILE.parent
    written = [_export_statistics(STATISTICS_FILE)]
    text = Path(metafile).read_text()
    for name, entry in shipped_models().items():
        text = text.replace(str(entry.sha256), sha256_of(entry.weights))
        network = get_model(name)
        # A guided network runs with the encoder of its text, which needs PyTorch anyway.
        if network.text_reader is None:
            written.append(export_network_of(entry, network))
    write_text_atomically(metafile, text)
    files = sorted(path for path in folder.iterdir() if path.suffix in (".onnx", ".safetensors"))
    lines = [f"{sha256_of(path)}  {path.name}\n" for path in files]
    write_text_atomically(folder / "SHA256SUMS", "".join(lines))
    return written


def export_network_of(entry: ModelEntry, network: nn.Module) -> Path:
    """Write the exported file of weights that come with the package beside them."""
    facts = {WEIGHTS_HASH: sha256_of(entry.weights)}
    return export_network(network, exported_weights(entry), "onnx", facts=facts)


def sha256_of(path: Path) -> str:
    """Hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Statistics(nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        padded_a, padded_b = (reflect_pad_to_multiple(image, MULTIPLE) for image in (a, b))
        return torch.cat(pair_statistics(padded_a, padded_b, a.shape[-2:]), dim=1)


def _export_statistics(out: Path) -> Path:
    example = torch.rand(1, 1, 64, 96), torch.rand(1, 1, 64, 96)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Statistics().eval(),
            example,
            str(out.with_suffix(".unfinished")),
            dynamo=False,
            opset_version=ONNX_OPSET,
            input_names=["a", "b"],
            output_names=["statistics"],
            dynamic_axes={name: {2: "height", 3: "width"} for name in "ab"},
        )
    write_atomically(out, out.with_suffix(".unfinished").read_bytes())
    out.with_suffix(".unfinished").unlink()
    return out
