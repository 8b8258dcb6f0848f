"""Which fused images of several methods belong to which pair."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from ...images.image_files import PairingError, list_images, path_stem
from ...images.name_joining import join_names
from ...images.pairing import ImagePair, Pairing, pair_folders, select_pairs

#: By the name of a pair, its files: source A, source B, and a fused image of each method.
MatchedFiles: TypeAlias = dict[str, list[Path]]


def match_files(
    folder_a: str | Path,
    folder_b: str | Path,
    methods: Mapping[str, str | Path],
    names: Sequence[str] | None = None,
    pattern: Sequence[str] | None = None,
) -> tuple[MatchedFiles, list[str]]:
    """Find the pairs of two folders, and each method's fused image of them.

    A fused image is called like its pair, or like the image of source A; upper and lower case and leading zeros do
    not count where that is clear.

    Args:
        folder_a (str | Path): Images of source A.
        folder_b (str | Path): Images of source B.
        methods (Mapping[str, str | Path]): Folder of fused images by method name.
        names (Sequence[str], optional): Only these pairs. Default: None, all.
        pattern (Sequence[str], optional): See :func:`~mmfusion_distill.images.pairing.pair_folders`. Default: None.

    Returns:
        tuple[MatchedFiles, list[str]]: The complete pairs in their order, and a sentence for each gap.

    Raises:
        PairingError: If folders are missing or a method's has no images, or A and B are the same.
    """
    pairing = pair_folders(folder_a, folder_b, pattern)
    listings = [(Path(folder), list_images(folder)) for folder in methods.values()]
    if names is None:
        pairs: Sequence[ImagePair] = pairing.pairs
        problems = _gaps(pairing, Path(folder_a), Path(folder_b))
    else:
        names = list(dict.fromkeys(names))
        found = dict(zip(names, select_pairs(pairing.pairs, names)))
        pairs = list(dict.fromkeys(pair for pair in found.values() if pair is not None))
        missing = [name for name, pair in found.items() if pair is None]
        problems = [
            f"{Path(folder) / name}.* is missing"
            for name in missing
            for folder, images in ((folder_a, pairing.images_a), (folder_b, pairing.images_b))
            if pairing.patterns or path_stem(name) not in images
        ]
    for method, (folder, listing) in zip(methods, listings):
        if not listing:
            raise PairingError(f"{folder} has no images: give the folder of the fused images of '{method}'")
    fused_of = [(folder, _fused_of(pairs, listing)) for folder, listing in listings]
    if names is None:
        problems += _surplus(pairing, listings, fused_of)
    matched = {}
    for pair in pairs:
        fused = [(folder, found.get(pair.name)) for folder, found in fused_of]
        gaps = [f"{folder / pair.name}.* is missing" for folder, path in fused if path is None]
        if not gaps:
            matched[pair.name] = [pair.path_a, pair.path_b, *(path for _, path in fused if path is not None)]
        problems += gaps
    return matched, problems


def _gaps(pairing: Pairing, folder_a: Path, folder_b: Path) -> list[str]:
    """A sentence on each source image without a partner, by name."""
    unmatched = set(pairing.unmatched)
    gaps = {}
    for images, folder in ((pairing.images_a, folder_b), (pairing.images_b, folder_a)):
        for name, path in images.items():
            if str(path) in unmatched:
                missing = f"{path} has no partner in {folder}"
                gaps[name] = missing if pairing.patterns else f"{folder / name}.* is missing"
    return [gaps[name] for name in sorted(gaps)]


def _surplus(
    pairing: Pairing,
    listings: Sequence[tuple[Path, Mapping[str, Path]]],
    fused_of: Sequence[tuple[Path, Mapping[str, Path]]],
) -> list[str]:
    known = {path_stem(name) for name in (*pairing.images_a, *pairing.images_b)}
    known |= {name for pair in pairing.pairs for name in (pair.name, path_stem(pair.path_a.name))}
    used = {path for _, found in fused_of for path in found.values()}
    return [
        f"{path} has no source images"
        for _, listing in listings
        for name, path in listing.items()
        if name not in known and path not in used
    ]


def _fused_of(pairs: Sequence[ImagePair], listing: Mapping[str, Path]) -> dict[str, Path]:
    """The fused images of a folder by the names of their pairs."""
    joined = join_names({pair.name: pair.name for pair in pairs}, {name: name for name in listing})
    found = {}
    for pair in pairs:
        names = (pair.name, path_stem(pair.path_a.name), joined.get(pair.name))
        path = next((listing[name] for name in names if name in listing), None)
        if path is not None:
            found[pair.name] = path
    return found
