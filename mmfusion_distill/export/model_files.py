"""Making files of weights: from the published code, and for release."""

import io
import json
from pathlib import Path
from typing import Any

import torch

from ..models.weight_files.checkpoints import NETWORK_PREFIX, load_network, read_state_dict
from ..models.weight_files.dtpf_checkpoints import convert_published_state_dict
from ..models.weight_files.embedded_config import NETWORK_METADATA, TEXT_ENCODER_METADATA
from ..models.weight_files.network_schema import check_network_config, parse_text_encoder_config
from ..registry import MODELS
from ..system.regular_file import write_atomically
from ..user_errors import UserError
from ..zoo.config_files import network_of, read_config
from ..zoo.model_index import find_config

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
