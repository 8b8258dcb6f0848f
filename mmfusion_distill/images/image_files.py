"""Image files of a folder, and lists of their names."""

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from ..system.regular_file import decode_text, is_printable, read_regular_file
from ..user_errors import UserError

_LONGEST_LIST = 100_000_000

#: Extensions of files of numbers and of scans (lower case).
DATA_EXTENSIONS = (".npy", ".dcm", ".nii", ".nii.gz")

#: Extensions that count as image files (lower case).
IMAGE_EXTENSIONS = (
    *(".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif", ".pgm", ".ppm", ".pbm", ".pnm"),
    *(".jp2", ".j2k", ".avif", ".heic", ".heif"),
)


class PairingError(UserError):
    """Folders whose images do not pair up; the message names files."""


def image_stem(name: str) -> str:
    """File name without folder and image extension; other dots belong to the name."""
    name = os.path.basename(name)
    # "scene.v2" is a name, "scene.png" a file: only a known extension is taken off.
    known = [end for end in IMAGE_EXTENSIONS + DATA_EXTENSIONS if name.lower().endswith(end)]
    return name[: -len(max(known, key=len))] if known and name.lower() not in known else name


def path_stem(path: str) -> str:
    """A path without image extension, in the form in which paths are compared.

    Accents are composed (NFC), as macOS writes them apart from their letters.
    """
    folder, slash, name = path.rpartition("/")
    return unicodedata.normalize("NFC", folder + slash + image_stem(name))


def list_files(folder: str | Path) -> dict[str, Path]:
    """Images of a folder by their path in it, with extension; of its sub-folders where it has none itself.

    Arrays, DICOM and NIfTI count too where there is no image of the name: what lies beside an image is about it.

    Returns:
        dict[str, Path]: Sorted; keys with slashes.

    Raises:
        PairingError: If the folder does not exist.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PairingError(f"the folder {folder} does not exist: correct its path")
    files = _images(folder, (entry.name for entry in folder.iterdir()))
    if files:
        return files
    found: dict[str, Path] = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        within = os.path.relpath(parent, folder)
        found |= _images(folder, (os.path.normpath(os.path.join(within, name)) for name in names))
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _images(folder: Path, names: Iterable[str]) -> dict[str, Path]:
    shown = [name for name in names if not os.path.basename(name).startswith(".")]
    files = [name for name in shown if name.lower().endswith(IMAGE_EXTENSIONS)]
    pictures = {path_stem(name) for name in files}
    data = (name for name in shown if name.lower().endswith(DATA_EXTENSIONS))
    files += [name for name in data if path_stem(name) not in pictures]
    found = {name.replace(os.sep, "/"): folder / name for name in files}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def list_images(folder: str | Path) -> dict[str, Path]:
    """Images of a folder by name without extension, sorted; see :func:`list_files`.

    Raises:
        PairingError: If the folder does not exist, or two files differ in their extension only.
    """
    return by_name(list_files(folder))


def by_name(files: dict[str, Path]) -> dict[str, Path]:
    """Files by name without extension.

    Raises:
        PairingError: If two differ in their extension only.
    """
    images: dict[str, Path] = {}
    for name, path in files.items():
        stem = path_stem(name)
        if stem in images:
            raise PairingError(f"{images[stem]} and {path} have the same name: remove one of them")
        images[stem] = path
    return images


def read_name_list(path: str | Path) -> list[str]:
    """Names in a list: one per line, with or without extension, blank lines allowed.

    Args:
        path (str | Path): Text in UTF-8, or in UTF-16 as Windows writes it.

    Raises:
        PairingError: If the list cannot be read, is no text or is empty.
    """
    try:
        text = decode_text(read_regular_file(path, _LONGEST_LIST), "surrogateescape")
    except FileNotFoundError as error:
        raise PairingError(
            f"the list of names {path} does not exist: write it with the data set's tools/dataset_converters, set "
            "MMFUSION_DATA_ROOT to where the data sets are, or name another list as ann_file"
        ) from error
    except OSError as error:
        raise PairingError(
            f"the list of names {path} cannot be read ({error.strerror}): check ann_file"
        ) from error
    except UnicodeDecodeError:
        text = "\0"
    if not is_printable(text):
        raise PairingError(f"the list of names {path} is no text: name a text file with one name per line")
    names = [path_stem(line.strip().replace("\\", "/")) for line in text.splitlines() if line.strip()]
    if not names:
        raise PairingError(f"the list of names {path} is empty")
    return names
