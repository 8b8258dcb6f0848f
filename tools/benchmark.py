"""Print time, operations, parameters and memory of networks as a Markdown table.

Weights are random. Without CONFIG: the published teacher, the published, the efficient and the tiny student.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import torch

from mmfusion_distill.apis.benchmark import benchmark_table, network_config
from mmfusion_distill.user_errors import exit_on_user_error

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
    sizes = [size_of(text) for text in args.sizes]
    print(benchmark_table(networks, sizes, args.repeats, args.device, exported))


def named(paths: list[str], short: Callable[[Path], str]) -> dict[str, str]:
    """Paths by short names, or by themselves where these are not unique."""
    names = [short(Path(path)) for path in paths]
    return {path if names.count(name) > 1 else name: path for name, path in zip(names, paths)}


def size_of(text: str) -> tuple[int, int]:
    """Height and width of WIDTHxHEIGHT."""
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise ValueError(f"--sizes {text}: give WIDTHxHEIGHT, e.g. 640x480")
    return int(height), int(width)


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
    exit_on_user_error(compare, args)


if __name__ == "__main__":
    main()
