"""`mmfusion calibrate`: find how two mounted cameras see."""

import argparse
from collections.abc import Sequence

from ..registration.calibrating import calibrate
from ..user_errors import UserError, exit_on_user_error
from .source_arguments import add_pattern_argument, add_source_arguments, source_options


def build_parser() -> argparse.ArgumentParser:
    """The parser of the arguments."""
    parser = argparse.ArgumentParser(
        description="Find how two mounted cameras see, from one pair or better several, for --calibration.",
    )
    parser.add_argument("a", help="image or folder of source A")
    parser.add_argument("b", help="image or folder of source B, of another size or not")
    parser.add_argument("out", help="target, e.g. calibration.json")
    parser.add_argument(
        "--points",
        metavar="FILE",
        help="lines of four numbers, x and y in A, then x and y in B, of four or more points found by hand, which "
        "alone tell the calibration then (default: the edges of the images)",
    )
    add_pattern_argument(parser)
    add_source_arguments(parser)
    return parser


def calibrate_and_report(args: argparse.Namespace) -> int:
    """Calibrate, and say how B lies to A and how large the error is."""
    options = source_options(args)
    if options.register != "none" or options.calibration or options.resize:
        raise UserError(
            "calibrate registers images of any size itself: leave out --register, --calibration and --resize"
        )
    report = calibrate(args.a, args.b, args.out, options, args.pattern, args.points)
    print(report.calibration.describe())
    for sentence in report.errors:
        print(sentence)
    for note in report.notes:
        print(f"note: {note}")
    print(f"{args.out} written: fuse with --calibration {args.out}")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, calibrate, and return the exit code."""
    return exit_on_user_error(calibrate_and_report, build_parser().parse_args(argv))
