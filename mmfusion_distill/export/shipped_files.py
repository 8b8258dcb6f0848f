"""What comes with the package and is made of its weights: exported networks, priors of events, hashes."""

import hashlib
from pathlib import Path

from torch import nn

from ..inference.event_priors import PRIORS
from ..inference.pytorch_inferencer import PyTorchInferencer
from ..models.model_zoo import get_model
from ..system.regular_file import write_text_atomically
from ..zoo.model_index import ModelEntry, exported_weights, shipped_models
from .event_priors import write_event_priors
from .export_network import export_network

#: Key under which an exported file says which weights it is of.
WEIGHTS_HASH = "weights_sha256"


def export_shipped(metafile: str | Path) -> list[Path]:
    """Write every file that comes with the package and is made of its weights again, and the hashes of all.

    Args:
        metafile (str | Path): The metafile, in which the hashes of the weights are brought up to date.

    Returns:
        list[Path]: The files.
    """
    written = []
    text = Path(metafile).read_text()
    for name, entry in shipped_models().items():
        text = text.replace(str(entry.sha256), sha256_of(entry.weights))
        network = get_model(name)
        # A guided network runs with the encoder of its text, which needs PyTorch anyway.
        if network.text_reader is None:
            written.append(export_network_of(entry, network))
        else:
            model = PyTorchInferencer(weights=name).model
            written.append(write_event_priors(network.prior, model.text_embedder, PRIORS))
    write_text_atomically(metafile, text)
    folder = next(iter(shipped_models().values())).weights.parent
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
