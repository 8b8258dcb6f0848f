"""`mmfusion convert`: convert a checkpoint of the published code."""

import argparse
from collections.abc import Sequence

from ..user_errors import exit_on_user_error


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, convert, and return the exit code."""
    parser = argparse.ArgumentParser(
        description="Convert a checkpoint of the published code: SRC DST --role teacher."
    )
    parser.add_argument("src", help="checkpoint of the published code")
    parser.add_argument("dst", help="target, e.g. teacher.pth")
    parser.add_argument("--role", required=True, choices=["teacher", "student"])
    args = parser.parse_args(argv)
    # A help text does without PyTorch.
    from ..export.model_files import convert_published_checkpoint

    print(f"written: {exit_on_user_error(convert_published_checkpoint, args.src, args.dst, args.role)}")
    return 0
