"""What comes with the package and is made of its weights: exported networks, priors of events, hashes."""

import hashlib
import json
from itertools import combinations
from pathlib import Path

import torch
from torch import nn

from ..annotation.event_types import EVENT_TYPES, MEDICAL_EVENT_TYPES
from ..data.degradations.degradation_kinds import strong_annotation
from ..inference.given import PRIORS
from ..inference.pytorch_inferencer import PyTorchInferencer
from ..models.model_zoo import get_model
from ..models.parts import TextPrior
from ..models.text import TextEmbedder
from ..system.regular_file import write_text_atomically
from ..zoo.model_index import ModelEntry, exported_weights, shipped_models
from .export_network import export_network


def write_event_priors(prior: TextPrior, embedder: TextEmbedder, path: str | Path) -> Path:
    """Write what a teacher's prior makes of the texts of every event, and of every two of one modality.

    Args:
        prior (TextPrior): The teacher's.
        embedder (TextEmbedder): Its text encoder.
        path (str | Path): The .json file, for :func:`~mmfusion_distill.inference.given.prior_of_events`.

    Returns:
        Path: The file.
    """
    named = [
        events
        for kinds in (EVENT_TYPES, MEDICAL_EVENT_TYPES)
        for number in (1, 2)
        for events in combinations(kinds, number)
    ]
    texts = [[event.text for event in strong_annotation(events).events] for events in named]
    with torch.no_grad():
        values = prior(embedder(texts), None, None).tolist()
    priors = {"+".join(events): [round(number, 4) for number in row] for events, row in zip(named, values)}
    write_text_atomically(path, json.dumps({"priors": priors}) + "\n")
    return Path(path)


#: Key under which an exported file says which weights it is of.
WEIGHTS_HASH = "weights_sha256"


def export_shipped(metafile: str | Path) -> list[Path]:
    """Write every file that comes with the package and is made of its weights again, and the hashes of all.

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
