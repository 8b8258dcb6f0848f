"""Pairs of your own in a folder: where the two sources are, which pairs train and which validate."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from ..images.image_files import PairingError, list_files, read_name_list
from ..images.image_source import ImageReadError
from ..images.name_marks import side_of
from ..images.pairing import ImagePair, pair_folders, shorten
from ..images.stored_image import image_size
from ..system.number_range import counted
from .own_texts import count_texts, find_texts

#: Names of folders with parts of a data set that train and validate.
_TRAIN = ("train", "training")
_VAL = ("val", "valid", "validation", "test")
#: Words in the names of folders by which pairs are medical.
_MEDICAL = {"ct", "pet", "spect", "mri", "mr"}
#: Of the pairs validate so many, at most _MOST, in _BLOCKS runs of neighbours, as frames of one video are alike.
_SHARE, _MOST, _BLOCKS = 0.15, 20, 4
#: Shorter sides cannot be trained with.
_SHORTEST = 64


@dataclass(frozen=True)
class PairFolder:
    """Some pairs of two folders.

    Args:
        folder_a (Path): Source A.
        folder_b (Path): Source B; may be the same folder.
        texts (Path | None): Annotations.
        names (list[str]): The pairs that are used.
    """

    folder_a: Path
    folder_b: Path
    texts: Path | None
    names: list[str]


@dataclass(frozen=True)
class OwnPairs:
    """The result of :func:`find_own_pairs`.

    Args:
        train (PairFolder): Pairs to train with.
        val (PairFolder): Pairs that choose the checkpoint.
        modality (str): 'infrared-visible' or 'medical'.
        size (tuple[int, int]): Height and width of the usual image: their medians.
        span (tuple[tuple[int, int], tuple[int, int]]): Height and width of the smallest and of the largest image.
        left_out (list[str]): Sentences about pairs that are not used.
        pattern (tuple[str, str] | None): How names pair up. Default: None, equal names or the usual marks.
        texts (int): How many pairs have a text. Default: 0.
    """

    train: PairFolder
    val: PairFolder
    modality: str
    size: tuple[int, int]
    span: tuple[tuple[int, int], tuple[int, int]]
    left_out: list[str]
    pattern: tuple[str, str] | None = None
    texts: int = 0


def find_own_pairs(folders: Sequence[str | Path], pattern: Sequence[str] | None = None) -> OwnPairs:
    """Find the pairs in a folder, leave out what cannot be trained with, and part them.

    Args:
        folders (Sequence[str | Path]): A folder whose sub-folders tell the sources apart by names like visible and
            infrared, perhaps in `train` and `val`, or that holds both if a pattern tells them apart; or the folders
            of both sources. `train.txt` and `val.txt` in it, lists of names, part the pairs; with one of them the
            other part are the rest, without them some pairs, evenly spread, validate.
        pattern (Sequence[str], optional): See :func:`~mmfusion_distill.images.pairing.pair_folders`. Default: None.

    Returns:
        OwnPairs: The pairs.

    Raises:
        PairingError: If the sources are not found, fewer than two pairs can be used, or a list names none of them.
    """
    root = Path(folders[0])
    if len(folders) == 2:
        sources, val_sources = (root, Path(folders[1])), None
        # Where `mmfusion annotate A B` writes.
        where = root.parent
    else:
        if not root.is_dir():
            raise PairingError(f"the folder {root} does not exist: give the folder of your pairs as --data")
        part = _part(root, _TRAIN) if _sources(root) is None else None
        where = part or root
        sources = _sources(where) or _one_folder(where, pattern)
        other = _part(root, _VAL) if part else None
        val_sources = _sources(other) if other else None
    pairs, left_out = _usable(sources, pattern)
    sizes = [size for _, size in pairs]
    names = [pair.name for pair, _ in pairs]
    texts = find_texts(where, [pair for pair, _ in pairs], sources)
    found = 0
    if val_sources is not None:
        others, left_out_too = _usable(val_sources, pattern)
        left_out += left_out_too
        # More than these take longer to validate than they tell.
        chosen = [others[index][0] for index in _spread(others, _MOST)]
        val_texts = find_texts(val_sources[0].parent, chosen, val_sources)
        found = count_texts(val_texts, chosen)
        train = PairFolder(*sources, texts, names)
        val = PairFolder(*val_sources, val_texts, [pair.name for pair in chosen])
    else:
        parts, unknown = _parted(root, names)
        left_out += unknown
        train, val = (PairFolder(*sources, texts, part) for part in parts)
    used = {*train.names, *(() if val_sources else val.names)}
    found += count_texts(texts, [pair for pair, _ in pairs if pair.name in used])
    words = {word for path in sources for word in re.findall(r"[^\W\d_]+", path.name.lower())}
    modality = "medical" if words & _MEDICAL else "infrared-visible"
    height, width = (int(median(lengths)) for lengths in zip(*sizes))
    by_area = sorted(sizes, key=lambda size: size[0] * size[1])
    told = None if pattern is None else (pattern[0], pattern[1])
    return OwnPairs(train, val, modality, (height, width), (by_area[0], by_area[-1]), left_out, told, found)


def _sources(folder: Path) -> tuple[Path, Path] | None:
    """Folders of A and B among the sub-folders, by their names; None if there are none."""
    found: dict[str, list[Path]] = {"a": [], "b": []}
    for path in sorted(folder.iterdir()):
        side = side_of(path.name) if path.is_dir() else None
        if side:
            found[side].append(path)
    if not (found["a"] and found["b"]):
        return None
    for side, paths in found.items():
        # `vi` rather than `vi_blurred`
        plain = [path for path in paths if re.fullmatch(r"[^\W\d_]+", path.name)]
        found[side] = plain if len(plain) == 1 else paths
        if len(found[side]) > 1:
            names = ", ".join(path.name for path in paths)
            raise PairingError(
                f"{folder} has several folders of one source ({names}): give those of A and B, --data A B"
            )
    return found["a"][0], found["b"][0]


def _one_folder(folder: Path, pattern: Sequence[str] | None) -> tuple[Path, Path]:
    """The folder of both sources, which a pattern tells apart, not one of folders whose names say nothing."""
    found = list_files(folder)
    if not found:
        raise PairingError(f"{folder} has no images: give the folder of your pairs as --data")
    inside = [folder / name for name in sorted({name.partition("/")[0] for name in found if "/" in name})]
    if len(inside) > 1 and pattern is None:
        first = sorted(inside, key=lambda path: {"a": 0, None: 1, "b": 2}[side_of(path.name)])
        shown = shlex.join(["--data", str(first[0]), str(first[-1])])
        raise PairingError(
            f"the folders in {folder} ({shorten([path.name for path in inside], 5)}) do not say by their names which "
            f"holds source A and which B: give both, A (visible, CT, PET, SPECT) first, e.g. {shown}"
        )
    return folder, folder


def _named(folder: Path, names: Sequence[str]) -> Path | None:
    return next((path for path in (folder / name for name in names) if path.is_dir()), None)


def _part(folder: Path, names: Sequence[str]) -> Path | None:
    part = _named(folder, names)
    return part if part and _sources(part) else None


def _usable(
    sources: tuple[Path, Path], pattern: Sequence[str] | None
) -> tuple[list[tuple[ImagePair, tuple[int, int]]], list[str]]:
    """The pairs that can be trained with and their sizes, and sentences about the others."""
    pairing = pair_folders(*sources, pattern)
    usable, bad = [], {"without a partner": ["/".join(Path(path).parts[-2:]) for path in pairing.unmatched]}
    for pair in pairing.pairs:
        try:
            size, size_b = image_size(pair.path_a), image_size(pair.path_b, is_source_b=True)
        except ImageReadError:
            bad.setdefault("unreadable", []).append(pair.name)
            continue
        if size != size_b:
            bad.setdefault("of two sizes, which --register of mmfusion fuse may fix", []).append(pair.name)
        elif min(size) < _SHORTEST:
            bad.setdefault(f"smaller than {_SHORTEST} pixels", []).append(pair.name)
        else:
            usable.append((pair, size))
    left_out = [f"{len(names)} left out, {why}: {shorten(names, 3)}" for why, names in bad.items() if names]
    if len(usable) < 2:
        raise PairingError(
            f"{sources[0]} and {sources[1]} have {counted(len(usable), 'pair')} that can be trained with, wanted two "
            "or more" + "".join(f"; {sentence}" for sentence in left_out)
        )
    return usable, left_out


def _parted(root: Path, names: list[str]) -> tuple[tuple[list[str], list[str]], list[str]]:
    """Names that train and that validate, and sentences about what lists name besides."""
    listed: list[list[str] | None] = []
    unknown = []
    for path in (root / "train.txt", root / "val.txt"):
        part = read_name_list(path) if path.is_file() else None
        if part is not None:
            known = set(names)
            others = [name for name in part if name not in known]
            if others:
                unknown.append(f"{len(others)} of {path} left out, not among the pairs: {shorten(others, 3)}")
            part = [name for name in part if name in known]
            if not part:
                raise PairingError(f"{path} names none of the pairs, e.g. {names[0]}: correct or remove it")
        listed.append(part)
    if listed == [None, None]:
        chosen = set(_spread(names, min(_MOST, max(1, round(_SHARE * len(names))))))
        listed[1] = [name for index, name in enumerate(names) if index in chosen]
    train, val = (
        [name for name in names if name not in set(other)] if part is None else part
        for part, other in zip(listed, reversed(listed))
    )
    if not (train and val):
        lacking = "validate" if train else "train"
        raise PairingError(f"the lists in {root} leave no pair to {lacking} with: correct them")
    return (train, val), unknown


def _spread(names: Sequence[Any], count: int) -> list[int]:
    """Indices of so many names, in runs of neighbours evenly spread."""
    count = min(count, len(names))
    blocks = min(_BLOCKS, count)
    chosen: list[int] = []
    for block in range(blocks):
        size = count // blocks + (block < count % blocks)
        start = round((block + 0.5) * len(names) / blocks - size / 2)
        chosen += range(start, start + size)
    return chosen
