"""Settings of the command line that a config can take."""

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from ..system.number_range import ABOVE_ZERO, NOT_NEGATIVE, SHARE, NumberRange, at_least
from ..user_errors import OptionError, reason_of
from .config_files import ConfigError, arguments_of, check_config, find_type

#: By this name configs call the folder of their data.
DATA_ROOT = "data_root"
#: Arguments of dicts in a config that name no type, by the key that such a dict has.
_UNTYPED = {
    "annotation": (),
    "auto_scale_lr": ("enable", "base_batch_size"),
    "clip_grad": ("max_norm", "norm_type", "error_if_nonfinite", "clip_value", "type"),
    "data_prefix": ("img_a", "img_b", "annotation"),
    "dist_cfg": ("backend", "timeout"),
    "env_cfg": ("cudnn_benchmark", "dist_cfg", "mp_cfg", "resource_limit"),
    "mp_cfg": ("mp_start_method", "opencv_num_threads"),
    "paramwise_cfg": (
        "custom_keys",
        "bias_lr_mult",
        "bias_decay_mult",
        "norm_decay_mult",
        "bypass_duplicate",
    ),
    "randomness": ("seed", "deterministic", "diff_rank_seed"),
}
#: What mmengine and MMagic take from a config besides the arguments of the runner.
_TOP_LEVEL = {
    "activation_checkpointing",
    "compile",
    "custom_imports",
    "efficient_conv_bn_eval",
    "runner_type",
}
#: Ranges of settings by their key, wherever it stands; of a list, those of its entries.
_RANGES = {
    **dict.fromkeys(("num_workers", "num_blocks", "decoder_blocks", "num_refinement_blocks"), at_least(0)),
    **dict.fromkeys(("batch_size", "prefetch_factor", "accumulative_counts", "window_size"), at_least(1)),
    **dict.fromkeys(("max_iters", "max_epochs", "val_interval"), at_least(1)),
    **dict.fromkeys(("dim", "widths", "num_heads"), at_least(1)),
    **dict.fromkeys(("in_channels_a", "in_channels_b", "text_channels"), at_least(1)),
    **dict.fromkeys(("lr", "eta_min", "weight_decay", "loss_weight"), NOT_NEGATIVE),
    **dict.fromkeys(("max_norm", "ffn_expansion_factor"), ABOVE_ZERO),
    **dict.fromkeys(("momentum", "betas", "prob"), SHARE),
    # -1 turns a hook off.
    "interval": at_least(-1),
    "seed": NumberRange(0, 2**32 - 1, is_whole=True),
}


def apply_options(config: Config, options: Mapping[str, Any], path: str | Path) -> None:
    """Put settings of the command line into a config, and check what it has then.

    Raises:
        OptionError: If a setting cannot be used.
        ConfigError: If the config cannot.
    """
    check_options(config, options)
    merge_options(config, options)
    check_ranges(config, options, path)
    check_config(config, path)


def check_ranges(config: Config, options: Mapping[str, Any], path: str | Path) -> None:
    """Check the numbers of a config that have a range.

    Raises:
        OptionError: If a setting of the command line is out of its range.
        ConfigError: If another one is.
    """
    for where, wanted, value in _ranged(config.to_dict(), ""):
        if value in wanted:
            continue
        given = next((option for option in options if f"{where}.".startswith(f"{option}.")), None)
        if given is not None:
            entry = where.removeprefix(given).lstrip(".")
            what = f"entry {entry} is {str(value)[:40]!r}" if entry else f"{str(value)[:40]!r} was given"
            raise OptionError(f"--cfg-options {given}: {what}, wanted {wanted}")
        raise ConfigError(f"{path}: {where} is {str(value)[:40]!r}, wanted {wanted}")


