"""Collect the visible and infrared pairs of a download of TNO (figshare 1008029) in folders vi and ir.

The download has a folder per scene, whose files say VIS or IR in their names. Folders with other than one file
of each kind, such as those of image sequences, are left out.
"""

import argparse
from pathlib import Path

from mmfusion_distill.data.converters import PairFolders, collect_pairs_by_keyword, prepare_dataset
from mmfusion_distill.images.image_io import read_image, write_image
from mmfusion_distill.user_errors import UserError, exit_on_user_error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", help="folder into which the download was unpacked")
    parser.add_argument("out", help="folder that gets vi/SCENE.png and ir/SCENE.png")
    parser.add_argument("--annotate", metavar="ANNOTATOR", help="annotate too, e.g. statistics")
    args = parser.parse_args()
    pairs = collect_pairs_by_keyword(args.source, ("vis", "vi", "visible", "visual"), ("ir", "lwir"))
    if not pairs:
        raise UserError(f"{args.source} has no folder with one VIS and one IR image")
    for name, paths in pairs.items():
        for kind, path in zip(("vi", "ir"), paths):
            write_image(Path(args.out) / kind / f"{name}.png", read_image(path))
    print("\n".join(prepare_dataset(args.out, (PairFolders("vi", "ir"),), annotator=args.annotate)))


if __name__ == "__main__":
    exit_on_user_error(main)
