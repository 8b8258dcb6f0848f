"""Settings of the command line that a config can take."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from mmengine.config import Config
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from ..user_errors import UserError
from .config_files import arguments_of, find_type

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


def check_options(config: Config, options: Mapping[str, Any]) -> None:
    """Check that every setting is one that the config has, or that what it belongs to takes.

    A misspelt key would be added to the config, where nobody reads it.

    Args:
        config (Config): The config.
        options (Mapping[str, Any]): Settings by path, e.g. `model.generator.dim`.

    Raises:
        UserError: If a key is unknown; names the nearest that is known.
    """
    for path in options:
        node: Any = config.to_dict()
        keys = path.split(".")
        for depth, key in enumerate(keys):
            where = ".".join(keys[:depth])
            if isinstance(node, Sequence) and not isinstance(node, str):
                if not key.isdecimal() or int(key) >= len(node):
                    raise UserError(
                        f"--cfg-options {path}: {where} has the entries 0 to {len(node) - 1}, not '{key}'"
                    )
                node = node[int(key)]
                continue
            if not isinstance(node, Mapping):
                # What the config leaves open may be given with whatever it holds.
                if node is None:
                    break
                raise UserError(f"--cfg-options {path}: {where} is {node!r} and has no keys")
            kind = options.get(f"{where}.type", node.get("type"))
            known = _known_keys(keys[depth - 1] if depth else None, kind)
            if known is None:
                break
            if key not in node and key not in known:
                near = get_close_matches(key, [*node, *known], 1, 0.5)
                there = ", ".join(map(str, node)) or "no keys"
                hint = f"did you mean '{near[0]}'?" if near else f"it has {there}"
                raise UserError(f"--cfg-options {path}: {where or 'the config'} has no '{key}': {hint}")
            node = node.get(key)


def _known_keys(name: str | None, kind: Any) -> Iterable[str] | None:
    """Keys that a dict may have besides those in it; None if that cannot be known."""
    if name is None:
        return arguments_of(Runner)[0] - {"cfg"} | _TOP_LEVEL
    if name.endswith("_dataloader"):
        return arguments_of(DataLoader)[0] | {"num_batch_per_epoch"}
    if kind is None:
        return _UNTYPED.get(name, ())
    built = kind if inspect.isclass(kind) or inspect.isfunction(kind) else find_type(str(kind))
    # Of an optimizer's wrapper, what mmengine takes out before it is built.
    extra = ("constructor", "paramwise_cfg") if name == "optim_wrapper" else ()
    return None if built is None else {"type", *extra, *arguments_of(built)[0]}
