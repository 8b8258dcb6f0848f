"""Weights that come with the package: those of `configs/fusion_distill/metafile.yml` that have an alias."""

from pathlib import Path

from .model_index import ModelEntry, read_model_index

DEFAULT_WEIGHTS = "student"


def shipped_models() -> dict[str, ModelEntry]:
    """Entries of the weights that come with the package by their names, the default first."""
    return {entry.alias: entry for entry in read_model_index() if entry.alias is not None}


def shipped_weights(name: str | Path) -> Path:
    """The file of weights that come with the package; any other name is a path already.

    A checkpoint or the work folder of a run that is called like them is meant itself.
    """
    path = Path(name)
    if path.is_file() or (path / "last_checkpoint").is_file():
        return path
    entry = shipped_models().get(str(name))
    return path if entry is None else entry.weights
