"""Reading configs, and what is wrong with them in a sentence."""

import ast
import inspect
import sys
import typing
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeGuard

import yaml
from mmengine.config import Config
from mmengine.registry import Registry

from .. import registry as our_registries
from ..user_errors import MissingFileError, UserError, reason_of
from .model_index import config_root

#: Parts of a config whose dicts with a `type` are built.
_BUILT = (
    "model",
    "optim_wrapper",
    "param_scheduler",
    "train_cfg",
    "val_cfg",
    "test_cfg",
    "default_hooks",
    "custom_hooks",
    "visualizer",
    "log_processor",
)
#: Keys that mmengine takes out of a dict before it builds it.
_TAKEN = {"type", "_scope_", "_delete_", "constructor", "paramwise_cfg", "convert_to_iter_based"}


class ConfigError(UserError):
    """A config that cannot be used; the message names the file or the key."""


def read_config(path: str | Path) -> Config:
    """Read a config of a model.

    Returns:
        Config: The config; its model has a type.

    Raises:
        ConfigError: If the file cannot be read, or is no config of a model.
        MissingFileError: If it does not exist.
    """
    config = read_config_file(path)
    model = config.get("model")
    if not isinstance(model, dict) or not isinstance(model.get("type"), (str, type)):
        raise ConfigError(
            f"the config {path} has no model with a type: name one as those in configs/fusion_distill do"
        )
    return config


def network_of(model: dict) -> dict:
    """Config of the network that fuses: an ImageFusor's generator, of a distillation the student."""
    return fusor_of(model)["generator"]


def fusor_of(model: dict) -> dict:
    """Config of the model that fuses: itself, of a distillation the student as an ImageFusor."""
    if str(model["type"]).rpartition(".")[2] != "FusionDistiller":
        return model
    kept = {key: model[key] for key in ("test_cfg", "data_preprocessor") if key in model}
    return dict(type="ImageFusor", generator=model["student"], **kept)


def read_config_file(path: str | Path) -> Config:
    """Read a config, of a model or of something else.

    The folder of the file is importable from then on, so that `custom_imports` finds modules beside it.

    Args:
        path (str | Path): The file, or the name of a config that comes with the package.

    Returns:
        Config: The config.

    Raises:
        ConfigError: If the file cannot be read.
        FileNotFoundError: If it does not exist.
    """
    path = named_config(path)
    if not Path(path).is_file():
        raise MissingFileError(
            f"the config {path} does not exist: name a file, or one of those that `mmfusion models --configs` lists"
        )
    _make_importable(Path(path).resolve().parent)
    if _inherits_from_itself(Path(path)):
        # mmengine finds out too, but only after it has read the file a thousand times.
        raise ConfigError(f"the config {path} inherits from itself: look at its _base_")
    try:
        if Path(path).suffix in (".yml", ".yaml"):
            # mmengine's reader would run what tags of Python ask for.
            yaml.safe_load(Path(path).read_text())
        return Config.fromfile(path)
    except RecursionError:
        raise ConfigError(f"the config {path} is nested too deep, or inherits from itself") from None
    except Exception as error:  # it is a program, which fails in its own way
        raise ConfigError(
            f"the config {path} cannot be read ({type(error).__name__}: {reason_of(error)})"
        ) from error


def named_config(name: str | Path) -> Path:
    """The file of a config that comes with the package, by its name; any other name is a path already."""
    path = Path(name)
    if path.is_file() or len(path.parts) > 1:
        return path
    folder = config_root() / "configs"
    found = sorted(folder.glob(f"*/{path.name.removesuffix('.py')}.py"))
    return next((file for file in found if file.parent.name != "_base_"), path)


