"""Fusing files and folders."""

from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from ..datasets.annotation_file import find_annotation, read_annotation
from ..datasets.image_io import write_image
from ..datasets.pairing import ImagePair, find_pairs, image_stem, shorten
from .fusion_inferencer import FusionInferencer


@dataclass(frozen=True)
class FusingReport:
    """What became of a set of pairs.

    Args:
        written (list[Path]): The fused pictures.
        failures (list[str]): A sentence per pair that failed.
    """

    written: list[Path]
    failures: list[str]


def fuse_files(
    inferencer: FusionInferencer,
    source_a: str | Path,
    source_b: str | Path,
    out: str | Path,
    text: str | None = None,
    annotations: str | Path | None = None,
) -> FusingReport:
    """Fuse a pair of files, or all pairs of two folders; a pair that fails does not stop the others.

    Args:
        inferencer (FusionInferencer): The network.
        source_a (str | Path): Picture or folder of source A.
        source_b (str | Path): Picture or folder of source B.
        out (str | Path): Target picture, or folder (of a pair of files too, if it has no extension); in folders
            pictures are called like source A, as PNG.
        text (str, optional): Description by hand for a guided network. Default: None.
        annotations (str | Path, optional): Folder of annotation files for a guided network. Default: None.

    Returns:
        FusingReport: What was written and what failed.

    Raises:
        PairingError: If the folders do not exist or nothing pairs up.
        ValueError: If one source is a file and the other a folder.
    """
    source_a, source_b, out = Path(source_a), Path(source_b), Path(out)
    if source_a.is_dir() != source_b.is_dir():
        raise ValueError(f"{source_a} and {source_b}: give two files or two folders")
    if source_a.is_dir():
        pairs, unmatched = find_pairs(source_a, source_b)
        if unmatched:
            print(f"{len(unmatched)} files have no partner and are left out: {shorten(unmatched)}")
        targets = [out / f"{pair.name}.png" for pair in pairs]
    else:
        pairs = [ImagePair(image_stem(source_a.name), source_a, source_b)]
        targets = [out if out.suffix else out / f"{pairs[0].name}.png"]
    written, failures = [], []
    for pair, target in tqdm(zip(pairs, targets), total=len(pairs), unit="pair", disable=len(pairs) == 1):
        try:
            inputs = dict(img_a=pair.path_a, img_b=pair.path_b, key=pair.name)
            if annotations is not None and text is None:
                path = find_annotation(annotations, pair.path_a.name, pair.path_b.name)
                inputs["annotation"] = None if path is None else read_annotation(path)
            write_image(target, inferencer(inputs, text=text)["predictions"][0])
            written.append(target)
        except (ValueError, OSError) as error:
            failures.append(str(error))
    return FusingReport(written, failures)
