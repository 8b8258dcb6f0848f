"""`mmfusion publish`: write weights and config of a network into one file."""

import argparse
from collections.abc import Sequence

from ..user_errors import exit_on_user_error


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, publish, and return the exit code."""
    parser = argparse.ArgumentParser(
        description="Write weights and config of a network into one file, which is all that `mmfusion fuse` needs."
    )
    parser.add_argument(
        "config", help="config of the network or of its distillation (whose student is taken)"
    )
    parser.add_argument("checkpoint", help="checkpoint, or the work folder of a run")
    parser.add_argument("out", help="target, ending in .safetensors")
    parser.add_argument("--half", action="store_true", help="store half precision, half the size")
    args = parser.parse_args(argv)
    # A help text does without PyTorch.
    from ..export.model_files import publish_network

    path = exit_on_user_error(publish_network, args.config, args.checkpoint, args.out, args.half)
    print(f"written: {path}")
    return 0
