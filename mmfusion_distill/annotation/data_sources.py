"""Which pairs a config or two folders hold, and where their annotations belong."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmengine.config import Config
from mmengine.logging import print_log

from ..datasets.pairing import ImagePair, PairingError, find_pairs, image_stem, shorten

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class DataSource:
    """Pairs whose annotations go to one folder.

    Args:
        pairs (tuple[ImagePair, ...]): The pairs.
        folder (Path): Folder of their annotation files.
        modality (str): 'infrared-visible' or 'medical'.
    """

    pairs: tuple[ImagePair, ...]
    folder: Path
    modality: str


def sources_of_folders(
    folder_a: str | Path,
    folder_b: str | Path,
    out: str | Path | None = None,
    ann_file: str | Path | None = None,
    modality: str = "infrared-visible",
) -> list[DataSource]:
    """The pairs of two folders; files without a partner are named in a warning.

    Args:
        folder_a (str | Path): Images of source A.
        folder_b (str | Path): Images of source B.
        out (str | Path, optional): Folder of annotation files. Default: None, `annotations` beside folder A.
        ann_file (str | Path, optional): List of names to use. Default: None, all.
        modality (str): 'infrared-visible' or 'medical'. Default: 'infrared-visible'.

    Raises:
        PairingError: If folders are missing or nothing pairs up.
    """
    pairs, unmatched = find_pairs(folder_a, folder_b, read_names(ann_file) if ann_file else None)
    if unmatched:
        print_log(
            f"{len(unmatched)} files have no partner and are left out: {shorten(unmatched)}",
            level=logging.WARNING,
        )
    folder = Path(out) if out else Path(folder_a).parent / "annotations"
    return [DataSource(tuple(pairs), folder, modality)]


def sources_of_config(
    path: str | Path, splits: Sequence[str] = SPLITS, out: str | Path | None = None
) -> list[DataSource]:
    """The pairs of the data sets that a config names, each pair once.

    Args:
        path (str | Path): Config with `train_dataloader`, `val_dataloader` or `test_dataloader`.
        splits (Sequence[str]): Which of 'train', 'val', 'test'. Default: all three.
        out (str | Path, optional): Folder of annotation files instead of the one in the config. Default: None.

    Raises:
        ValueError: If the config names no data set of pairs, or no folder of annotations.
        PairingError: If folders are missing or nothing pairs up.
    """
    config = Config.fromfile(path)
    found: dict[tuple[Path, str], dict[ImagePair, None]] = {}
    for split in splits:
        for dataset in _datasets((config.get(f"{split}_dataloader") or {}).get("dataset")):
            root, prefix = dataset.get("data_root", ""), dataset["data_prefix"]
            folder = out or (Path(root, prefix["annotation"]) if prefix.get("annotation") else None)
            if folder is None:
                raise ValueError(
                    f"{path}: the {split} data set has no folder of annotations: add `annotation` to its "
                    "data_prefix or say where they go with --out"
                )
            names = read_names(Path(root, dataset["ann_file"])) if dataset.get("ann_file") else None
            pairs, _ = find_pairs(Path(root, prefix["img_a"]), Path(root, prefix["img_b"]), names)
            key = Path(folder), dataset.get("modality", "infrared-visible")
            found.setdefault(key, {}).update(dict.fromkeys(pairs))
    if not found:
        raise ValueError(f"{path} names no data set of image pairs in {', '.join(splits)}")
    return [DataSource(tuple(pairs), folder, modality) for (folder, modality), pairs in found.items()]


def read_names(path: str | Path) -> list[str]:
    """Names in a list file, one a line, with or without extension.

    Raises:
        PairingError: If the file cannot be read or is empty.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise PairingError(f"the list of names {path} cannot be read ({error.strerror})") from error
    names = [image_stem(line.strip()) for line in lines if line.strip()]
    if not names:
        raise PairingError(f"the list of names {path} is empty")
    return names


def _datasets(node: object) -> Iterator[dict]:
    """Data sets of pairs inside wrappers such as RepeatDataset and ConcatDataset."""
    if isinstance(node, (list, tuple)):
        for item in node:
            yield from _datasets(item)
    elif isinstance(node, dict):
        if {"img_a", "img_b"} <= set(node.get("data_prefix") or {}):
            yield node
        for name in ("dataset", "datasets"):
            yield from _datasets(node.get(name))
