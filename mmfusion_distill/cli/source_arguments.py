"""Arguments about how sources pair up and are read, for every command that takes two folders."""

import argparse

from ..images.source_options import SourceOptions
from ..system.number_range import at_least
from ..user_errors import OptionError


def add_pattern_argument(parser: argparse._ActionsContainer) -> None:
    """Add it."""
    parser.add_argument(
        "--pattern",
        nargs=2,
        metavar=("A", "B"),
        help="how names of A and B pair up that differ, e.g. '{name}_vis' '{name}_ir' ({name}: what they have in "
        "common, *: anything); the folders may be one (default: equal names, else usual marks such as vis and ir, "
        "rgb and thermal, W and T)",
    )


def add_source_arguments(parser: argparse.ArgumentParser, with_slices: bool = True) -> None:
    """Add them."""
    group = parser.add_argument_group("sources")
    group.add_argument(
        "--ir-range",
        nargs="+",
        default=["auto"],
        metavar=("auto|LOW", "HIGH"),
        help="stored values of source B that become black and white: counts, or degrees Celsius of a radiometric "
        "JPEG (default: auto, the percentiles of each image where it is raw)",
    )
    group.add_argument(
        "--a-range",
        nargs="+",
        default=["full"],
        metavar=("full|auto|LOW", "HIGH"),
        help="stored values of source A that become black and white, e.g. 0 4095 of 12 bits in files of 16; auto "
        "takes the percentiles of each image (default: full, what its type holds)",
    )
    group.add_argument(
        "--ir-polarity",
        choices=["white-hot", "black-hot"],
        default="white-hot",
        help="how source B shows warm things; black-hot is inverted before it is fused",
    )
    group.add_argument(
        "--register",
        choices=["none", "homography", "ecc"],
        default="none",
        help="bring source B to the view of source A by their edges (ecc: an affine map)",
    )
    group.add_argument(
        "--calibration", metavar="FILE", help="align it with a file that the calibrate command wrote"
    )
    group.add_argument("--resize", action="store_true", help="resize source B to source A where they differ")
    if with_slices:
        group.add_argument(
            "--slice",
            type=at_least(0),
            metavar="N",
            help="slice of DICOM and NIfTI volumes, from 0 (default: the middle one of A, of B that in its place)",
        )
        group.add_argument(
            "--resample",
            action="store_true",
            help="interpolate scan B at the pixels of scan A where their grids differ",
        )


def source_options(args: argparse.Namespace) -> SourceOptions:
    """What was given.

    Raises:
        UserError: If options contradict each other; an OptionError if a range is none.
    """
    return SourceOptions(
        ir_range=_range("--ir-range", args.ir_range, ("auto",)),
        a_range=_range("--a-range", args.a_range, ("full", "auto")),
        is_black_hot=args.ir_polarity == "black-hot",
        register=args.register,
        calibration=args.calibration,
        resize=args.resize,
        slice_index=getattr(args, "slice", None),
        resample=getattr(args, "resample", False),
    )


def _range(name: str, values: list[str], words: tuple[str, ...]) -> tuple[float, float] | str | None:
    """Two numbers or a word; the first of the words is the default."""
    if len(values) == 1 and values[0] in words:
        return None if values[0] == words[0] else values[0]
    try:
        low, high = map(float, values)
    except ValueError:
        raise OptionError(
            f"{name} {' '.join(values)} is none: give {', '.join(words)}, or two numbers followed by another option "
            "or nothing"
        ) from None
    return low, high
