"""`mmfusion train`: train a network on pairs of your own, or by a config."""

import argparse
from collections.abc import Sequence

from ..system.cores import let_waiting_threads_sleep
from ..system.number_range import ABOVE_ZERO, at_least
from ..system.stop_signals import told_when_interrupted
from ..user_errors import exit_on_user_error
from .command_line import parse_run_arguments
from .source_arguments import add_pattern_argument
from .train_own import check_own_arguments, told_set_up, train_own


def build_parser() -> argparse.ArgumentParser:
    """The parser, without what training and testing have in common."""
    parser = argparse.ArgumentParser(
        description="Train a network: --data FOLDER on pairs of your own, or CONFIG.",
        epilog="Ctrl-C keeps what a run has reached; the same command with --resume goes on there.",
    )
    parser.add_argument(
        "config", nargs="?", help="config file, or the name of one that comes with the package"
    )
    own = parser.add_argument_group("pairs of your own")
    own.add_argument(
        "--data",
        nargs="+",
        metavar="FOLDER",
        help="a folder with the pairs in sub-folders like visible and infrared (perhaps annotations), or the folders "
        "of source A and of source B",
    )
    own.add_argument(
        "--from",
        dest="start",
        default="student",
        metavar="WEIGHTS",
        help="weights to start from: student (default), tiny, medical, teacher, a file, or pyramid for none",
    )
    add_pattern_argument(own)
    own.add_argument("--teacher", metavar="WEIGHTS", help="distil from this teacher, e.g. teacher")
    own.add_argument("--iters", type=at_least(1), metavar="N", help="iterations (default: 1000)")
    own.add_argument("--minutes", type=ABOVE_ZERO, metavar="M", help="about how long, instead of --iters")
    parser.add_argument(
        "--out", dest="work_dir", metavar="DIR", help="where everything goes (default: work_dirs/NAME)"
    )
    parser.add_argument(
        "--resume",
        nargs="?",
        const="auto",
        help="go on from the last checkpoint of the work folder, or from the one given",
    )
    parser.add_argument("--tensorboard", action="store_true", help="write curves for TensorBoard too")
    parser.add_argument(
        "--auto-scale-lr", action="store_true", help="scale the learning rate by the total batch size"
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, train, and return the exit code."""
    parser = build_parser()
    arguments = parse_run_arguments(parser, argv)
    args = argparse.Namespace(**arguments)
    check_own_arguments(parser, args)
    # Before PyTorch is imported, which a help text needs not.
    let_waiting_threads_sleep()
    if args.data:
        return exit_on_user_error(train_own, args)
    for name in ("data", "start", "teacher", "iters", "minutes", "pattern"):
        del arguments[name]
    exit_on_user_error(_train_by_config, arguments)
    return 0


def _train_by_config(arguments: dict) -> None:
    with told_when_interrupted(told_set_up(arguments["resume"])):
        from ..engine.running import run_training

        run_training(**arguments)
