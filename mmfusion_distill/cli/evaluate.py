"""`mmfusion evaluate`: score fused images of any number of methods, from folders, with one command.

mmfusion evaluate A B FUSED [FUSED ...] [--out DIR], FUSED a folder or NAME=DIR
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..evaluation import (
    DEFAULT_METRICS,
    METRICS_BY_NAME,
    PROTOCOLS,
    evaluate_folders,
    paired_bootstrap,
    source_wise_metrics,
    to_markdown,
    write_picture_grid,
    write_report,
)
from ..evaluation.report.folder import check_method_names
from ..images.image_files import read_name_list
from ..images.pairing import shorten
from ..registration.pair_reader import PairReader
from ..system.number_range import at_least
from ..system.regular_file import check_writable, write_text_atomically
from ..user_errors import OptionError, UserError, exit_on_user_error
from .source_arguments import add_pattern_argument, add_source_arguments, source_options

#: Of what was left out so many are named, all in a file.
_SHOWN = 5


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments; wrong use ends the program with 2."""
    parser = argparse.ArgumentParser(
        description="Score fused images of any number of methods, from folders, with one command."
    )
    parser.add_argument(
        "folders",
        nargs="*",
        metavar="DIR",
        help="source A, source B, and the fused images of each method, as DIR (its name is the method's) or "
        "NAME=DIR",
    )
    parser.add_argument(
        "--a", metavar="DIR", help="source A (visible, CT, PET...), instead of the first folder"
    )
    parser.add_argument("--b", metavar="DIR", help="source B (infrared, MRI), instead of the second folder")
    parser.add_argument(
        "--fused", nargs="*", default=[], metavar="NAME=DIR", help="fused images of each method"
    )
    parser.add_argument(
        "--out", default="scores", metavar="DIR", help="where tables and plots go (default: scores)"
    )
    parser.add_argument(
        "--metrics",
        nargs="+",
        default=[*DEFAULT_METRICS, "quality", "balanced_quality"],
        help="keys, or 'all'; source-wise ones also as KEY_A, KEY_B, KEY_balanced. Default: "
        "the ten usual ones, quality and balanced_quality",
    )
    parser.add_argument(
        "--balanced", action="store_true", help="add KEY_balanced for every source-wise metric"
    )
    parser.add_argument(
        "--per-source", action="store_true", help="add KEY_A and KEY_B for every source-wise metric"
    )
    parser.add_argument("--protocol", default="standard", choices=PROTOCOLS)
    parser.add_argument("--ann-file", metavar="FILE", help="score only the pairs named, one a line")
    add_pattern_argument(parser)
    parser.add_argument(
        "--no-baselines", action="store_true", help="no rows for copies, mean, maximum, pyramid"
    )
    parser.add_argument("--reference", metavar="NAME", help="method to test the others against")
    parser.add_argument(
        "--bootstrap", type=at_least(0), default=2000, metavar="N", help="resamples; 0: no intervals"
    )
    parser.add_argument("--seed", type=at_least(0), default=0, help="of the bootstrap")
    parser.add_argument("--workers", type=at_least(1), default=os.cpu_count(), help="pairs at a time")
    parser.add_argument("--plots", action="store_true", help="draw radar and box plots")
    parser.add_argument("--grid", nargs="+", metavar="PAIR", help="grid of images of these pairs")
    parser.add_argument(
        "--zoom",
        nargs="+",
        type=parse_box,
        default=[],
        metavar="X,Y,W,H",
        help="boxes to enlarge in the grid",
    )
    add_source_arguments(parser)
    args = parser.parse_args(argv)
    _take_folders(parser, args)
    if args.no_baselines and not args.fused:
        parser.error("there is nothing to score: give --fused NAME=DIR, or leave --no-baselines out")
    return args


