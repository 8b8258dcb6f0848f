"""`mmfusion check`: say what is wrong with two folders of pairs."""

import argparse
from collections.abc import Sequence

from ..data.folder_check import check_folders, format_problems
from ..registration.pair_reader import PairReader
from ..system.number_range import at_least
from ..user_errors import exit_on_user_error
from .source_arguments import add_pattern_argument, add_source_arguments, source_options


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, check, and return the exit code: 1 if anything is wrong."""
    parser = argparse.ArgumentParser(
        description="List the problems of two folders of image pairs; the exit code is 1 if there are any."
    )
    parser.add_argument("folder_a", help="images of source A")
    parser.add_argument("folder_b", help="images of source B")
    add_pattern_argument(parser)
    parser.add_argument("--annotations", metavar="DIR", help="annotation files to check too")
    parser.add_argument("--min-size", type=at_least(0), default=64, help="report shorter sides (default: 64)")
    parser.add_argument(
        "--show", type=at_least(0), default=20, help="problems shown of each kind (default: 20)"
    )
    parser.add_argument("--workers", type=at_least(1), default=2, help="pairs read at the same time")
    add_source_arguments(parser)
    args = parser.parse_args(argv)
    return exit_on_user_error(check, args)


def check(args: argparse.Namespace) -> int:
    """Check, print the problems, and return the exit code."""
    reader = PairReader(source_options(args))
    pairs, problems = check_folders(
        args.folder_a,
        args.folder_b,
        args.annotations,
        args.min_size,
        args.workers,
        show_progress=True,
        pattern=args.pattern,
        reader=reader,
    )
    print(format_problems(pairs, problems, args.show))
    for note in reader.notes():
        print(f"note: {note}")
    return int(bool(problems))
