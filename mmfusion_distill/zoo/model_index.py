"""The metafiles of the configs: every config's network, and the weights that come with the package."""

from dataclasses import dataclass, field
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
