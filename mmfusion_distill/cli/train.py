"""`mmfusion train`: train a model by a config."""

import argparse
from collections.abc import Sequence

from ..user_errors import exit_on_user_error
from .command_line import parse_run_arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, train, and return the exit code."""
    parser = argparse.ArgumentParser(description="Train a model: CONFIG [options].")
    parser.add_argument("config", help="config file")
    parser.add_argument(
        "--resume",
        nargs="?",
        const="auto",
        help="go on from the last checkpoint of the work folder, or from the one given",
    )
    parser.add_argument(
        "--auto-scale-lr", action="store_true", help="scale the learning rate by the total batch size"
    )
    arguments = parse_run_arguments(parser, argv)
    # After the arguments: a help text needs no PyTorch.
    from ..engine.running import run_training

    exit_on_user_error(run_training, **arguments)
    return 0
