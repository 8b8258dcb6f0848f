"""`mmfusion doctor`: examine the installation."""

import argparse
from collections.abc import Sequence

from .. import doctor


def main(argv: Sequence[str] | None = None) -> int:
    """Print what is there, what is wanted, and how to fix it; 0 if training and inference can run."""
    parser = argparse.ArgumentParser(description=doctor.__doc__.splitlines()[0].partition(":")[0])
    parser.add_argument("--verbose", action="store_true", help="every check in a line")
    return doctor.main(parser.parse_args(argv).verbose)