def _take_folders(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Give the folders without an option their meaning."""
    folders = list(args.folders)
    for name in ("a", "b"):
        if getattr(args, name) is None:
            if not folders:
                parser.error("give the folders of source A, of source B and of the fused images")
            setattr(args, name, folders.pop(0))
    args.fused = [
        folder if "=" in folder else f"{Path(folder).resolve().name}={folder}" for folder in folders
    ] + args.fused


def parse_methods(entries: list[str]) -> dict[str, str]:
    """Folders by the name of their method, of NAME=DIR."""
    methods = {}
    for entry in entries:
        name, separator, folder = entry.partition("=")
        if not (separator and name and folder):
            raise OptionError(f"--fused wants NAME=DIR, got '{entry}'")
        if name in methods:
            raise OptionError(f"--fused names the method '{name}' twice")
        methods[name] = folder
    return methods


def parse_metrics(args: argparse.Namespace) -> list[str]:
    """Keys of the metrics, with the forms that are asked for."""
    metrics = args.metrics
    if metrics == ["all"]:
        metrics = [*METRICS_BY_NAME, "quality", "balanced_quality"]
    forms = (["A", "B"] if args.per_source else []) + (["balanced"] if args.balanced else [])
    extra = [f"{metric}_{form}" for metric in source_wise_metrics(metrics) for form in forms]
    return list(dict.fromkeys([*metrics, *extra]))


def parse_box(text: str) -> tuple[int, int, int, int]:
    """Type of an argument: a box X,Y,W,H that has an area."""
    numbers = text.split(",")
    if len(numbers) != 4:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is no box: give X,Y,W,H, e.g. 10,20,64,64")
    corner, size = at_least(0), at_least(1)
    return int(corner(numbers[0])), int(corner(numbers[1])), int(size(numbers[2])), int(size(numbers[3]))


def check_options(args: argparse.Namespace, methods: dict[str, str]) -> None:
    """Check before scoring what would otherwise fail after it, or never."""
    if args.reference is not None and args.reference not in methods:
        raise UserError(f"--reference {args.reference} is none of the methods {list(methods)}")
    if args.reference is not None and not args.bootstrap:
        raise UserError("--reference needs the bootstrap: leave --bootstrap 0 out")
    if args.bootstrap:
        # Missing in an installation that only fuses.
        importlib.import_module("scipy.stats")
    if args.zoom and not args.grid:
        raise UserError("--zoom enlarges parts of the image grid: name its pairs with --grid")


def evaluate(args: argparse.Namespace) -> int:
    """Score, write the report, and return the exit code."""
    methods = parse_methods(args.fused)
    check_method_names(methods)
    check_writable(args.out)
    check_options(args, methods)
    reader = PairReader(source_options(args))
    if args.grid:
        # First: a wrong name or box ends the run before the long part.
        grid = Path(args.out) / "grid.png"
        # A reader of its own, lest the notes name its pairs twice.
        own = PairReader(source_options(args))
        write_picture_grid(grid, args.a, args.b, methods, args.grid, args.zoom, args.pattern, own)
    result = evaluate_folders(
        args.a,
        args.b,
        methods,
        metrics=parse_metrics(args),
        protocol=args.protocol,
        names=read_name_list(args.ann_file) if args.ann_file else None,
        baselines=not args.no_baselines,
        workers=args.workers,
        show_progress=True,
        pattern=args.pattern,
        reader=reader,
    )
    bootstrap = None
    # Of one pair every resample is the same.
    has_bootstrap = args.bootstrap and len(result.names) > 1
    if has_bootstrap:
        bootstrap = paired_bootstrap(result, args.reference, args.bootstrap, seed=args.seed)
    written = write_report(result, args.out, bootstrap, args.plots)
    print(to_markdown(result, bootstrap))
    if args.bootstrap and not has_bootstrap:
        print("note: one pair has no intervals, and tells no methods apart")
    for note in reader.notes():
        print(f"note: {note}")
    if result.problems:
        problems = list(dict.fromkeys(result.problems))
        listed = Path(args.out) / "left_out.txt"
        write_text_atomically(listed, "\n".join(problems) + "\n")
        print(f"left out: {shorten(problems, _SHOWN)} ({listed})", file=sys.stderr)
    print("written:", *written, *([grid] if args.grid else []))
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, score, and return the exit code."""
    return exit_on_user_error(evaluate, parse_args(argv))
