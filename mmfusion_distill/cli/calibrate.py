"""`mmfusion calibrate`: find how two mounted cameras see."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..images.pairing import pairs_of
from ..images.source_options import SourceOptions
from ..images.source_reading import read_source_a, read_source_b
from ..registration.alignment import Shift, estimate_homography, matrix_of_sizes, measure_shift, warp_to_a
from ..registration.camera_calibration import CameraCalibration
from ..system.regular_file import check_writable
from ..user_errors import UserError, exit_on_user_error
from .pattern_argument import add_pattern_argument
from .source_arguments import add_source_arguments, source_options

#: More pairs tell nothing new.
_MOST_PAIRS = 30


def calibrate(
    source_a: str | Path,
    source_b: str | Path,
    out: str | Path,
    options: SourceOptions | None = None,
    pattern: Sequence[str] | None = None,
) -> dict[str, tuple[Shift, Shift]]:
    """Estimate one homography from pairs of two mounted cameras, and write it.

    Args:
        source_a (str | Path): Picture or folder of source A.
        source_b (str | Path): Picture or folder of source B, of another size or not.
        out (str | Path): Target, JSON.
        options (SourceOptions, optional): Ranges, and polarity of B. Default: None.
        pattern (Sequence[str], optional): How names pair up that differ. Default: None.

    Returns:
        dict[str, tuple[Shift, Shift]]: Per pair that was used, its shift before and after.

    Raises:
        UserError: If pictures cannot be read, sizes change from pair to pair, or nothing is found.
        OSError: If the file cannot be written.
    """
    source_a, source_b, out = Path(source_a), Path(source_b), Path(out)
    if out.is_dir():
        raise UserError(f"{out} is a folder: name a file, e.g. {out / 'calibration.json'}")
    check_writable(out.parent)
    listed = pairs_of(source_a, source_b, pattern).pairs
    # Spread over the recording.
    listed = listed[:: -(-len(listed) // _MOST_PAIRS)]
    options = replace(options or SourceOptions(), register="none", calibration=None)
    pairs = [
        (read_source_a(pair.path_a, options).pixels, read_source_b(pair.path_b, options).pixels)
        for pair in listed
    ]
    sizes = {(img_a.shape[:2], img_b.shape[:2]) for img_a, img_b in pairs}
    if len(sizes) > 1:
        raise UserError(
            f"the pairs of {source_a} differ in size among each other: give those of one recording"
        )
    ((size_a, size_b),) = sizes
    matrix = estimate_homography(pairs)
    CameraCalibration(matrix, size_a, size_b).write(out)
    scale = matrix_of_sizes(size_a, size_b)
    return {
        pair.name: (
            measure_shift(img_a, warp_to_a(img_b, scale, size_a)),
            measure_shift(img_a, warp_to_a(img_b, matrix, size_a)),
        )
        for pair, (img_a, img_b) in zip(listed, pairs)
    }


def build_parser() -> argparse.ArgumentParser:
    """The parser of the arguments."""
    parser = argparse.ArgumentParser(
        description="Find how two mounted cameras see, from one pair or better several, for --calibration.",
    )
    parser.add_argument("a", help="picture or folder of source A")
    parser.add_argument("b", help="picture or folder of source B, of another size or not")
    parser.add_argument("out", help="target, e.g. calibration.json")
    add_pattern_argument(parser)
    add_source_arguments(parser)
    return parser


def calibrate_and_report(args: argparse.Namespace) -> int:
    """Calibrate, and say how pairs lay before and lie after."""
    options = source_options(args)
    if options.register != "none" or options.calibration or options.resize:
        raise UserError(
            "calibrate registers pictures of any size itself: leave out --register, --calibration and --resize"
        )
    for name, (before, after) in calibrate(args.a, args.b, args.out, options, args.pattern).items():
        print(f"{name}: {before} before, {after} after")
    print(f"{args.out} written: fuse with --calibration {args.out}")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, calibrate, and return the exit code."""
    return exit_on_user_error(calibrate_and_report, build_parser().parse_args(argv))
