"""Finding the pairs in two folders of images, or in one that holds both sources."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..system.number_range import counted
from ..system.regular_file import read_regular_file
from ..user_errors import UserError
from .dicom_series import is_series
from .image_files import PairingError, by_name, image_stem, list_files, path_stem
from .name_joining import join_names, lookalikes
from .name_marks import guess_marks, match_marks
from .name_pattern import NamePattern, match_patterns

#: Which names belong together in FLIR's video frames, beside or above the folders of its data set.
_FLIR_MAP = "rgb_to_thermal_vid_map.json"
#: Characters of one name in a message.
_LONGEST_SHOWN = 100


@dataclass(frozen=True)
class ImagePair:
    """Two registered images of one scene.

    Args:
        name (str): What the file names have in common: usually the file name without extension; with slashes where
            it lies in a sub-folder.
        path_a (Path): Source A.
        path_b (Path): Source B.
    """

    name: str
    path_a: Path
    path_b: Path


@dataclass(frozen=True)
class Pairing:
    """The pairs of two folders.

    Args:
        pairs (list[ImagePair]): Sorted by the file of A.
        images_a (dict[str, Path]): All images of A by name.
        images_b (dict[str, Path]): All images of B by name.
        patterns (str): How names that differ were told to belong together, for a person; '' if they are equal.
    """

    pairs: list[ImagePair]
    images_a: dict[str, Path]
    images_b: dict[str, Path]
    patterns: str = ""

    @cached_property
    def unmatched(self) -> list[str]:
        """Files of either folder that have no partner, once each."""
        paired = {path for pair in self.pairs for path in (pair.path_a, pair.path_b)}
        lonely = [path for images in (self.images_a, self.images_b) for path in images.values()]
        return list(dict.fromkeys(str(path) for path in lonely if path not in paired))

    @property
    def note(self) -> str:
        """A sentence on the patterns; '' if names are equal."""
        whose = "its name" if len(self.pairs) == 1 else "their names"
        return f"{counted(len(self.pairs), 'pair')} by {whose}, {self.patterns}" if self.patterns else ""


def pair_folders(folder_a: str | Path, folder_b: str | Path, pattern: Sequence[str] | None = None) -> Pairing:
    """Pair the images of two folders: by equal names, by patterns, or by the marks that cameras write.

    Both may be one folder if a pattern says which of its files are which: guessing there, one mistake fuses every
    image with itself.

    Args:
        folder_a (str | Path): Images of source A.
        folder_b (str | Path): Images of source B; extensions may differ.
        pattern (Sequence[str], optional): A pattern for the names of A and one for those of B, see
            :class:`~mmfusion_distill.images.name_pattern.NamePattern`. Default: None, found out where it is
            unambiguous.

    Returns:
        Pairing: Perhaps without any pair.

    Raises:
        PairingError: If a folder does not exist, two files of one differ in their extension only, both are one
            folder and no pattern is given, or an image would be its own partner.
        UserError: If a pattern cannot be used, or marks are ambiguous.
    """
    files_a, files_b = list_files(folder_a), list_files(folder_b)
    if pattern is not None:
        return _by_patterns(files_a, files_b, pattern)
    images_a, images_b = by_name(files_a), by_name(files_b)
    if os.path.samefile(folder_a, folder_b):
        raise PairingError(_same_folder(folder_a, images_a))
    pairing = _by_equal_names(images_a, images_b)
    if not pairing.pairs:
        pairing = _by_map(folder_a, images_a, images_b) or _by_marks(images_a, images_b)
    _check_partners(pairing.pairs)
    return pairing


def _by_equal_names(images_a: dict[str, Path], images_b: dict[str, Path]) -> Pairing:
    joined = join_names(*({name: name for name in images} for images in (images_a, images_b)))
    pairs = [ImagePair(a, images_a[a], images_b[b]) for a, b in joined.items()]
    are_equal = all(a == b for a, b in joined.items())
    return Pairing(
        pairs, images_a, images_b, "" if are_equal else "upper and lower case and leading zeros aside"
    )


def _by_patterns(files_a: dict[str, Path], files_b: dict[str, Path], pattern: Sequence[str]) -> Pairing:
    if len(pattern) != 2 or not all(isinstance(text, str) for text in pattern):
        raise UserError(
            f"the pattern {pattern!r} is none: give one for the names of A and one for those of B"
        )
    stems_a, stems_b = ({name: path_stem(name) for name in files} for files in (files_a, files_b))
    found = match_patterns(stems_a, stems_b, (NamePattern(pattern[0]), NamePattern(pattern[1])))
    pairs = [ImagePair(name, files_a[a], files_b[b]) for name, (a, b) in found.items()]
    _check_partners(pairs)
    return Pairing(pairs, files_a, files_b, f"'{pattern[0]}' and '{pattern[1]}'")


def _by_marks(images_a: dict[str, Path], images_b: dict[str, Path]) -> Pairing:
    found = match_marks(images_a, images_b)
    if found is None and not match_marks(images_b, images_a):
        found = guess_marks(list(images_a), list(images_b))
    if found is None:
        return Pairing([], images_a, images_b)
    example = next(iter(found.pairs.values()))
    patterns = "'{}' and '{}'".format(*(found.patterns or example))
    return _pairing_of(found.pairs, images_a, images_b, patterns)


def _by_map(folder_a: str | Path, images_a: dict[str, Path], images_b: dict[str, Path]) -> Pairing | None:
    folder = Path(folder_a).resolve()
    path = next(
        (parent / _FLIR_MAP for parent in (folder, *folder.parents[:2]) if (parent / _FLIR_MAP).is_file()),
        None,
    )
    if path is None:
        return None
    try:
        partners = json.loads(read_regular_file(path))
        names = {image_stem(a): image_stem(b) for a, b in partners.items()}
    except (ValueError, OSError, AttributeError, TypeError) as error:
        raise PairingError(f"{path} is no map of file names to file names: correct or remove it") from error
    found = {a: (a, names[a]) for a in images_a if names.get(a) in images_b}
    return _pairing_of(found, images_a, images_b, f"as {path} says") if found else None


def _pairing_of(
    found: Mapping[str, tuple[str, str]], images_a: dict[str, Path], images_b: dict[str, Path], patterns: str
) -> Pairing:
    pairs = [ImagePair(name, images_a[a], images_b[b]) for name, (a, b) in found.items()]
    return Pairing(sorted(pairs, key=lambda pair: pair.path_a), images_a, images_b, patterns)


def _check_partners(pairs: Sequence[ImagePair]) -> None:
    for pair in pairs:
        if _is_same(pair.path_a, pair.path_b):
            raise PairingError(
                f"A and B are the same file {pair.path_b}: give the folder, or the pattern, of each source"
            )


def _is_same(path_a: Path, path_b: Path) -> bool:
    try:
        return os.path.samefile(path_a, path_b)
    except OSError:
        # One is gone, which its reader says.
        return False


def find_pairs(
    folder_a: str | Path,
    folder_b: str | Path,
    names: Sequence[str] | None = None,
    pattern: Sequence[str] | None = None,
) -> tuple[list[ImagePair], list[str]]:
    """The pairs of two folders, at least one, and the files that have no partner; see :func:`named_pairs`."""
    pairing = named_pairs(folder_a, folder_b, names, pattern)
    return pairing.pairs, pairing.unmatched


def named_pairs(
    folder_a: str | Path,
    folder_b: str | Path,
    names: Sequence[str] | None = None,
    pattern: Sequence[str] | None = None,
) -> Pairing:
    """Pair the images of two folders, as :func:`pair_folders` does, and choose among the pairs.

    Args:
        folder_a (str | Path): Images of source A.
        folder_b (str | Path): Images of source B; extensions may differ.
        names (Sequence[str], optional): Which pairs, in which order. Default: None, all, sorted by name.
        pattern (Sequence[str], optional): See :func:`pair_folders`. Default: None.

    Returns:
        Pairing: With at least one pair; with `names` nothing counts as unmatched.

    Raises:
        PairingError: If nothing pairs up, or a name of `names` is in only one folder or in none.
    """
    pairing = pair_folders(folder_a, folder_b, pattern)
    if names is not None:
        found = select_pairs(pairing.pairs, names)
        missing = [name for name, pair in zip(names, found) if pair is None]
        if missing:
            raise PairingError(
                f"{len(missing)} listed pairs are not in both {folder_a} and {folder_b}: {shorten(missing)}"
            )
        pairing = Pairing([pair for pair in found if pair is not None], {}, {}, pairing.patterns)
    if not pairing.pairs:
        raise PairingError(_nothing_pairs(folder_a, folder_b, pairing))
    return pairing


def select_pairs(pairs: Sequence[ImagePair], names: Sequence[str]) -> list[ImagePair | None]:
    """Pairs by name: that of the pair or of a file of it, with or without folder; None for what is not there."""
    by_any_name: dict[str, ImagePair] = {}
    for pair in reversed(pairs):
        files = [path_stem(path.name) for path in (pair.path_b, pair.path_a)]
        by_any_name |= dict.fromkeys([*files, image_stem(pair.name)], pair)
    by_any_name |= {pair.name: pair for pair in pairs}
    stems = [path_stem(name) for name in names]
    return [by_any_name.get(stem) or by_any_name.get(image_stem(stem)) for stem in stems]


def _same_folder(folder: str | Path, images: dict[str, Path]) -> str:
    found = match_marks(images, images)
    patterns = found.patterns if found is not None else None
    how = "by their names with" if patterns else "e.g. by"
    pattern_a, pattern_b = patterns or ("{name}_vis", "{name}_ir")
    return (
        f"A and B are the same folder {folder}: if it holds both sources say which files are which, "
        f"{how} --pattern '{pattern_a}' '{pattern_b}'; else give the folder of each source"
    )


def _nothing_pairs(folder_a: str | Path, folder_b: str | Path, pairing: Pairing) -> str:
    counts = len(pairing.images_a), len(pairing.images_b)
    by = f"by the patterns {pairing.patterns}" if pairing.patterns else "of the same name"
    sentence = (
        f"no file of {folder_a} ({counts[0]} images) has a partner {by} in {folder_b} ({counts[1]} images)"
    )
    if not all(counts) or pairing.patterns:
        return sentence
    if match_marks(pairing.images_b, pairing.images_a):
        return f"{sentence}, but the other way round: give the visible images first"
    alike = lookalikes(pairing.images_a, pairing.images_b)
    if alike is not None:
        names_a, names_b = (shorten(names, 3) for names in alike)
        return (
            f"{sentence}, and {names_a} of the one and {names_b} of the other differ in case and leading zeros only: "
            "rename them so that each has one partner"
        )
    return f"{sentence}: if names differ, say how by --pattern, e.g. --pattern '{{name}}_vis' '{{name}}_ir'"


def pairs_of(source_a: Path, source_b: Path, pattern: Sequence[str] | None = None) -> Pairing:
    """The pair of two files, or the pairs of two folders.

    Args:
        source_a (Path): Image or folder of source A. Beside a file, a folder of DICOM slices is one scan.
        source_b (Path): Image or folder of source B.
        pattern (Sequence[str], optional): See :func:`pair_folders`. Default: None.

    Raises:
        PairingError: If the folders do not exist or nothing pairs up, or both are one file.
        UserError: If one is a file and the other a folder.
    """
    if source_a.is_dir() != source_b.is_dir():
        for source in (source_a, source_b):
            if not source.exists():
                raise PairingError(f"{source} does not exist: correct its path")
        folder = source_a if source_a.is_dir() else source_b
        if not is_series(folder):
            raise UserError(f"{source_a} and {source_b}: give two files or two folders")
    elif source_a.is_dir():
        return named_pairs(source_a, source_b, pattern=pattern)
    if pattern is not None:
        raise UserError(f"--pattern tells the files of folders apart, and {source_a} is none: leave it out")
    pairs = [ImagePair(path_stem(source_a.name), source_a, source_b)]
    _check_partners(pairs)
    return Pairing(pairs, {}, {})


def shorten(names: Sequence[str], shown: int = 10) -> str:
    """The first names, and how many more there are."""
    text = ", ".join(
        name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}..." for name in names[:shown]
    )
    return text if len(names) <= shown else f"{text} and {len(names) - shown} more"
