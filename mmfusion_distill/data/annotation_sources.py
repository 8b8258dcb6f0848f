"""Which pairs to annotate, by folders or by the data sets of a config."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..images.image_files import read_name_list
from ..images.pairing import ImagePair, named_pairs
from ..user_errors import UserError

_LOADERS = ("train_dataloader", "val_dataloader", "test_dataloader")


@dataclass(frozen=True)
class AnnotationJob:
    """Pairs whose annotations go to one folder.

    Args:
        pairs (tuple[ImagePair, ...]): The pairs, each once.
        folder (Path): Folder of annotation files.
        modality (str): 'infrared-visible' or 'medical'.
        unmatched (tuple[str, ...]): Files without a partner. Default: ().
        note (str): How names that differ were paired. Default: ''.
    """

    pairs: tuple[ImagePair, ...]
    folder: Path
    modality: str
    unmatched: tuple[str, ...] = ()
    note: str = ""


def job_of_folders(
    folder_a: str,
    folder_b: str,
    out: str | None,
    names: str | None,
    modality: str,
    pattern: Sequence[str] | None = None,
) -> AnnotationJob:
    """Job for two folders of images.

    Args:
        folder_a (str): Images of source A.
        folder_b (str): Images of source B.
        out (str | None): Folder of annotation files; None: ``annotations`` beside ``folder_a``.
        names (str | None): File with one name per line; None: all pairs.
        modality (str): 'infrared-visible' or 'medical'.
        pattern (Sequence[str], optional): See :func:`~mmfusion_distill.images.pairing.pair_folders`. Default: None.

    Raises:
        PairingError: If the folders do not pair up.
    """
    listed = None if names is None else read_name_list(names)
    pairing = named_pairs(folder_a, folder_b, listed, pattern)
    folder = Path(out) if out else Path(folder_a).resolve().parent / "annotations"
    return AnnotationJob(tuple(pairing.pairs), folder, modality, tuple(pairing.unmatched), pairing.note)


def jobs_of_config(path: str | Path, out: str | None = None) -> list[AnnotationJob]:
    """Jobs for the data sets of a config (train, val and test), those of one folder joined.

    Raises:
        ConfigError: If the file cannot be read.
        FileNotFoundError: If it does not exist.
        PairingError: If the folders of a data set do not pair up.
        UserError: If the config has no paired data set, or one that names no annotation folder or is malformed.
    """
    # Folders need no mmengine.
    from ..zoo.config_files import read_config_file

    config = read_config_file(path).to_dict()
    jobs: dict[tuple[Path, str], dict[ImagePair, None]] = {}
    unmatched: dict[str, None] = {}
    for loader, dataset in _datasets(config, path):
        root, prefix = Path(dataset.get("data_root") or ""), dataset["data_prefix"]
        needed = root / (dataset.get("ann_file") or prefix["img_a"])
        if loader == "test_dataloader" and not needed.exists():
            # The pairs that results are reported on are often not there, and training needs no annotation of them.
            continue
        if not out and not prefix.get("annotation"):
            raise UserError(f"{path}: data_prefix names no folder 'annotation': add it, or give --out")
        names = read_name_list(root / dataset["ann_file"]) if dataset.get("ann_file") else None
        pairing = named_pairs(root / prefix["img_a"], root / prefix["img_b"], names, dataset.get("pattern"))
        unmatched.update(dict.fromkeys(pairing.unmatched))
        key = Path(out) if out else root / prefix["annotation"], dataset.get("modality") or "infrared-visible"
        jobs.setdefault(key, {}).update(dict.fromkeys(pairing.pairs))
    if not jobs:
        raise UserError(f"{path} has no data set with folders img_a and img_b")
    return [AnnotationJob(tuple(pairs), *key, tuple(unmatched)) for key, pairs in jobs.items()]


def _datasets(config: Mapping, path: str | Path) -> Iterator[tuple[str, Mapping]]:
    for loader in _LOADERS:
        loaders = config.get(loader) or ()
        for one in [loaders] if isinstance(loaders, Mapping) else loaders if _is_list(loaders) else [None]:
            for dataset in _unwrapped(one, f"{path}: {loader}"):
                prefix = dataset.get("data_prefix") or {}
                if isinstance(prefix, Mapping) and {"img_a", "img_b"} <= set(prefix):
                    _check_paths(dataset, f"{path}: {loader}")
                    yield loader, dataset


def _unwrapped(loader: Any, where: str) -> list[Mapping]:
    """The data sets of a loader, out of wrappers such as RepeatDataset and ConcatDataset."""
    dataset = loader
    while isinstance(dataset, Mapping) and isinstance(dataset.get("dataset"), Mapping):
        dataset = dataset["dataset"]
    if dataset is loader:
        raise UserError(f"{where} has no dataset: it is a dict with a dict called dataset")
    parts = dataset.get("datasets", [dataset])
    if not _is_list(parts) or not all(isinstance(part, Mapping) for part in parts):
        raise UserError(f"{where}: datasets is no list of data sets")
    return list(parts)


def _check_paths(dataset: Mapping, where: str) -> None:
    named = {key: dataset.get(key) for key in ("data_root", "ann_file", "modality")} | dict(
        dataset["data_prefix"]
    )
    for key, value in named.items():
        if not isinstance(value, (str, type(None))) or (value is None and key in ("img_a", "img_b")):
            raise UserError(f"{where}: {key} of its dataset is {str(value)[:40]!r} instead of a name")


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))
