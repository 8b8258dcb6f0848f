"""Weights that come with the package: those of `configs/fusion_distill/metafile.yml` that have an alias."""

from fnmatch import fnmatchcase
from pathlib import Path

from .model_index import ModelEntry, read_model_index

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
