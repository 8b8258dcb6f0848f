"""Finding the pairs in two folders of images."""

import codecs
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..user_errors import UserError
from .data_files import DATA_EXTENSIONS
from .regular_file import read_regular_file

_LONGEST_LIST = 100_000_000
#: Characters of one name in a message.
_LONGEST_SHOWN = 100
#: Bytes that no text has: control characters, but for tabulators and ends of lines and pages.
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")

#: Extensions that count as image files (lower case).
IMAGE_EXTENSIONS = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif")


class PairingError(UserError):
    """Folders whose images do not pair up; the message names files."""


@dataclass(frozen=True)
class ImagePair:
    """Two registered images of one scene.

    Args:
        name (str): File name without extension.
        path_a (Path): Source A.
        path_b (Path): Source B.
    """

    name: str
    path_a: Path
    path_b: Path


def image_stem(name: str) -> str:
    """File name without folder and image extension; other dots belong to the name."""
    name = os.path.basename(name)
    # "scene.v2" is a name, "scene.png" a file: only a known extension is taken off.
    known = [end for end in IMAGE_EXTENSIONS + DATA_EXTENSIONS if name.lower().endswith(end)]
    return name[: -len(max(known, key=len))] if known and name.lower() not in known else name


def list_images(folder: str | Path, with_data: bool = False) -> dict[str, Path]:
    """Images of a folder by name, sorted.

    Args:
        folder (str | Path): The folder.
        with_data (bool): List arrays, DICOM and NIfTI too, where there is no picture of the name. Default: False.

    Raises:
        PairingError: If the folder does not exist, or two files differ in their extension only.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PairingError(
            f"the folder {folder} does not exist: check data_root and data_prefix, or set MMFUSION_DATA_ROOT"
        )
    images: dict[str, Path] = {}
    for extensions in (IMAGE_EXTENSIONS, DATA_EXTENSIONS) if with_data else (IMAGE_EXTENSIONS,):
        found: dict[str, Path] = {}
        for path in sorted(folder.iterdir()):
            if not path.name.lower().endswith(extensions) or path.name.startswith("."):
                continue
            name = image_stem(path.name)
            if name in found:
                raise PairingError(f"{found[name]} and {path} have the same name: remove one of them")
            found[name] = path
        # What lies beside a picture is about it.
        images = found | images
    return dict(sorted(images.items(), key=lambda item: item[1]))


def read_name_list(path: str | Path) -> list[str]:
    """Names in a list: one per line, with or without extension, blank lines allowed.

    The list is UTF-8, or UTF-16 with its mark, as Windows writes it; names in it need not be.

    Raises:
        PairingError: If the list cannot be read, is no text, or is empty.
    """
    try:
        lines = _text_of(read_regular_file(path, _LONGEST_LIST)).splitlines()
    except UnicodeDecodeError as error:
        raise PairingError(
            f"the list of names {path} is no text ({error.reason}): name a text file with one name per line, or save "
            "it as UTF-8"
        ) from error
    except FileNotFoundError as error:
        raise PairingError(
            f"the list of names {path} does not exist: write it with the data set's tools/dataset_converters, or "
            "name another list as ann_file"
        ) from error
    except OSError as error:
        raise PairingError(
            f"the list of names {path} cannot be read ({error.strerror}): check ann_file"
        ) from error
    names = [image_stem(line.strip()) for line in lines if line.strip()]
    if not names:
        raise PairingError(f"the list of names {path} is empty")
    return names


def _text_of(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    if found := _NO_TEXT.search(data):
        raise UnicodeDecodeError("utf-8", found[0], 0, 1, f"byte {found[0][0]} at {found.start()}")
    return data.decode("utf-8-sig", "surrogateescape")


def find_pairs(
    folder_a: str | Path,
    folder_b: str | Path,
    names: Sequence[str] | None = None,
    with_data: bool = False,
) -> tuple[list[ImagePair], list[str]]:
    """Pair the images of two folders by name.

    Args:
        folder_a (str | Path): Images of source A.
        folder_b (str | Path): Images of source B; extensions may differ.
        names (Sequence[str], optional): Which pairs, in which order. Default: None, all, sorted by name.
        with_data (bool): See :func:`list_images`. Default: False.

    Returns:
        tuple[list[ImagePair], list[str]]: The pairs, and the files of either folder that have no partner
        (with `names`: always empty).

    Raises:
        PairingError: If nothing pairs up, or a name of `names` is in only one folder or in none.
    """
    images_a, images_b = list_images(folder_a, with_data), list_images(folder_b, with_data)
    common = [name for name in images_a if name in images_b]
    if names is not None:
        missing = [name for name in names if name not in images_a or name not in images_b]
        if missing:
            raise PairingError(
                f"{len(missing)} listed pairs are not in both {folder_a} and {folder_b}: {shorten(missing)}"
            )
        common, unmatched = list(names), []
    else:
        unmatched = [
            str(images[name])
            for images, others in ((images_a, images_b), (images_b, images_a))
            for name in images
            if name not in others
        ]
    if not common:
        raise PairingError(
            f"no file of {folder_a} ({len(images_a)} images) has a partner of the same name in {folder_b} "
            f"({len(images_b)} images)"
        )
    return [ImagePair(name, images_a[name], images_b[name]) for name in common], unmatched


def pairs_of(source_a: Path, source_b: Path) -> tuple[list[ImagePair], list[str]]:
    """The pair of two files, or the pairs of two folders and the files without a partner there.

    Raises:
        PairingError: If the folders do not exist or nothing pairs up.
        UserError: If one is a file and the other a folder.
    """
    if source_a.is_dir() != source_b.is_dir():
        raise UserError(f"{source_a} and {source_b}: give two files or two folders")
    if source_a.is_dir():
        return find_pairs(source_a, source_b, with_data=True)
    return [ImagePair(image_stem(source_a.name), source_a, source_b)], []


def shorten(names: Sequence[str], shown: int = 10) -> str:
    """The first names, and how many more there are."""
    text = ", ".join(
        name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}..." for name in names[:shown]
    )
    return text if len(names) <= shown else f"{text} and {len(names) - shown} more"