def _ranged(
    value: Any, where: str, wanted: NumberRange | None = None
) -> Iterator[tuple[str, NumberRange, Any]]:
    """Path, range and value of what has a range."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _ranged(inner, f"{where}.{key}".lstrip("."), _RANGES.get(str(key)))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _ranged(inner, f"{where}.{index}", wanted)
    elif wanted is not None and value is not None:
        yield where, wanted, value


def check_options(config: Config, options: Mapping[str, Any]) -> None:
    """Check that every setting is one that the config has, or that what it belongs to takes.

    A misspelt key would be added to the config, where nobody reads it. Nor does anybody read a name that the config's
    file gives to a value, once the file is read; but `data_root` is followed, see :func:`merge_options`.

    Raises:
        OptionError: If a key is unknown; names the nearest that is known. If nobody reads it; names where its value
            is.
    """
    whole = config.to_dict()
    for path in options:
        node: Any = whole
        keys = path.split(".")
        if keys[0] in node and keys[0] not in _read_names() and path != DATA_ROOT:
            raise OptionError(f"--cfg-options {path}: {_told_places(whole, keys[0])}")
        for depth, key in enumerate(keys):
            where = ".".join(keys[:depth])
            if isinstance(node, Sequence) and not isinstance(node, str):
                if not key.isdecimal() or int(key) >= len(node):
                    raise OptionError(
                        f"--cfg-options {path}: {where} has the entries 0 to {len(node) - 1}, not '{key}'"
                    )
                node = node[int(key)]
                continue
            if not isinstance(node, Mapping):
                # What the config leaves open may be given with whatever it holds.
                if node is None:
                    break
                raise OptionError(f"--cfg-options {path}: {where} is {node!r} and has no keys")
            kind = options.get(f"{where}.type", node.get("type"))
            known = _known_keys(keys[depth - 1] if depth else None, kind)
            if known is None:
                break
            if key not in node and key not in known:
                near = get_close_matches(key, [*node, *known], 1, 0.5)
                there = ", ".join(map(str, node)) or "no keys"
                hint = f"did you mean '{near[0]}'?" if near else f"it has {there}"
                raise OptionError(f"--cfg-options {path}: {where or 'the config'} has no '{key}': {hint}")
            node = node.get(key)
        else:
            _check_kind(path, node, options[path])


def _read_names() -> set[str]:
    return (arguments_of(Runner)[0] - {"cfg"}) | _TOP_LEVEL


def _told_places(config: Mapping[str, Any], name: str) -> str:
    """Why a name of the config's file cannot be set, and what can be in its place."""
    value, read = config[name], _read_names()
    places = [place for key in config if key in read for place in _places(config[key], value, key)]
    instead = f"set {places[0]}" if places else "set what was made of it"
    more = f", and {len(places) - 1} more places that have its value" if len(places) > 1 else ""
    return f"'{name}' is a name within the config's file, which nothing reads afterwards: {instead}{more}"


def _places(node: Any, value: Any, path: str) -> Iterator[str]:
    """Paths within a part of a config that have a value."""
    if node == value:
        yield path
        return
    entries = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, inner in entries:
        yield from _places(inner, value, f"{path}.{key}")


def _check_kind(path: str, old: Any, new: Any) -> None:
    """Check that a dict is replaced by a dict, and a list by a list; None takes either out."""
    for kind, words in ((Mapping, "a dict: set its keys"), ((list, tuple), "a list: give [...]")):
        if isinstance(old, kind) and not isinstance(new, kind) and new is not None:
            raise OptionError(f"--cfg-options {path}={str(new)[:40]}: {path} is {words}")


def merge_options(config: Config, options: Mapping[str, Any]) -> None:
    """Put settings of the command line into a config.

    The config's `data_root`, by which its file names the folder of its data, is replaced wherever it went.

    Raises:
        OptionError: If two of them contradict each other, or an entry of a list is no dict.
    """
    if DATA_ROOT in options and isinstance(config.get(DATA_ROOT), str):
        old, new = config[DATA_ROOT], str(options[DATA_ROOT])
        for key in list(config):
            config[key] = _moved(config[key], old, new)
    try:
        config.merge_from_dict(dict(options))
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise OptionError(f"--cfg-options {' '.join(options)}: {reason_of(error)}") from error


def _moved(value: Any, old: str, new: str) -> Any:
    """Paths within one folder, wherever they are in a part of a config, as paths within another."""
    if isinstance(value, str):
        return new + value.removeprefix(old) if f"{value}/".startswith(f"{old}/") else value
    if isinstance(value, dict):
        for key in value:
            value[key] = _moved(value[key], old, new)
        return value
    return (
        type(value)(_moved(entry, old, new) for entry in value) if isinstance(value, (list, tuple)) else value
    )


def _known_keys(name: str | None, kind: Any) -> Iterable[str] | None:
    """Keys that a dict may have besides those in it; None if that cannot be known."""
    if name is None:
        return _read_names()
    if name.endswith("_dataloader"):
        return arguments_of(DataLoader)[0] | {"num_batch_per_epoch"}
    if kind is None:
        return _UNTYPED.get(name, ())
    built = kind if inspect.isclass(kind) or inspect.isfunction(kind) else find_type(str(kind))
    # Of an optimizer's wrapper, what mmengine takes out before it is built.
    extra = ("constructor", "paramwise_cfg") if name == "optim_wrapper" else ()
    return None if built is None else {"type", *extra, *arguments_of(built)[0]}
