"""Reading the weights of a network from a file without executing anything in it."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

NETWORK_PREFIX = "generator."


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; the message names the file and says what to do."""


def resolve_checkpoint(path: str | Path) -> Path:
    """The checkpoint that a path means: the file, or of a run's folder the best one, else the last.

    Args:
        path (str | Path): A file, or the work folder of a run.

    Returns:
        Path: The file (which may not exist).
    """
    path = Path(path)
    if not path.is_dir():
        return path
    best = sorted(path.glob("best_*.pth"), key=lambda file: file.stat().st_mtime)
    if best:
        return best[-1]
    pointer = path / "last_checkpoint"
    if pointer.is_file():
        # The folder may have been moved since the run wrote the path.
        return path / Path(pointer.read_text().strip()).name
    return path / "last_checkpoint"


def read_state_dict(path: str | Path) -> dict[str, Tensor]:
    """Read the tensors of a checkpoint: a state dict, or a dict that holds one.

    Args:
        path (str | Path): A file of `torch.save` or safetensors, or the work folder of a run.

    Returns:
        dict[str, Tensor]: On the CPU.

    Raises:
        CheckpointError: If the file is missing, damaged, would have to execute code, or holds no tensors.
    """
    path = resolve_checkpoint(path)
    if not path.is_file():
        raise CheckpointError(f"the checkpoint {path} does not exist: train it first, or correct the path")
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            content = load_file(path)
        else:
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch, pickle, zip and safetensors each raise their own
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CheckpointError(
            f"the checkpoint {path} cannot be read as plain weights ({reason[:160]}): it is damaged, or holds "
            "objects other than tensors; save its state_dict alone"
        ) from error
    for key in ("state_dict", "model_state_dict", "model", "params", "net"):
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
            break
    tensors = dict(content) if isinstance(content, Mapping) else {}
    tensors = {key: value for key, value in tensors.items() if isinstance(value, Tensor)}
    if not tensors:
        raise CheckpointError(f"the checkpoint {path} holds no weights")
    return tensors


def load_network(network: nn.Module, path: str | Path) -> None:
    """Load the weights of a network from its own file or from a model's checkpoint.

    Args:
        network (nn.Module): The network.
        path (str | Path): Checkpoint of an ImageFusor or a FusionDistiller (whose student is taken), or of the
            network alone.

    Raises:
        CheckpointError: If the file cannot be read or does not fit the network.
    """
    state = read_state_dict(path)
    if any(key.startswith(NETWORK_PREFIX) for key in state):
        state = {
            key.removeprefix(NETWORK_PREFIX): value
            for key, value in state.items()
            if key.startswith(NETWORK_PREFIX)
        }
    own = network.state_dict()
    problems = [f"missing {key}" for key in own if key not in state]
    problems += [f"left over {key}" for key in state if key not in own]
    problems += [
        f"{key} is {tuple(state[key].shape)} instead of {tuple(own[key].shape)}"
        for key in own
        if key in state and state[key].shape != own[key].shape
    ]
    if problems:
        shown = "; ".join(problems[:5]) + (f"; and {len(problems) - 5} more" if len(problems) > 5 else "")
        raise CheckpointError(f"the checkpoint {path} does not fit the network of the config: {shown}")
    network.load_state_dict(state)