def _make_importable(folder: Path) -> None:
    # At the end: nothing beside a config takes the place of a package.
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _inherits_from_itself(path: Path, heirs: tuple[Path, ...] = ()) -> bool:
    """Whether a Python config is among its own bases, as far as these are written down plainly."""
    path = path.resolve()
    if path in heirs or not path.is_file() or path.suffix != ".py":
        return path in heirs
    try:
        statements = ast.parse(path.read_bytes()).body
        bases = [ast.literal_eval(entry.value) for entry in statements if _sets_base(entry)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # reading it will say what is wrong
        return False
    names = [name for base in bases for name in (base if isinstance(base, (list, tuple)) else [base])]
    return any(
        _inherits_from_itself(path.parent / name, (*heirs, path)) for name in names if isinstance(name, str)
    )


def _sets_base(statement: ast.stmt) -> TypeGuard[ast.Assign]:
    return isinstance(statement, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "_base_" for target in statement.targets
    )


def check_config(config: Config, path: str | Path) -> None:
    """Check the types that a config names, and the names of their arguments.

    Raises:
        ConfigError: Names the key and what was probably meant.
    """
    # Names of another toolbox, which checks them itself.
    if config.get("default_scope", "mmfusion") != "mmfusion":
        return
    for key, value in config.to_dict().items():
        if key in _BUILT or key.endswith(("_dataloader", "_evaluator")):
            for where, part in _typed(value, key):
                _check_part(part, where, path)


def find_type(name: str) -> Any:
    """The object registered under a name in any registry, or None."""
    return next((built for registry in _registries() if (built := registry.get(name)) is not None), None)


def constructors_of(built: Any) -> Iterator[Callable]:
    """The functions that take the arguments of a class or function: of bases too, as far as **kwargs reach."""
    for owner in inspect.getmro(built) if inspect.isclass(built) else (built,):
        function = vars(owner).get("__init__") if inspect.isclass(owner) else owner
        if inspect.isfunction(function):
            yield function
            if not _takes_others(function):
                return


def arguments_of(built: Any) -> tuple[set[str], bool]:
    """Names of the arguments of a class or function, of base classes too, and whether these are all."""
    functions = list(constructors_of(built))
    parameters = [
        entry for function in functions for entry in inspect.signature(function).parameters.values()
    ]
    names = {
        entry.name for entry in parameters if entry.kind not in (entry.VAR_KEYWORD, entry.VAR_POSITIONAL)
    }
    return names - {"self"}, bool(functions) and not _takes_others(functions[-1])


def _registries() -> Iterator[Registry]:
    yield from (entry for entry in vars(our_registries).values() if isinstance(entry, Registry))


def _typed(value: Any, where: str) -> Iterator[tuple[str, dict]]:
    if isinstance(value, dict):
        if isinstance(value.get("type"), str):
            yield where, value
        for key, inner in value.items():
            yield from _typed(inner, f"{where}.{key}")
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _typed(inner, f"{where}.{index}")


def _check_part(part: dict, where: str, path: str | Path) -> None:
    name = part["type"]
    scope, _, plain = name.rpartition(".")
    # Another toolbox takes seconds to import, or may not be installed.
    if scope not in ("", "mmfusion"):
        return
    built = find_type(name)
    if built is None and find_type(f"mmagic.{plain}") is not None:
        raise ConfigError(f"{path}: {where}.type is '{name}', which is MMagic's: write 'mmagic.{plain}'")
    if built is None:
        registries = [entry for registry in _registries() for entry in (registry, registry.parent)]
        known = {entry for registry in registries for entry in registry.module_dict}
        raise ConfigError(
            f"{path}: {where}.type is '{name}', which is not a registered type{_nearest(plain, known)}"
        )
    for key, value in part.items():
        if isinstance(value, str) and _is_number(built, key):
            raise ConfigError(f"{path}: {where}.{key} is '{value}', but {name} takes a number there")
    names, closed = arguments_of(built)
    ours = getattr(built, "__module__", "").startswith("mmfusion_distill.")
    # A class of another package may hand its **kwargs on to something else than its base.
    if not closed or not (ours or not _takes_others(built)):
        return
    for key in part:
        if key not in names | _TAKEN:
            raise ConfigError(
                f"{path}: {where} has '{key}', which {name} does not take{_nearest(key, names)}"
            )


def _takes_others(built: Any) -> bool:
    """Whether a class or function takes arguments besides those in its own signature, or that cannot be known."""
    try:
        parameters = inspect.signature(built).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(entry.kind is entry.VAR_KEYWORD for entry in parameters)


def _is_number(built: Any, argument: str) -> bool:
    """Whether an argument is annotated as a number, in a class or the first of its bases that has it."""
    for function in constructors_of(built):
        if argument in inspect.signature(function).parameters:
            try:
                hint = typing.get_type_hints(function).get(argument)
            except (NameError, TypeError):  # a hint that is there for type checkers only
                return False
            return hint is not None and set(typing.get_args(hint) or [hint]) <= {int, float, bool, type(None)}
    return False


def _nearest(name: Any, known: set[str]) -> str:
    near = get_close_matches(str(name), known, 1, 0.5)
    return f": did you mean '{near[0]}'?" if near else f": it takes {', '.join(sorted(known)[:12])}"
