"""Schema of a network's config in a file: data, checked before anything is built."""

import inspect
import json
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from ...registry import MODELS
from ...user_errors import reason_of
from ...zoo.config_files import constructors_of
from ..networks import FusionUNet
from ..parts import Block, Encoder, Guidance, Head, Neck, Prior, Stem
from .checkpoints import CheckpointError

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

#: Text encoders that a file may name.
TEXT_ENCODERS = (
    {"type": "SentenceTextEncoder"},
    {"type": "SentenceTextEncoder", "pool": "annotation"},
    {"type": "SentenceTextEncoder", "pool": "events"},
)
#: Length of the embeddings of all of these.
TEXT_ENCODER_CHANNELS = 384

LARGEST_TEXT = 2**16
LARGEST_NUMBER = 2**14
LARGEST_COUNT = 64
LARGEST_DEPTH = 6
LONGEST_LIST = 16
MOST_ITEMS = 500
LARGEST_MULTIPLE = 1024
MOST_PARAMETERS = 5 * 10**8


def parse_network_config(text: str, source: str, most_parameters: int = MOST_PARAMETERS) -> dict:
    """The config of a network in a text of JSON.

    Args:
        text (str): The text.
        source (str): Where it is from, for messages.
        most_parameters (int): Parameters that the network may have, e.g. as many as its file holds.

    Returns:
        dict: The config, which can be built.

    Raises:
        CheckpointError: If it is no JSON, or :func:`check_network_config` finds fault with it.
    """
    if len(text) > LARGEST_TEXT:
        raise CheckpointError(f"{source}: the network's config is longer than {LARGEST_TEXT} characters")
    try:
        config = json.loads(text)
    except RecursionError:
        raise CheckpointError(
            f"{source}: the network's config is nested deeper than {LARGEST_DEPTH} levels"
        ) from None
    except ValueError as error:
        raise CheckpointError(f"{source}: the network's config is no JSON ({error})") from error
    check_network_config(config, source, most_parameters)
    return config


def check_network_config(config: Any, source: str, most_parameters: int = MOST_PARAMETERS) -> None:
    """Check the config of a network that was not written by who runs it.

    Types must be registered with us, below the base that `ROLES` has for their place, arguments those of their
    classes, values of the kind that the class asks for and in a range that no network leaves. Then the network is
    built without memory, and counted.

    Args:
        config (Any): The config.
        source (str): Where it is from, for messages.
        most_parameters (int): Parameters that the network may have.

    Raises:
        CheckpointError: Names the source and the key.
    """
    _Checker(source).check_part(config, "network", "network", 1)
    try:
        with torch.device("meta"):
            network = MODELS.build(config)
    except Exception as error:  # values that do not go together; what is raised depends on the part
        reason = reason_of(error, line=-1)
        raise CheckpointError(f"{source}: the network of its config cannot be built ({reason})") from error
    _check_size(network, source, most_parameters)


