"""Print time, operations, parameters and memory of networks as a Markdown table.

Weights are random. Without CONFIG: the published teacher, the published, the efficient and the tiny student.
"""

import argparse
from pathlib import Path

import torch

from mmfusion_distill.apis.benchmark import benchmark_table, network_config

CONFIGS = Path(__file__).parents[1] / "configs" / "fusion_distill"
DEFAULT = {
    "teacher": "teacher_xrestormer-d48_1xb4-500e_msrs-128x128.py",
    "published student": "student_xrestormer-d16_eval_msrs.py",
    "efficient student": "student_xrestormer-d16-efficient_eval_roadscene.py",
    "tiny student": "student_xrestormer-d8-tiny_eval_roadscene.py",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("configs", nargs="*", help="configs; times are relative to the first")
    parser.add_argument("--exported", nargs="*", default=[], help="files of tools/deployment/export.py")
    parser.add_argument(
        "--sizes", nargs="+", default=["256x256", "640x480", "1920x1080"], help="WIDTHxHEIGHT"
    )
    parser.add_argument("--repeats", type=int, default=3, help="timed runs of each network and size")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    paths = {Path(path).stem: path for path in args.configs} or {
        name: CONFIGS / file for name, file in DEFAULT.items()
    }
    networks = {name: network_config(path) for name, path in paths.items()}
    sizes = [tuple(int(length) for length in size.split("x"))[::-1] for size in args.sizes]
    exported = {Path(path).name: path for path in args.exported}
    print(benchmark_table(networks, sizes, args.repeats, args.device, exported))


if __name__ == "__main__":
    main()
