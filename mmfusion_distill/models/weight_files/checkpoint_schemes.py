"""Weights that come with the package, by name, for whatever loads checkpoints by MMEngine: `mmfusion://student`."""

from typing import Any

import torch
from mmengine.runner import CheckpointLoader

from ...zoo.model_index import PACKAGE, SCHEME, shipped_models
from .checkpoints import NETWORK_PREFIX, CheckpointError, read_state_dict


@CheckpointLoader.register_scheme(prefixes=(SCHEME, f"{PACKAGE.name}/weights/"))
def load_from_package(filename: str, map_location: Any = None, logger: Any = "current") -> dict:
    """Load weights for an :class:`ImageFusor` or a :class:`FusionDistiller`, under the names that these have.

    So `load_from='mmfusion://student'` works in any toolbox's runner, and, for a network alone,
    `init_cfg=dict(type='Pretrained', checkpoint='mmfusion://student', prefix='generator.')`.

    Args:
        filename (str): `mmfusion://` and a name, or what the model index has as `Weights`.
        map_location (Any): Where to, as for `torch.load`: a device or its name. Default: None, the processor.
        logger (Any): Not used.

    Returns:
        dict: With `state_dict`.

    Raises:
        CheckpointError: If nothing of that name comes with the package.
    """
    name = filename.removeprefix(SCHEME)
    entries = shipped_models()
    path = entries[name].weights if name in entries else PACKAGE.parent / name
    if filename.startswith(SCHEME) and name not in entries:
        raise CheckpointError(
            f"{filename}: no such weights come with the package, choose from {', '.join(entries)}"
        )
    state = read_state_dict(path)
    device = map_location if isinstance(map_location, (str, torch.device)) else "cpu"
    return dict(state_dict={NETWORK_PREFIX + key: value.to(device) for key, value in state.items()})