def parse_text_encoder_config(text: str, source: str, network: Mapping) -> dict:
    """The config of the text encoder of a guided network in a text of JSON.

    It may name the encoder that comes with a package, and nothing that would be loaded from elsewhere.

    Args:
        text (str): The text.
        source (str): Where it is from, for messages.
        network (Mapping): The config of the network, which was checked before.

    Returns:
        dict: The config, which can be built.

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
    reader = network.get("prior") or network.get("guidance") or {}
    taken = reader.get("text_channels")
    if taken != TEXT_ENCODER_CHANNELS:
        raise CheckpointError(
            f"{source}: text_encoder gives {TEXT_ENCODER_CHANNELS} values and the network takes "
            f"{taken or 'no text'}; publish the network again with text_channels={TEXT_ENCODER_CHANNELS}"
        )
    return config


def _check_size(network: nn.Module, source: str, most_parameters: int) -> None:
    sizes = [parameter.numel() for parameter in network.parameters()]
    if not all(sizes):
        raise CheckpointError(f"{source}: the network of its config has a layer of width 0")
    if sum(sizes) > most_parameters:
        raise CheckpointError(
            f"{source}: the network of its config has {sum(sizes):,} parameters, more than the {most_parameters:,} "
            "that there may be"
        )
    if not 1 <= network.multiple <= LARGEST_MULTIPLE:
        raise CheckpointError(
            f"{source}: the network of its config pads images to multiples of {network.multiple}, more than "
            f"{LARGEST_MULTIPLE}"
        )


class _Checker:
    """Walks through a config, and counts what it meets."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.items = 0

    def check_part(self, config: Any, role: str, path: str, depth: int) -> None:
        """Check a dict that names a type."""
        if depth > LARGEST_DEPTH:
            self._refuse(path, f"is nested deeper than {LARGEST_DEPTH} levels")
        if not isinstance(config, Mapping):
            self._refuse(path, f"is {_shown(config)} instead of the config of a part")
        allowed, kind = _registered(role), config.get("type")
        if not isinstance(kind, str) or kind not in allowed:
            names = ", ".join(allowed) or "nothing"
            self._refuse(
                f"{path}.type",
                f"is {_shown(kind)}, but a file may only name {names} there (a part of your own: import its module "
                "first)",
            )
        arguments = _arguments(allowed[kind])
        for key, value in config.items():
            if key == "type":
                continue
            if key not in arguments:
                self._refuse(
                    f"{path}.{key}"[:120], f"is no argument of {kind}, which has {', '.join(arguments)}"
                )
            self.check_value(value, arguments[key], key, f"{path}.{key}", depth)

    def check_value(self, value: Any, hint: Any, name: str, path: str, depth: int) -> None:
        """Check a value against the type hint of its argument."""
        self.items += 1
        if self.items > MOST_ITEMS:
            self._refuse(path, f"is one value too many: a config has at most {MOST_ITEMS}")
        hints = (
            typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
        )
        if value is None and type(None) in hints:
            return
        if isinstance(value, Mapping) and dict in hints:
            self.check_part(value, name, path, depth + 1)
            return
        for one in hints:
            if typing.get_origin(one) is Sequence and isinstance(value, (list, tuple)):
                if len(value) > LONGEST_LIST:
                    self._refuse(path, f"has {len(value)} entries, more than {LONGEST_LIST}")
                for index, entry in enumerate(value):
                    self.check_value(entry, typing.get_args(one)[0], name, f"{path}[{index}]", depth)
                return
        if not any(_is_of(value, one) for one in hints):
            wanted = " or ".join(_KINDS.get(one, "a list") for one in hints)
            self._refuse(path, f"is {_shown(value)} instead of {wanted}")
        if isinstance(value, str) and len(value) > 64:
            self._refuse(path, f"is {_shown(value)}, longer than a name")
        if isinstance(value, (int, float)):
            largest = LARGEST_COUNT if name.startswith("num_") or name.endswith("_blocks") else LARGEST_NUMBER
            if not 0 <= value <= largest:  # NaN too
                self._refuse(path, f"is {_shown(value)}, not between 0 and {largest}")

    def _refuse(self, path: str, reason: str) -> typing.NoReturn:
        raise CheckpointError(f"{self.source}: {path} {reason}; publish the network again")


def _registered(role: str) -> dict[str, type[nn.Module]]:
    """The classes that a file may name at a place, by name: ours alone, never what a dotted name would import."""
    base = ROLES.get(role)
    MODELS.import_from_location()
    parts = sorted(MODELS.module_dict.items())
    return {name: part for name, part in parts if base and inspect.isclass(part) and issubclass(part, base)}


_KINDS = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "a name",
    dict: "the config of a part",
    type(None): "null",
}


def _is_of(value: Any, hint: Any) -> bool:
    # By type exactly, as `true` is no number.
    return type(value) in ((int, float) if hint is float else (hint,))


def _shown(value: Any) -> str:
    if isinstance(value, (Mapping, list, tuple)):
        return "a dict" if isinstance(value, Mapping) else "a list"
    return (repr(value) if not isinstance(value, int) or abs(value) < 10**18 else "a number of many digits")[
        :60
    ]


def _arguments(built: type) -> dict[str, Any]:
    """Type hints by name of the arguments of a class, and of its base as far as they are handed on."""
    arguments: dict[str, Any] = {}
    for function in constructors_of(built):
        hints = typing.get_type_hints(function)
        for entry in inspect.signature(function).parameters.values():
            if entry.kind is entry.POSITIONAL_OR_KEYWORD and entry.name in hints:
                arguments.setdefault(entry.name, hints[entry.name])
    # It would load files and run code.
    arguments.pop("init_cfg", None)
    return arguments
