"""Reading the weights of a network from a file without executing anything in it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from mmengine.runner import CheckpointLoader
from torch import Tensor, nn

from ...user_errors import UserError, reason_of
from ...zoo.model_index import PACKAGE, SCHEME, shipped_models

NETWORK_PREFIX = "generator."
#: Beginning of the names of checkpoints that are written between those that the config asks for.
AUTOSAVE = "autosave_"

#: Parts of a model that serve its training only: what has none of them reads checkpoints without them.
_CONNECTORS = "connectors."
TRAINING_PARTS = (_CONNECTORS, "pixel_loss.", "feature_loss.", "result_loss.")


class CheckpointError(UserError):
    """A checkpoint that cannot be used; the message names the file and says what to do."""


def resolve_checkpoint(path: str | Path) -> Path:
    """The checkpoint that a path means: the file, or of a run's folder the best one, else the last.

    Where several figures chose a best checkpoint each, none of these is *the* best, and the last one is meant.

    Args:
        path (str | Path): A file, or the work folder of a run.

    Returns:
        Path: The file (which may not exist).
    """
    path = Path(path)
    if not path.is_dir():
        return path
    best = sorted(path.glob("best_*.pth"), key=lambda file: file.stat().st_mtime)
    figures = {re.sub(r"_(iter|epoch)_\d+$", "", file.stem) for file in best}
    if len(figures) == 1:
        return best[-1]
    return last_checkpoint(path) or path / "last_checkpoint"


def last_checkpoint(folder: str | Path) -> Path | None:
    """The last checkpoint of a run.

    Returns:
        Path | None: That which the run's note names, or, where that is lost as after a full disk, the latest by its
        number; None if there is none.
    """
    folder = Path(folder)
    note = folder / "last_checkpoint"
    # The folder may have been moved since the run wrote the path.
    named = folder / Path(note.read_text().strip()).name if note.is_file() else folder
    if named.is_file():
        return named
    numbered = [(*step, path) for path in folder.glob("*.pth") if (step := step_of(path))]
    if len({unit for unit, *_ in numbered}) > 1:
        # Epochs, and an iteration in the middle of one: no number tells which is later.
        return max((path for *_, path in numbered), key=lambda path: path.stat().st_mtime)
    return max(numbered)[2] if numbered else None


def step_of(checkpoint: Path) -> tuple[str, int] | None:
    """'iter' or 'epoch' and the number of a run's checkpoint, by its name; None if that is another."""
    match = re.fullmatch(rf"(?:{AUTOSAVE})?(iter|epoch)_([0-9]+)", checkpoint.stem)
    return (match[1], int(match[2])) if match else None


def read_checkpoint(path: str | Path) -> dict:
    """Read a file of weights, without executing anything in it.

    Args:
        path (str | Path): A file of `torch.save` or safetensors, or the work folder of a run.

    Returns:
        dict: With `state_dict`, tensors by name on the CPU, all of them finite; of a run's checkpoint also the rest.

    Raises:
        CheckpointError: If the file is missing, damaged, would have to execute code, or holds no sound weights.
    """
    path = resolve_checkpoint(path)
    content = _read_file(path)
    state = content
    for key in ("state_dict", "model_state_dict", "model", "params", "net"):
        if isinstance(content.get(key), Mapping):
            state = content[key]
            break
    tensors = {str(key): value for key, value in state.items() if isinstance(value, Tensor)}
    if not tensors:
        raise CheckpointError(f"the checkpoint {path} holds no weights")
    for key, value in tensors.items():
        _check_tensor(path, key, value)
    return {**(content if state is not content else {}), "state_dict": tensors}


