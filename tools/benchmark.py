"""Print time, operations, parameters and memory of networks as a Markdown table.

Weights are random. Without CONFIG: the published teacher, the published, the efficient and the tiny student.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import torch

from mmfusion_distill.apis.benchmark import benchmark_table, network_config
from mmfusion_distill.apis.command_line import at_least, exit_on_user_error, image_size

CONFIGS = Path(__file__).parents[1] / "configs" / "fusion_distill"
DEFAULT = {
    "teacher": "teacher_xrestormer-d48_1xb4-500e_msrs-128x128.py",
    "published student": "student_xrestormer-d16_eval_msrs.py",
    "efficient student": "student_xrestormer-d16-efficient_eval_roadscene.py",
    "tiny student": "student_xrestormer-d8-tiny_eval_roadscene.py",
}


def compare(args: argparse.Namespace) -> None:
    paths = named(args.configs, lambda path: path.stem) or {
        name: CONFIGS / file for name, file in DEFAULT.items()
    }
    networks = {name: network_config(path) for name, path in paths.items()}
    exported = named(args.exported, lambda path: path.name)
    print(benchmark_table(networks, args.sizes, args.repeats, args.device, exported))


def named(paths: list[str], short: Callable[[Path], str]) -> dict[str, str]:
    """Paths by short names, or by themselves where these are not unique."""
    names = [short(Path(path)) for path in paths]
    return {path if names.count(name) > 1 else name: path for name, path in zip(names, paths)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("configs", nargs="*", help="configs; times are relative to the first")
    parser.add_argument("--exported", nargs="*", default=[], help="files of tools/deployment/export.py")
    parser.add_argument(
        "--sizes",
        nargs="+",
        type=image_size,
        default=[(256, 256), (480, 640), (1080, 1920)],
        metavar="WIDTHxHEIGHT",
        help="default: 256x256 640x480 1920x1080",
    )
    parser.add_argument("--repeats", type=at_least(1), default=3, help="timed runs of each network and size")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    exit_on_user_error(compare, args)


if __name__ == "__main__":
    main()
