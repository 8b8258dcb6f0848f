"""The command line that the data set converters share."""

import argparse
from dataclasses import replace
from pathlib import Path

from ..user_errors import UserError
from .converters import PairFolders, adopt_folders, prepare_dataset


def convert_command(
    description: str,
    folders: tuple[PairFolders, ...],
    modality: str = "infrared-visible",
    spellings: dict[str, tuple[str, ...]] | None = None,
    parts: tuple[str, ...] = (),
) -> None:
    """Parse the arguments of a converter and do what they say.

    Args:
        description (str): What the converter is for; its first line is shown by ``--help``.
        folders (tuple[PairFolders, ...]): Folders of the data set.
        modality (str): 'infrared-visible' or 'medical'. Default: 'infrared-visible'.
        spellings (dict, optional): Other names of folders in downloads, see
            :func:`~mmfusion_distill.data.converters.adopt_folders`. Default: None.
        parts (tuple[str, ...]): Folders below the root that are data sets of their own, each with ``folders``, in
            which ``{part}`` stands for what precedes the hyphen. Those that are not there are left out. Default: ().

    Raises:
        PairingError: If the download is incomplete.
    """
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("root", help="folder into which the download was unpacked")
    parser.add_argument("--annotate", metavar="ANNOTATOR", help="annotate too, e.g. statistics")
    parser.add_argument("--seed", type=int, default=0, help="of the split (default: 0)")
    parser.add_argument("--overwrite", action="store_true", help="replace existing lists")
    args = parser.parse_args()
    root = Path(args.root)
    report = adopt_folders(root, spellings or {})
    present = [part for part in parts if (root / part).is_dir()]
    if parts and not present:
        raise UserError(f"{root} holds none of {', '.join(parts)}: give the folder with these in it")
    for part in present or [""]:
        its_folders = tuple(replace(one, img_a=one.img_a.format(part=part.split("-")[0])) for one in folders)
        report += prepare_dataset(
            root / part, its_folders, modality, args.annotate, args.seed, args.overwrite
        )
    print("\n".join(report))
