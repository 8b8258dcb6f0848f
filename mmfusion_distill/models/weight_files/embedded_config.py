"""The config inside a file of weights."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

from ...zoo.model_index import shipped_models
from .checkpoints import CheckpointError, resolve_checkpoint
from .network_contract import LARGEST_TEXT, parse_network_config

#: Key of the network's config in the metadata of a safetensors file.
NETWORK_METADATA = "network"
#: Key of the config of a guided network's text encoder.
TEXT_ENCODER_METADATA = "text_encoder"
#: Text encoders that a file may name, and the length of the embeddings of all of these.
TEXT_ENCODERS = (
    {"type": "SentenceTextEncoder"},
    {"type": "SentenceTextEncoder", "pool": "annotation"},
    {"type": "SentenceTextEncoder", "pool": "events"},
)
TEXT_ENCODER_CHANNELS = 384


def read_network_config(weights: str | Path) -> dict:
    """Configs in the metadata of a safetensors file.

    Returns:
        dict: `generator`, the network's, and of a guided one `text_encoder`: arguments of :class:`ImageFusor`.

    Raises:
        CheckpointError: If there is no such file, or it cannot be read, or has no config that may be built.
    """
    path = resolve_checkpoint(weights)
    if not path.is_file():
        raise CheckpointError(
            f"the weights {path} do not exist: correct the path, or take {' or '.join(shipped_models())}, which come "
            "with the package"
        )
    if path.suffix == ".safetensors":
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="pt") as file:
                metadata = file.metadata() or {}
                # The file must hold what is built: no more memory is taken than it has.
                names = file.keys()
                held = sum(math.prod(file.get_slice(name).get_shape()) for name in names)
        except SafetensorError as error:
            raise CheckpointError(
                f"the weights {path} are damaged ({error}): copy or publish them again"
            ) from error
        if NETWORK_METADATA in metadata:
            config = dict(generator=parse_network_config(metadata[NETWORK_METADATA], str(path), held))
            if TEXT_ENCODER_METADATA in metadata:
                text = metadata[TEXT_ENCODER_METADATA]
                config["text_encoder"] = parse_text_encoder_config(text, str(path), config["generator"])
            return config
    raise CheckpointError(
        f"{path} does not say which network it is for: give the config as well, or make a file that does with "
        "`mmfusion publish CONFIG CHECKPOINT OUT.safetensors`"
    )


def parse_text_encoder_config(text: str, source: str, network: Mapping) -> dict:
    """The config of the text encoder of a guided network in a text of JSON: one that comes with a package.

    Args:
        text (str): The text.
        source (str): Where it is from, for messages.
        network (Mapping): The config of the network, which was checked before.

    Raises:
        CheckpointError: If it says anything else, or the network does not take the embeddings of the encoder.
    """
    try:
        config = json.loads(text) if len(text) <= LARGEST_TEXT else None
    except (RecursionError, ValueError):
        config = None
    if config not in TEXT_ENCODERS:
        raise CheckpointError(
            f"{source}: text_encoder is none that a file may name; publish the network again with one of "
            + ", ".join(json.dumps(known) for known in TEXT_ENCODERS)
        )
    taken = (network.get("prior") or network.get("guidance") or {}).get("text_channels")
    if taken != TEXT_ENCODER_CHANNELS:
        raise CheckpointError(
            f"{source}: text_encoder gives {TEXT_ENCODER_CHANNELS} values and the network takes "
            f"{taken or 'no text'}; publish the network again with text_channels={TEXT_ENCODER_CHANNELS}"
        )
    return config
