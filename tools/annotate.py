"""Write the annotations of image pairs.

python tools/annotate.py CONFIG                       every data set of a config
python tools/annotate.py FOLDER_A FOLDER_B --out DIR  two folders
"""

import argparse
import sys

from mmengine.config import DictAction

from mmfusion_distill.annotation import MODALITIES, build_annotator
from mmfusion_distill.annotation.annotate_folder import annotate_folder
from mmfusion_distill.annotation.data_sources import SPLITS, sources_of_config, sources_of_folders
from mmfusion_distill.apis.command_line import exit_on_user_error


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "data", nargs="+", metavar="DATA", help="a config file, or the folders of sources A and B"
    )
    parser.add_argument(
        "--annotator",
        default="statistics",
        help="statistics, transformers, openai or the name of a registered class (default: statistics)",
    )
    parser.add_argument(
        "--options",
        nargs="+",
        action=DictAction,
        default={},
        metavar="KEY=VALUE",
        help="arguments of the annotator, e.g. model=Qwen/Qwen2-VL-7B-Instruct batch_size=8",
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="folder of annotation files (default: that of the config, or `annotations` beside folder A)",
    )
    parser.add_argument("--splits", nargs="+", choices=SPLITS, default=SPLITS, help="data sets of a config")
    parser.add_argument("--ann-file", metavar="FILE", help="with folders: list of names to annotate")
    parser.add_argument(
        "--modality", choices=MODALITIES, default="infrared-visible", help="with folders: kind of pairs"
    )
    parser.add_argument("--workers", type=int, help="pairs or requests at the same time")
    parser.add_argument("--shard", default="1/1", metavar="I/N", help="annotate part I of N (on N machines)")
    parser.add_argument("--overwrite", action="store_true", help="annotate also what has an annotation")
    return parser.parse_args()


def main() -> int:
    args = parse_args()
    if len(args.data) == 1:
        sources = sources_of_config(args.data[0], args.splits, args.out)
    elif len(args.data) == 2:
        sources = sources_of_folders(*args.data, args.out, args.ann_file, args.modality)
    else:
        raise ValueError(f"give one config or two folders, not {len(args.data)} paths")
    workers = {} if args.workers is None else dict(workers=args.workers)
    annotator = build_annotator(dict(type=args.annotator, **args.options, **workers))
    exit_code = 0
    for source in sources:
        summary = annotate_folder(
            annotator, source.pairs, source.folder, source.modality, args.shard, args.overwrite, True
        )
        print(f"{source.folder}: {summary}", flush=True)
        exit_code = max(exit_code, summary.exit_code)
        if summary.interrupted:
            break
    return exit_code


if __name__ == "__main__":
    sys.exit(exit_on_user_error(main))
