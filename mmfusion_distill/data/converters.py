"""Bringing downloads of public data sets into the form that the configs read: checks, split files, texts."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..annotation.annotation_file import annotation_path_of, find_annotation_of, write_annotation
from ..annotation.annotation_types import Annotation, Event
from ..images.image_files import IMAGE_EXTENSIONS, PairingError, image_stem
from ..images.pairing import ImagePair, find_pairs, shorten
from ..system.number_range import counted
from ..system.regular_file import write_text_atomically
from ..user_errors import UserError

#: A file a data set: name of the pair -> its events, each with a description.
TEXTS = Path(__file__).parent / "texts"


def read_shipped_texts(dataset: str) -> dict[str, Annotation]:
    """Annotations by the names of the pairs."""
    texts = json.loads((TEXTS / f"{dataset}.json").read_text(encoding="utf-8"))
    return {
        name: Annotation(tuple(Event(*event) for event in events), annotator="vision-language model")
        for name, events in texts.items()
    }


def write_shipped_texts(dataset: str, pairs: Iterable[ImagePair], folder: str | Path) -> int:
    """Write the annotation files of those pairs that have a text and no annotation yet.

    Args:
        dataset (str): As for :func:`read_shipped_texts`.
        pairs (Iterable[ImagePair]): The pairs of a download.
        folder (str | Path): Folder of annotation files; made if need be.

    Returns:
        int: How many were written.
    """
    texts, written = read_shipped_texts(dataset), 0
    for pair in pairs:
        if pair.name in texts and find_annotation_of(pair, folder) is None:
            write_annotation(annotation_path_of(pair, folder), texts[pair.name])
            written += 1
    return written


#: Splits that are the same for everybody.
SPLITS = Path(__file__).parent / "splits"


@dataclass(frozen=True)
class PairFolders:
    """Two folders of a data set that pair up.

    Args:
        img_a (str): Folder of source A below the root, as the configs name it.
        img_b (str): Folder of source B.
        lists (tuple[tuple[str, float], ...]): List files to write and the share of the pairs in each; the shares
            add up to 1. Default: ().
        split (str): Name of a split in `data/splits` instead of `lists`: the pairs that it names go to
            `train.txt` and `val.txt`, all others to `test.txt`. Default: '', none.
        expected (int): Pairs in a complete download; 0: any number. Default: 0.
        texts (str): Name of texts in `data/texts`, which become annotations. Default: '', none.
    """

    img_a: str
    img_b: str
    lists: tuple[tuple[str, float], ...] = ()
    split: str = ""
    expected: int = 0
    texts: str = ""


def prepare_dataset(
    root: str | Path,
    folders: tuple[PairFolders, ...],
    modality: str = "infrared-visible",
    annotator: str | dict | None = None,
    seed: int = 0,
    overwrite: bool = False,
) -> list[str]:
    """Check a download, write its lists and, if asked, its annotations.

    A list that is there already stays, so that a split under which something was trained cannot change unnoticed.

    Args:
        root (str | Path): Folder of the data set.
        folders (tuple[PairFolders, ...]): What should be in it.
        modality (str): 'infrared-visible' or 'medical'. Default: 'infrared-visible'.
        annotator (str | dict, optional): Who annotates, see
            :func:`~mmfusion_distill.annotation.annotators.builder.build_annotator`. Default: None, nobody.
        seed (int): Of a random split. Default: 0.
        overwrite (bool): Write lists that are there again. Default: False.

    Returns:
        list[str]: One line per step for the user.

    Raises:
        PairingError: If folders are missing or images have no partner; names them.
    """
    root = Path(root)
    pairs_of = {part: _checked_pairs(root, part) for part in folders}
    report = []
    for part, pairs in pairs_of.items():
        found = f"{root / part.img_a} and {part.img_b}: {counted(len(pairs), 'pair')}"
        if part.expected and len(pairs) != part.expected:
            found += f" (a complete download has {part.expected})"
        report.append(found)
        names = [pair.path_a.name for pair in pairs]
        if part.split:
            lists = _fixed_lists(part.split, names)
        else:
            shares = dict(part.lists)
            lists = dict(zip(shares, split_names(names, tuple(shares.values()), seed))) if shares else {}
        report += _write_lists(root, lists, overwrite)
        target = (root / part.img_a).parent / "annotations"
        if part.texts and (count := write_shipped_texts(part.texts, pairs, target)):
            report.append(f"{target}: {count} texts that come with the package")
        if annotator is not None:
            from ..annotation.annotate_pairs import annotate_pairs, format_summary
            from ..annotation.annotators.builder import build_annotator

            summary = annotate_pairs(build_annotator(annotator), pairs, target, modality)
            report.append(format_summary(summary, target))
    return report


def split_names(names: list[str], shares: tuple[float, ...], seed: int = 0) -> list[list[str]]:
    """Split names at random, the same on every machine for the same names and seed.

    Returns:
        list[list[str]]: The parts, each sorted; every name is in exactly one.
    """
    if abs(sum(shares) - 1) > 1e-6:
        raise UserError(f"the shares of a split add up to 1, but {shares} to {sum(shares):g}")
    names = sorted(names)
    order = np.random.default_rng(seed).permutation(len(names))
    ends = [round(end * len(names)) for end in np.cumsum(shares)]
    return [sorted(names[index] for index in order[start:end]) for start, end in zip([0, *ends[:-1]], ends)]


def adopt_folders(root: str | Path, spellings: dict[str, tuple[str, ...]]) -> list[str]:
    """Rename folders of a download that are spelt otherwise than the configs spell them.

    Returns:
        list[str]: One line per renamed folder.
    """
    root = Path(root)
    report = []
    for wanted, others in spellings.items():
        if (root / wanted).is_dir() and _spelt_exactly(root / wanted):
            continue
        present = next((root / other for other in others if (root / other).is_dir()), None)
        if present is None:
            continue
        target = root / wanted
        target.parent.mkdir(parents=True, exist_ok=True)
        present.rename(target)
        report.append(f"renamed {present} to {target}")
    return report


def _spelt_exactly(path: Path) -> bool:
    # File systems that ignore case find `vis` also as `Vis`.
    return path.name in {entry.name for entry in path.parent.iterdir()}


def _checked_pairs(root: Path, part: PairFolders) -> list[ImagePair]:
    folders = root / part.img_a, root / part.img_b
    missing = [str(folder) for folder in folders if not folder.is_dir()]
    if missing:
        raise PairingError(
            f"{' and '.join(missing)} not found: give the folder into which the download was unpacked, "
            f"the one that holds {part.img_a} and {part.img_b}"
        )
    pairs, unmatched = find_pairs(*folders)
    if unmatched:
        raise PairingError(
            f"{counted(len(unmatched), 'image')} without a partner: {shorten(unmatched)}; the download is incomplete "
            "or the files have to be renamed or removed"
        )
    return pairs


def read_split(name: str) -> dict[str, str]:
    """Part of every pair that a split names.

    Returns:
        dict[str, str]: 'train' or 'val' by the pair's name.
    """
    lines = (SPLITS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split(maxsplit=1) for line in lines if not line.startswith("#"))
    return {pair: part for part, pair in rows}


def _fixed_lists(split: str, names: list[str]) -> dict[str, list[str]]:
    part_of = read_split(split)
    lists: dict[str, list[str]] = {"train.txt": [], "val.txt": [], "test.txt": []}
    for name in sorted(names):
        lists[f"{part_of.get(image_stem(name), 'test')}.txt"].append(name)
    return lists


def _write_lists(root: Path, lists: dict[str, list[str]], overwrite: bool) -> list[str]:
    there = [name for name in lists if (root / name).is_file()]
    report = []
    if there and not overwrite:
        report.append(f"{', '.join(there)} there already and kept (--overwrite writes them again)")
    for name, part in lists.items():
        # A test list beside lists that were written before there was one: what was trained does not depend on it.
        is_missing_test = name == "test.txt" and name not in there
        if part and (overwrite or not there or is_missing_test):
            write_text_atomically(root / name, "\n".join(part) + "\n")
            report.append(f"{name}: {counted(len(part), 'pair')}")
    return report


def collect_pairs_by_keyword(
    source: str | Path, keywords_a: tuple[str, ...], keywords_b: tuple[str, ...]
) -> dict[str, tuple[Path, Path]]:
    """Pairs in nested folders whose files are told apart by a word in their name, as in TNO.

    Args:
        source (str | Path): Folder with one folder per scene.
        keywords_a (tuple[str, ...]): Words of source A, lower case.
        keywords_b (tuple[str, ...]): Words of source B.

    Returns:
        dict[str, tuple[Path, Path]]: Name of the scene's folder (path parts joined by `_`) -> files of A and B, for
        the folders that hold exactly one of each.
    """
    source = Path(source)
    if not source.is_dir():
        raise PairingError(f"the folder {source} does not exist")
    pairs = {}
    for folder in [source, *sorted(path for path in source.rglob("*") if path.is_dir())]:
        # An image that is stored in two formats counts once.
        images = {
            path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() in IMAGE_EXTENSIONS
        }
        files_a = [path for stem, path in images.items() if _has_word(stem, keywords_a)]
        files_b = [path for stem, path in images.items() if _has_word(stem, keywords_b)]
        if len(files_a) == len(files_b) == 1 and files_a != files_b:
            name = "_".join(folder.relative_to(source).parts) or folder.name
            pairs[name] = files_a[0], files_b[0]
    return pairs


def _has_word(stem: str, words: tuple[str, ...]) -> bool:
    return bool(set(re.split(r"[^a-z]+", stem.lower())) & set(words))
