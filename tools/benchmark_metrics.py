"""Print how long each metric takes on one pair of pictures.

python tools/benchmark_metrics.py --size 640x480
"""

import argparse

from mmfusion_distill.evaluation import METRICS_BY_NAME
from mmfusion_distill.evaluation.benchmark import benchmark_batched, benchmark_metrics


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="640x480", metavar="WxH")
    parser.add_argument("--metrics", nargs="+", default=list(METRICS_BY_NAME), metavar="KEY")
    parser.add_argument("--repeats", type=int, default=5, help="runs; the fastest one counts")
    parser.add_argument("--threads", type=int, default=1, help="threads of OpenCV")
    parser.add_argument("--batch", type=int, metavar="N", help="compare the batched form with arrays instead")
    parser.add_argument("--device", default="cpu", help="of the batched form, e.g. cuda:0")
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    width, height = map(int, args.size.split("x"))
    if args.batch:
        print(benchmark_batched(width, height, args.batch, args.device, args.repeats))
        return
    print(benchmark_metrics(width, height, args.metrics, args.repeats, args.threads))


if __name__ == "__main__":
    main()
