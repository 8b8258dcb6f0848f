"""The command line of the page."""

import argparse
import contextlib
import os
import sys
import threading
from collections.abc import Sequence

from ..system.number_range import ABOVE_ZERO, NumberRange, at_least
from ..system.stop_signals import interrupted_once
from ..user_errors import exit_on_user_error


def main(argv: Sequence[str] | None = None) -> None:
    """Serve a page in the browser that fuses pairs, until Ctrl-C or SIGTERM."""
    args = _parser().parse_args(argv)
    exit_on_user_error(_serve, args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mmfusion serve", description="Fuse pairs of images on a page in the browser."
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen at (default: 127.0.0.1, this machine only)"
    )
    parser.add_argument(
        "--port",
        type=NumberRange(0, 65535, is_whole=True),
        default=7860,
        help="default: 7860; 0 takes a free one",
    )
    parser.add_argument(
        "--weights",
        nargs="+",
        default=[],
        metavar="FILE",
        help="weights to offer beside those that come with the package",
    )
    parser.add_argument("--device", help="default: the GPU if there is one")
    parser.add_argument(
        "--max-megapixels", type=ABOVE_ZERO, default=8, help="largest image, in million pixels (default: 8)"
    )
    parser.add_argument("--max-megabytes", type=ABOVE_ZERO, default=25, help="largest file (default: 25)")
    parser.add_argument("--max-frames", type=at_least(1), default=600, help="longest video (default: 600)")
    return parser


def _serve(args: argparse.Namespace) -> None:
    from ..serve.server import is_loopback, launch
    from ..serve.uploads import Limits

    limits = Limits(args.max_megapixels, args.max_megabytes, args.max_frames)
    with interrupted_once(), launch(limits, args.weights, args.device, args.host, args.port) as address:
        if not is_loopback(args.host):
            print(
                f"warning: whoever reaches {args.host} can use this page, which has no password",
                file=sys.stderr,
            )
        print(f"serving at {address} (Ctrl-C ends it)", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    print("ended", flush=True)
    # A video that is being fused is given up: its files are gone.
    os._exit(0)
