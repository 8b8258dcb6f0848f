"""Print what is wrong with two folders of image pairs; the exit code is 1 if anything is."""

import argparse
import sys

from mmfusion_distill.apis.command_line import exit_on_user_error
from mmfusion_distill.datasets.folder_check import check_folders, format_problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder_a", help="images of source A")
    parser.add_argument("folder_b", help="images of source B")
    parser.add_argument("--annotations", metavar="DIR", help="annotation files to check too")
    parser.add_argument("--min-size", type=int, default=64, help="report shorter sides (default: 64)")
    parser.add_argument("--show", type=int, default=20, help="problems shown of each kind (default: 20)")
    parser.add_argument("--workers", type=int, default=2, help="files read at the same time")
    args = parser.parse_args()
    pairs, problems = check_folders(
        args.folder_a, args.folder_b, args.annotations, args.min_size, args.workers
    )
    print(format_problems(pairs, problems, args.show))
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(exit_on_user_error(main))
