"""Where fused images are written, checked before anything is computed."""

import os
from collections.abc import Sequence
from pathlib import Path

from ..images.image_io import check_image_format, is_own_picture
from ..images.pairing import ImagePair, pairs_of, shorten
from ..system.counting import counted
from ..system.regular_file import check_writable
from ..user_errors import UserError


def find_targets(
    source_a: Path, source_b: Path, out: Path, overwrite: bool, pattern: Sequence[str] | None = None
) -> tuple[list[ImagePair], list[Path]]:
    """Pairs of two files or folders, and the target of each.

    Args:
        source_a (Path): Image or folder of source A.
        source_b (Path): Image or folder of source B.
        out (Path): Target image, or folder.
        overwrite (bool): Whether images are replaced that this package has not written.
        pattern (Sequence[str], optional): See :func:`~mmfusion_distill.images.pairing.pair_folders`. Default: None.

    Raises:
        PairingError: If the folders do not exist or nothing pairs up.
        UserError: If one source is a file and the other a folder, or a target is a source, no image format, or
            somebody else's image.
        OSError: If nothing can be written to the target's folder.
    """
    pairing = pairs_of(source_a, source_b, pattern)
    pairs, unmatched = pairing.pairs, pairing.unmatched
    if pairing.note:
        print(pairing.note)
    if unmatched:
        without = counted(len(unmatched), "file without a partner", "files without a partner")
        print(f"{without} left out: {shorten(unmatched)}")
    is_picture = not (source_a.is_dir() and source_b.is_dir()) and out.suffix
    targets = [out if is_picture else out / f"{pair.name}.png" for pair in pairs]
    _check_targets(pairs, targets, overwrite)
    return pairs, targets


def _check_targets(pairs: list[ImagePair], targets: list[Path], overwrite: bool) -> None:
    # Before anything is computed: a large image takes a while.
    sources = {_identity(path) for pair in pairs for path in (pair.path_a, pair.path_b)}
    folders = {path.parent.resolve() for pair in pairs for path in (pair.path_a, pair.path_b)}
    check_image_format(targets[0])
    check_writable(targets[0].parent)
    if len(pairs) > 1 and targets[0].parent.resolve() in folders:
        raise UserError(
            f"{targets[0].parent} holds sources, which the results would be taken for: choose another"
        )
    for target in targets:
        if not os.path.lexists(target):
            continue
        if target.is_dir():
            raise UserError(
                f"{target} is a folder: choose another target, or give an extension that names none"
            )
        # By what it is and not by its name, as it may be a link.
        if _identity(target) in sources:
            raise UserError(f"{target} is a source and would be overwritten: choose another target")
        if not overwrite and not is_own_picture(target):
            raise UserError(
                f"{target} exists and was not written by this package: choose another target, or --overwrite it"
            )


def _identity(path: Path) -> tuple | Path:
    try:
        status = path.stat()
    except OSError:
        return path.absolute()
    return status.st_dev, status.st_ino