def read_state_dict(path: str | Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint by name; see :func:`read_checkpoint`."""
    return read_checkpoint(path)["state_dict"]


def _read_file(path: Path) -> Mapping:
    if not path.is_file():
        raise CheckpointError(f"the checkpoint {path} does not exist: train it first, or correct the path")
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            content = load_file(path)
        else:
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch, pickle, zip and safetensors each raise their own
        # PyTorch writes for terminals, and names what is in the file.
        reason = re.sub(r"\x1b\[[0-9;]*m", "", reason_of(error, 1000))
        reason = "".join(c for c in reason if c.isprintable())
        raise CheckpointError(
            f"the checkpoint {path} cannot be read as plain weights ({reason[:160]}): it is damaged, or holds "
            "objects other than tensors; save its state_dict alone"
        ) from error
    if not isinstance(content, Mapping):
        raise CheckpointError(f"the checkpoint {path} holds no weights")
    return content


def _check_tensor(path: Path, key: str, value: Tensor) -> None:
    # A view that repeats its memory says that it is large in a small file.
    plain = value.layout == torch.strided and not value.is_quantized and not value.is_meta
    if not plain or value.untyped_storage().nbytes() < value.numel() * value.element_size():
        raise CheckpointError(
            f"the checkpoint {path} holds no plain numbers in {key}: save its state_dict again"
        )
    if not torch.isfinite(value).all():
        raise CheckpointError(
            f"the checkpoint {path} holds NaN or infinite weights in {key}: the training that wrote it diverged, so "
            "take an earlier checkpoint"
        )


def load_network(network: nn.Module, path: str | Path, allow_partial: bool = False) -> list[str]:
    """Load the weights of a network from its own file or from a model's checkpoint.

    Args:
        network (nn.Module): The network.
        path (str | Path): Checkpoint of an ImageFusor or a FusionDistiller (whose student is taken), or of the
            network alone.
        allow_partial (bool): Take what fits instead of refusing what does not fit as a whole. Default: False.

    Returns:
        list[str]: What did not fit: nothing, but for `allow_partial`.

    Raises:
        CheckpointError: If the file cannot be read or does not fit the network.
    """
    state, problems = fit_model(network, read_state_dict(path), path, allow_partial)
    network.load_state_dict(state, strict=False)
    return problems


def fit_model(
    model: nn.Module,
    state: Mapping[str, Tensor],
    path: str | Path,
    allow_partial: bool = False,
    hint: str = "",
    starts: bool = False,
) -> tuple[dict[str, Tensor], list[str]]:
    """Bring weights into the form of a model or of a network alone, be they those of the one or of the other.

    Args:
        model (nn.Module): E.g. an ImageFusor, a FusionDistiller or the network of one.
        state (Mapping[str, Tensor]): The weights.
        path (str | Path): Where they are from, for messages.
        allow_partial (bool): As for :func:`load_network`. Default: False.
        hint (str): What the message ends with. Default: ''.
        starts (bool): Whether a training starts from them: a distillation's connectors, which a student by itself
            does not have, then stay unchanged. Default: False.

    Returns:
        tuple[dict[str, Tensor], list[str]]: Weights by the model's names, and what did not fit.

    Raises:
        CheckpointError: If they do not fit the model.
    """
    own = model.state_dict()
    # A model that was trained in several processes may have been saved inside its wrapper.
    state = {key.removeprefix("module."): value for key, value in state.items()}
    wanted, given = (any(key.startswith(NETWORK_PREFIX) for key in keys) for keys in (own, state))
    if wanted and not given:
        state = {NETWORK_PREFIX + key: value for key, value in state.items()}
    elif given and not wanted:
        inner = {key: value for key, value in state.items() if key.startswith(NETWORK_PREFIX)}
        state = {key.removeprefix(NETWORK_PREFIX): value for key, value in inner.items()}
    spare = tuple(part for part in TRAINING_PARTS if not any(key.startswith(part) for key in own))
    state = {key: value for key, value in state.items() if not key.startswith(spare)}
    if starts and not any(key.startswith(_CONNECTORS) for key in state):
        state |= {key: value for key, value in own.items() if key.startswith(_CONNECTORS)}
    return select_fitting(own, state, path, allow_partial, hint)


def select_fitting(
    own: Mapping[str, Tensor],
    state: Mapping[str, Tensor],
    path: str | Path,
    allow_partial: bool = False,
    hint: str = "",
) -> tuple[dict[str, Tensor], list[str]]:
    """Compare weights with those that are wanted.

    Args:
        own (Mapping[str, Tensor]): The weights wanted.
        state (Mapping[str, Tensor]): The weights given.
        path (str | Path): Where they are from, for messages.
        allow_partial (bool): As for :func:`load_network`. Default: False.
        hint (str): What the message ends with. Default: ''.

    Returns:
        tuple[dict[str, Tensor], list[str]]: What fits, and what does not.

    Raises:
        CheckpointError: If anything is missing, left over or of another shape, or if nothing fits at all.
    """
    fitting, problems = {}, []
    for key, value in own.items():
        if key not in state:
            problems.append(f"missing {key}")
        elif state[key].shape != value.shape:
            problems.append(f"{key} is {tuple(state[key].shape)} instead of {tuple(value.shape)}")
        elif state[key].is_floating_point() != value.is_floating_point():
            problems.append(f"{key} holds {state[key].dtype} instead of {value.dtype}")
        else:
            fitting[key] = state[key]
    problems += [f"left over {key}" for key in state if key not in own]
    if problems and not (allow_partial and fitting):
        shown = "; ".join(problems[:5]) + (f"; and {len(problems) - 5} more" if len(problems) > 5 else "")
        raise CheckpointError(f"the checkpoint {path} does not fit the network of the config: {shown}{hint}")
    return fitting, problems


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
