"""Print how long each metric takes on one pair of pictures.

python tools/benchmark_metrics.py --size 640x480
"""

import argparse

from mmfusion_distill.analysis.metric_benchmark import benchmark_batched, benchmark_metrics
from mmfusion_distill.apis.command_line import at_least, exit_on_user_error, image_size
from mmfusion_distill.evaluation import METRICS_BY_NAME
from mmfusion_distill.user_errors import UserError


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=image_size, default=(480, 640), metavar="WIDTHxHEIGHT")
    parser.add_argument("--metrics", nargs="+", metavar="KEY", help="default: all")
    parser.add_argument("--repeats", type=at_least(1), default=5, help="runs; the fastest one counts")
    parser.add_argument("--threads", type=at_least(1), help="threads of OpenCV (default: 1)")
    parser.add_argument(
        "--batch", type=at_least(1), metavar="N", help="compare the batched form with arrays instead"
    )
    parser.add_argument("--device", help="of the batched form, e.g. cuda:0 (default: cpu)")
    return parser.parse_args()


def measure(args: argparse.Namespace) -> str:
    height, width = args.size
    if args.batch:
        if args.metrics or args.threads:
            raise UserError(
                "--metrics and --threads are not for --batch, which takes what has a batched form"
            )
        return benchmark_batched(width, height, args.batch, args.device or "cpu", args.repeats)
    if args.device:
        raise UserError("--device is for --batch: metrics of arrays are computed on the CPU")
    return benchmark_metrics(
        width, height, args.metrics or list(METRICS_BY_NAME), args.repeats, args.threads or 1
    )


if __name__ == "__main__":
    print(exit_on_user_error(measure, parse_args()))
