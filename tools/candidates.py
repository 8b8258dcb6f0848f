"""Print parameters, operations and time of the student candidates beside the teacher."""

import argparse

import torch

from mmfusion_distill.apis.benchmark import benchmark_table
from mmfusion_distill.apis.candidates import PUBLISHED_TEACHER, STUDENT_CANDIDATES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, nargs=2, default=(480, 640), metavar=("HEIGHT", "WIDTH"))
    parser.add_argument("--repeats", type=int, default=3, help="timed runs of each network")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    networks = {"teacher": PUBLISHED_TEACHER, **STUDENT_CANDIDATES}
    print(benchmark_table(networks, [tuple(args.size)], args.repeats, args.device))


if __name__ == "__main__":
    main()
