"""The argument about how names pair up, for every command that takes two folders."""

import argparse


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
