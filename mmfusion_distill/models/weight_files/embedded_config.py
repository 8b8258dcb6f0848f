"""The config of a network inside a file of weights, and what it may name: registered parts in their roles."""

import inspect
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ...registry import MODELS
from ...user_errors import reason_of
from ...zoo.config_files import arguments_of
from ...zoo.model_index import shipped_models
from ..networks import FusionUNet
from ..parts import Block, Encoder, Guidance, Head, Neck, Prior, Stem
from .checkpoints import CheckpointError, resolve_checkpoint

#: By argument, the base of the classes that a file may name as its value: any that is registered below it.
ROLES: dict[str, type[nn.Module]] = {
    "network": FusionUNet,
    "encoder": Encoder,
    "stem": Stem,
    "block": Block,
    "blocks": Block,
    "neck": Neck,
    "guidance": Guidance,
    "prior": Prior,
    "head": Head,
}

LARGEST_TEXT = 2**16
LARGEST_NUMBER, LARGEST_COUNT, LONGEST_LIST = 2**14, 64, 16
LARGEST_MULTIPLE = 1024
MOST_PARAMETERS = 5 * 10**8


def parse_network_config(text: str, source: str, most_parameters: int = MOST_PARAMETERS) -> dict:
    """The config of a network in a text of JSON, checked by :func:`check_network_config`, whose arguments it has.

    Raises:
        CheckpointError: If it is no JSON, or must not be built.
    """
    if len(text) > LARGEST_TEXT:
        raise CheckpointError(f"{source}: the network's config is longer than {LARGEST_TEXT} characters")
    try:
        config = json.loads(text)
    except (RecursionError, ValueError) as error:
        raise CheckpointError(f"{source}: the network's config is no JSON ({error})") from error
    check_network_config(config, source, most_parameters)
    return config


def check_network_config(config: Any, source: str, most_parameters: int = MOST_PARAMETERS) -> None:
    """Check the config of a network that was not written by who runs it; then build it without memory, and count.

    Raises:
        CheckpointError: Names the source and the key.
    """
    try:
        _check_part(config, "network", f"{source}: network")
        with torch.device("meta"):
            network = MODELS.build(config)
    except CheckpointError:
        raise
    except Exception as error:  # values that do not go together; what is raised depends on the part
        reason = reason_of(error, line=-1)
        raise CheckpointError(f"{source}: the network of its config cannot be built ({reason})") from error
    sizes = [parameter.numel() for parameter in network.parameters()]
    fault = None
    if not all(sizes):
        fault = "has a layer of width 0"
    elif sum(sizes) > most_parameters:
        fault = f"has {sum(sizes):,} parameters, more than the {most_parameters:,} that there may be"
    elif not 1 <= network.multiple <= LARGEST_MULTIPLE:
        fault = f"pads images to multiples of {network.multiple}, more than {LARGEST_MULTIPLE}"
    if fault:
        raise CheckpointError(f"{source}: the network of its config {fault}")


def _check_part(config: Any, role: str, path: str) -> None:
    """Check a dict that names a type: one that is registered with us, never what a dotted name would import."""
    if not isinstance(config, Mapping) or role not in ROLES:
        raise CheckpointError(
            f"{path} is {_shown(config)} instead of the config of a part; publish the network again"
        )
    MODELS.import_from_location()
    allowed = {
        name: part
        for name, part in sorted(MODELS.module_dict.items())
        if inspect.isclass(part) and issubclass(part, ROLES[role])
    }
    kind = config.get("type")
    if not isinstance(kind, str) or kind not in allowed:
        raise CheckpointError(
            f"{path}.type is {_shown(kind)}, but a file may only name {', '.join(allowed)} there (a part of your "
            "own: import its module first); publish the network again"
        )
    # That would load files and run code.
    arguments = arguments_of(allowed[kind])[0] - {"init_cfg"}
    for key, value in config.items():
        if key not in arguments | {"type"}:
            raise CheckpointError(
                f"{path}.{_shown(key)[1:-1]} is no argument of {kind}, which has {', '.join(sorted(arguments))}"
            )
        _check_value(value, key, f"{path}.{key}")


def _check_value(value: Any, name: str, path: str) -> None:
    """Check the value of an argument: a part, a list, or a number that no network exceeds."""
    largest = LARGEST_COUNT if name.startswith("num_") or name.endswith("_blocks") else LARGEST_NUMBER
    if isinstance(value, (list, tuple)):
        if len(value) > LONGEST_LIST:
            raise CheckpointError(f"{path} has {len(value)} entries, more than {LONGEST_LIST}")
        for index, entry in enumerate(value):
            _check_value(entry, name, f"{path}[{index}]")
    elif isinstance(value, Mapping) or (name in ROLES and value is not None):
        _check_part(value, name, path)
    elif isinstance(value, (int, float)) and not 0 <= value <= largest:  # NaN too
        raise CheckpointError(
            f"{path} is {_shown(value)}, not between 0 and {largest}; publish the network again"
        )


def _shown(value: Any) -> str:
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a number of many digits"
    return f"a {type(value).__name__}" if isinstance(value, (Mapping, list, tuple)) else repr(value)[:60]


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
