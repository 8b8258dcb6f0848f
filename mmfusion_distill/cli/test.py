"""`mmfusion test`: test a model by a config."""

import argparse
from collections.abc import Sequence

from ..user_errors import exit_on_user_error
from .command_line import parse_run_arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, test, and return the exit code."""
    parser = argparse.ArgumentParser(description="Test a model: CONFIG CHECKPOINT [options].")
    parser.add_argument("config", help="config file")
    parser.add_argument("checkpoint", help="checkpoint file, or the work folder of a run (its best is taken)")
    parser.add_argument("--out", help="file for the metrics (.json, .yaml or .pkl)")
    arguments = parse_run_arguments(parser, argv)
    # After the arguments: a help text needs no PyTorch.
    from ..engine.running import run_test

    exit_on_user_error(run_test, **arguments)
    return 0
