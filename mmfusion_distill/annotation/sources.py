"""Which pairs to annotate, by folders or by the data sets of a config."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..io.pairing import ImagePair, find_pairs, read_name_list
from ..user_errors import UserError

if TYPE_CHECKING:
    from mmengine.config import Config

_LOADERS = ("train_dataloader", "val_dataloader", "test_dataloader")


@dataclass(frozen=True)
class AnnotationJob:
    """Pairs whose annotations go to one folder.

    Args:
        pairs (tuple[ImagePair, ...]): The pairs, each once.
        folder (Path): Folder of annotation files.
        modality (str): 'infrared-visible' or 'medical'.
        unmatched (tuple[str, ...]): Files without a partner.
    """

    pairs: tuple[ImagePair, ...]
    folder: Path
    modality: str
    unmatched: tuple[str, ...] = ()

    def shard(self, index: int, count: int) -> "AnnotationJob":
        """Part ``index`` (from 1) of ``count`` parts that together are all pairs."""
        return AnnotationJob(self.pairs[index - 1 :: count], self.folder, self.modality, self.unmatched)


def job_of_folders(
    folder_a: str, folder_b: str, out: str | None, names: str | None, modality: str
) -> AnnotationJob:
    """Job for two folders of pictures.

    Args:
        folder_a (str): Pictures of source A.
        folder_b (str): Pictures of source B.
        out (str | None): Folder of annotation files; None: ``annotations`` beside ``folder_a``.
        names (str | None): File with one name per line; None: all pairs.
        modality (str): 'infrared-visible' or 'medical'.

    Raises:
        PairingError: If the folders do not pair up.
    """
    pairs, unmatched = find_pairs(folder_a, folder_b, read_names(names))
    folder = Path(out) if out else Path(folder_a).resolve().parent / "annotations"
    return AnnotationJob(tuple(pairs), folder, modality, tuple(unmatched))


def jobs_of_config(path: str, out: str | None = None) -> list[AnnotationJob]:
    """Jobs for the data sets of a config (train, val and test), those of one folder joined.

    Args:
        path (str): Config file.
        out (str | None): Folder of annotation files in place of the config's. Default: None.

    Raises:
        UserError: If the config has no paired data set, or one that names no annotation folder.
    """
    # Folders need no mmengine.
    from mmengine.config import Config

    config = Config.fromfile(path)
    jobs: dict[tuple[Path, str], dict[ImagePair, None]] = {}
    unmatched: dict[str, None] = {}
    for loader, dataset in _datasets(config):
        root, prefix = Path(dataset.get("data_root", "")), dataset["data_prefix"]
        needed = root / (dataset.get("ann_file") or prefix["img_a"])
        if loader == "test_dataloader" and not needed.exists():
            # The pairs that results are reported on are often not there, and training needs no annotation of them.
            continue
        if not out and "annotation" not in prefix:
            raise UserError(f"{path}: data_prefix names no folder 'annotation': add it, or give --out")
        names = dataset.get("ann_file")
        pairs, lonely = find_pairs(
            root / prefix["img_a"], root / prefix["img_b"], read_names(root / names if names else None)
        )
        unmatched.update(dict.fromkeys(lonely))
        key = Path(out) if out else root / prefix["annotation"], dataset.get("modality", "infrared-visible")
        jobs.setdefault(key, {}).update(dict.fromkeys(pairs))
    if not jobs:
        raise UserError(f"{path} has no data set with folders img_a and img_b")
    return [AnnotationJob(tuple(pairs), *key, tuple(unmatched)) for key, pairs in jobs.items()]


def _datasets(config: "Config") -> Iterator[tuple[str, dict]]:
    for loader in _LOADERS:
        loaders = config.get(loader) or ()
        for one in [loaders] if isinstance(loaders, dict) else loaders:
            dataset = one["dataset"]
            while "dataset" in dataset:  # wrappers such as RepeatDataset
                dataset = dataset["dataset"]
            for part in dataset.get("datasets", [dataset]):
                if {"img_a", "img_b"} <= set(part.get("data_prefix") or ()):
                    yield loader, part


def read_names(path: str | Path | None) -> Sequence[str] | None:
    """Names in a list (one per line, with or without extension); None for no list."""
    if path is None:
        return None
    return read_name_list(path)
