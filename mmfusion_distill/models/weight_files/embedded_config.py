"""The config inside a file of weights."""

import math
from pathlib import Path

from ...zoo.shipped_weights import shipped_models
from .checkpoints import CheckpointError, resolve_checkpoint
from .network_schema import parse_network_config, parse_text_encoder_config

#: Key of the network's config in the metadata of a safetensors file.
NETWORK_METADATA = "network"
#: Key of the config of a guided network's text encoder.
TEXT_ENCODER_METADATA = "text_encoder"


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
