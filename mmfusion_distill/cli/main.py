"""The command `mmfusion`: finds the subcommand and hands over the arguments."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from ..user_errors import exit_on_user_error
from ..version import __version__

#: What each does, in the order in which the help lists them. `main` of the module that is called like the subcommand
#: takes the list of arguments and returns the exit code, or None for 0.
SUBCOMMANDS = {
    "fuse": "fuse a pair of images, or the pairs of two folders",
    "video": "fuse videos, cameras and streams",
    "calibrate": "align two cameras once, for fuse and video",
    "serve": "fuse in the browser, on a page of this machine",
    "annotate": "write annotations of pairs, which guide a teacher",
    "check": "list the problems of two folders of pairs",
    "evaluate": "score fused images of any methods",
    "train": "train on pairs of your own, or by a config",
    "test": "test a model by a config",
    "export": "write a network as ONNX, OpenVINO or TorchScript",
    "publish": "write weights and config into one file for fuse",
    "convert": "convert a checkpoint of the published code",
    "models": "list the weights that come with the package",
    "doctor": "check the installation and say how to fix it",
}


def build_parser() -> argparse.ArgumentParser:
    """The parser of what precedes the arguments of a subcommand."""
    lines = [f"  {name:10s} {what}" for name, what in SUBCOMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="mmfusion",
        usage="mmfusion [-h] [--version] COMMAND ...",
        description="Fuse two registered images of one scene into one that keeps what each sensor saw.",
        epilog="\n".join(
            [
                "commands:",
                *lines,
                "",
                "mmfusion COMMAND --help says more of each.",
                "exit codes: 0 done, 1 something failed, 2 wrong use, 130 Ctrl-C; what was finished is kept",
            ]
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"mmfusion {__version__}")
    parser.add_argument("command", metavar="COMMAND", choices=SUBCOMMANDS, help="one of those below")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand.

    Returns:
        int: The exit code.

    Raises:
        SystemExit: After a help text (0), on wrong use (2), on an error that the user can fix (1), on Ctrl-C (130).
    """
    return exit_on_user_error(_run, list(sys.argv[1:] if argv is None else argv))


def _run(argv: list[str]) -> int:
    parser = build_parser()
    if not argv:
        parser.print_help(sys.stderr)
        return 2
    # Only the first: everything behind it is the subcommand's.
    name = parser.parse_args(argv[:1]).command
    # Its usage then says how it was called.
    sys.argv = [f"mmfusion {name}", *argv[1:]]
    module = importlib.import_module(f"{__package__}.{name}")
    return module.main(argv[1:]) or 0
