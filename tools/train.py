"""Train a model: `python tools/train.py CONFIG`."""

import argparse

from mmfusion_distill import apis
from mmfusion_distill.apis.command_line import add_run_arguments, exit_on_user_error, parse_run_arguments


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
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
    add_run_arguments(parser)
    arguments = parse_run_arguments(parser)
    exit_on_user_error(apis.run_training, **arguments)


if __name__ == "__main__":
    main()
