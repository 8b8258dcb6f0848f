"""Making files of weights: from the published code, and for release."""

import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..models.weight_files.checkpoints import NETWORK_PREFIX, CheckpointError, load_network, read_state_dict
from ..models.weight_files.embedded_config import (
    NETWORK_METADATA,
    TEXT_ENCODER_METADATA,
    check_network_config,
    parse_text_encoder_config,
)
from ..registry import MODELS
from ..system.regular_file import write_atomically
from ..user_errors import UserError
from ..zoo.config_files import network_of, read_config
from ..zoo.model_index import find_config

#: Levels of the published networks.
_LEVELS = (1, 2, 3, 4)


def _beginnings() -> Iterator[tuple[str, str]]:
    """How names of the published code begin, and ours."""
    for side in ("A", "B"):
        ours = side.lower()
        yield f"encoder_{side}.patch_embed.proj.", f"encoder_{ours}.stem.conv."
        for level in _LEVELS:
            yield f"encoder_{side}.encoder_level{level}.", f"encoder_{ours}.levels.{level - 1}."
            yield f"encoder_{side}.down{level}_{level + 1}.", f"encoder_{ours}.downs.{level - 1}."
        for part in ("spatial_attn", "channel_attn", "fusion"):
            yield f"cross_attention.{part}_{side}.", f"neck.exchange.{part}_{ours}."
    for level in _LEVELS:
        yield f"feature_fusion_{level}.", f"neck.merges.{level - 1}."
        yield f"prompt_guidance_{level}.fc.", f"guidance.levels.{level - 1}."
        yield f"up{level + 1}_{level}.", f"ups.{level - 1}."
        yield f"reduce_chan_level{level + 1}.", f"reduces.{level - 1}."
        yield f"decoder_level{level}.", f"decoder_levels.{level - 1}."
    for part in ("refinement", "output"):
        yield f"{part}.", f"head.{part}."


_BEGINNINGS = tuple(_beginnings())


def rename_published_key(key: str) -> str | None:
    """Our name of a parameter of the published code; None if there is none."""
    for published, ours in _BEGINNINGS:
        if key.startswith(published):
            # Their LayerNorm is wrapped in a module called body.
            return ours + re.sub(r"^(\d+\.norm\d)\.body\.", r"\1.", key.removeprefix(published))
    return None


def convert_published_state_dict(state: dict[str, Tensor], wanted: Iterable[str]) -> dict[str, Tensor]:
    """Rename the parameters of the published code.

    Args:
        state (dict[str, Tensor]): Its state dict; the parameters of its CLIP model (`model_clip.*`) are dropped.
        wanted (Iterable[str]): Names of our network's parameters.

    Returns:
        dict[str, Tensor]: Our state dict.

    Raises:
        CheckpointError: If parameters are missing or left over; lists them all.
    """
    wanted = set(wanted)
    converted, left_over = {}, []
    for key, value in state.items():
        key = key.removeprefix("module.")
        if key.startswith("model_clip."):
            continue
        name = rename_published_key(key)
        if name in wanted:
            converted[name] = value
        else:
            left_over.append(key)
    missing = sorted(wanted - set(converted))
    if missing or left_over:
        raise CheckpointError(
            "this is no checkpoint of the published network of that role; "
            f"missing (our names): {', '.join(missing) or 'none'}; left over: {', '.join(left_over) or 'none'}"
        )
    return converted


#: Config of teacher and student of the published code. Their parameters have the same names at any width.
PUBLISHED = "distill_xrestormer-d48-d16_1xb4-500e_msrs-128x128"


def convert_published_checkpoint(source: str | Path, target: str | Path, role: str) -> Path:
    """Turn a checkpoint of the published code into one for `ImageFusor` and `FusionDistiller`.

    Args:
        source (str | Path): A state dict, or a dict that holds one.
        target (str | Path): Where to write; its folder is made if need be.
        role (str): 'teacher' or 'student'.

    Returns:
        Path: `target`.

    Raises:
        CheckpointError: If the source cannot be read, or parameters are missing or left over.
    """
    network = read_config(find_config(PUBLISHED)).model[role]
    with torch.device("meta"):
        wanted = [name for name, _ in MODELS.build(network).named_parameters()]
    state = convert_published_state_dict(read_state_dict(source), wanted)
    content = dict(
        meta=dict(converted_from=Path(source).name, role=role),
        state_dict={NETWORK_PREFIX + name: value for name, value in state.items()},
    )
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_atomically(target, buffer.getvalue())
    return Path(target)


def _without_scopes(config: Any) -> Any:
    """A config without the scopes that MMEngine notes where one inherits from another package's."""
    if isinstance(config, dict):
        return {name: _without_scopes(value) for name, value in config.items() if name != "_scope_"}
    return [_without_scopes(item) for item in config] if isinstance(config, (list, tuple)) else config


def publish_network(
    config: str | Path, checkpoint: str | Path, target: str | Path, half: bool = False
) -> Path:
    """Write a network with its config into one safetensors file, which needs nothing else to fuse.

    Args:
        config (str | Path): Config of an ImageFusor, or of a FusionDistiller, whose student is taken.
        checkpoint (str | Path): The weights.
        target (str | Path): Where to write, ending in .safetensors.
        half (bool): Store half precision: half the size; computing stays in single precision. Default: False.

    Returns:
        Path: `target`.

    Raises:
        CheckpointError: If the weights cannot be read or do not fit.
        UserError: If the target has another ending.
    """
    from safetensors.torch import save

    target = Path(target)
    if target.suffix != ".safetensors":
        raise UserError(f"{target}: the file must end in .safetensors")
    model = read_config(config).model
    network_config = _without_scopes(network_of(model.to_dict()))
    # Else nobody could read the file.
    check_network_config(json.loads(json.dumps(network_config)), str(config))
    network = MODELS.build(network_config)
    load_network(network, checkpoint)
    dtype = torch.float16 if half else torch.float32
    state = {name: value.to(dtype).contiguous() for name, value in network.state_dict().items()}
    metadata = {NETWORK_METADATA: json.dumps(network_config)}
    if network.text_reader is not None and model.get("text_encoder"):
        text_encoder = json.dumps(model.text_encoder.to_dict())
        parse_text_encoder_config(text_encoder, str(config), network_config)
        metadata[TEXT_ENCODER_METADATA] = text_encoder
    write_atomically(target, save(state, metadata))
    return target
