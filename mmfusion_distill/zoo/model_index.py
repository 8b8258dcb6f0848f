"""The model index, and the weights of it that come with the package."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from ..user_errors import UserError

PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class ModelEntry:
    """A config, and its weights if they come with the package.

    Args:
        name (str): Name of the config.
        config (Path): Its file.
        parameters (int): Of the network, of a distillation's student.
        flops (int): Operations of the network at 640x480, a multiply-add counted as 2.
        training_data (tuple[str, ...]): Data sets; none for a config that only evaluates.
        results (dict[str, dict[str, float]]): Metrics by data set, where they were measured.
        alias (str | None): What `--weights` takes. None without weights, like the next two.
        weights (Path | None): Their file.
        sha256 (str | None): Its hash.
    """

    name: str
    config: Path
    parameters: int
    flops: int
    training_data: tuple[str, ...]
    results: dict[str, dict[str, float]] = field(hash=False)
    alias: str | None = None
    weights: Path | None = None
    sha256: str | None = None


def config_root() -> Path:
    """The folder with `configs` and `model-index.yml`: the repository, else `.mim` of an installed package.

    Raises:
        UserError: If there is none.
    """
    # In the repository first: what an editable installation copied to .mim grows old there.
    for folder in (PACKAGE.parent, PACKAGE / ".mim"):
        if (folder / "model-index.yml").is_file():
            return folder
    raise UserError(f"the configs of the package are not in {PACKAGE / '.mim'}: install the package again")


@cache
def read_model_index() -> tuple[ModelEntry, ...]:
    """All entries of the metafiles that `model-index.yml` imports, in their order.

    Raises:
        UserError: If a file is missing.
    """
    # Reading takes as long as a command takes to print its help, which must not wait for it.
    import yaml

    root = config_root()
    index = yaml.safe_load((root / "model-index.yml").read_text())
    models = [
        model for file in index["Import"] for model in yaml.safe_load((root / file).read_text())["Models"]
    ]
    return tuple(_entry(model, root) for model in models)


def find_config(name: str) -> Path:
    """The file of a config by its name."""
    return next(entry.config for entry in read_model_index() if entry.name == name)


def _entry(model: dict, root: Path) -> ModelEntry:
    facts = model["Metadata"]
    data = facts.get("Training Data", [])
    return ModelEntry(
        name=model["Name"],
        config=root / model["Config"],
        parameters=facts["Parameters"],
        flops=facts["FLOPs"],
        training_data=(data,) if isinstance(data, str) else tuple(data),
        results={result["Dataset"]: result["Metrics"] for result in model.get("Results", [])},
        alias=model.get("Alias"),
        # The package lies in the repository as it does where it is installed.
        weights=PACKAGE.parent / model["Weights"] if "Weights" in model else None,
        sha256=model.get("SHA256"),
    )


DEFAULT_WEIGHTS = "student"
#: Before such a name where MMEngine loads checkpoints.
SCHEME = "mmfusion://"
#: What stands for the fusion without a network where weights are named.
PYRAMID = "pyramid"


def shipped_models() -> dict[str, ModelEntry]:
    """Entries of the weights that come with the package by their names, the default first."""
    return {entry.alias: entry for entry in read_model_index() if entry.alias is not None}


def shipped_weights(name: str | Path) -> Path:
    """The file of weights that come with the package; any other name is a path already.

    A checkpoint or the work folder of a run that is called like them is meant itself.
    """
    name = str(name).removeprefix(SCHEME)
    path = Path(name)
    if path.is_file() or (path / "last_checkpoint").is_file():
        return path
    entry = shipped_models().get(name)
    return path if entry is None else entry.weights


def list_models(pattern: str = "*", pretrained: bool = True) -> list[str]:
    """Names that :func:`get_model` takes.

    Args:
        pattern (str): Only names like this, e.g. '*tiny*', of any case. Default: '*', all.
        pretrained (bool): Only those whose weights come with the package, the default first; these
            `FusionInferencer(weights=...)` takes too. Else also those of all configs. Default: True.
    """
    names = list(shipped_models())
    if not pretrained:
        names += [entry.name for entry in read_model_index()]
    return [name for name in names if fnmatchcase(name.lower(), pattern.lower())]


def exported_weights(entry: ModelEntry) -> Path:
    """Where the exported network of weights that come with the package lies, if it comes too."""
    return entry.weights.with_suffix(".onnx")


def exported_beside(weights: Path) -> Path | None:
    """The exported network that comes with the package for weights of its own; None if there is none."""
    entry = next((entry for entry in shipped_models().values() if entry.weights == weights), None)
    return exported_weights(entry) if entry is not None and exported_weights(entry).is_file() else None
