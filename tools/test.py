"""Test a model: `python tools/test.py CONFIG CHECKPOINT`."""

import argparse

from mmfusion_distill import apis
from mmfusion_distill.apis.command_line import add_run_arguments, exit_on_user_error, parse_run_arguments


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", help="config file")
    parser.add_argument("checkpoint", help="checkpoint file, or the work folder of a run (its best is taken)")
    parser.add_argument("--out", help="file for the metrics (.json, .yaml or .pkl)")
    add_run_arguments(parser)
    arguments = parse_run_arguments(parser)
    exit_on_user_error(apis.run_test, **arguments)


if __name__ == "__main__":
    main()
