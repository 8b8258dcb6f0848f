"""Print time, operations, parameters and memory of networks, a copy and the Laplacian pyramid as a Markdown table.

Weights are random. Without CONFIG: teacher, student and tiny. `--export onnx openvino` adds a row for each of their
exported files: python tools/benchmark.py --sizes 640x480 1920x1080 --export onnx openvino --threads 2 --repeats 15
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from mmfusion_distill.apis.command_line import at_least, exit_on_user_error, image_size

CONFIGS = Path(__file__).parents[1] / "configs" / "_base_" / "models"
DEFAULT = {name: CONFIGS / f"{name}_fusionunet.py" for name in ("teacher", "student", "tiny")}
EXPORTS = ("onnx", "openvino", "torchscript")


def compare(args: argparse.Namespace) -> None:
    from mmfusion_distill.analysis import benchmark

    if args.threads:
        benchmark.set_threads(args.threads)
    paths = named(args.configs, lambda path: path.stem) or DEFAULT
    networks = {name: benchmark.network_config(path) for name, path in paths.items()}
    exported = named(args.exported, lambda path: path.name)
    with tempfile.TemporaryDirectory() as folder:
        files, problems = benchmark.export_networks(networks, args.export, folder)
        print(
            benchmark.benchmark_table(networks, args.sizes, args.repeats, args.device, {**files, **exported})
        )
    print("\n".join(problems))


def named(paths: list[str], short: Callable[[Path], str]) -> dict[str, str]:
    """Paths by short names, or by themselves where these are not unique."""
    names = [short(Path(path)) for path in paths]
    return {path if names.count(name) > 1 else name: path for name, path in zip(names, paths)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("configs", nargs="*", help="configs; times are relative to the first")
    parser.add_argument(
        "--export", nargs="+", default=[], choices=EXPORTS, help="also run the networks exported so"
    )
    parser.add_argument(
        "--exported", nargs="+", default=[], metavar="FILE", help="files of tools/deployment/export.py"
    )
    parser.add_argument(
        "--sizes",
        nargs="+",
        type=image_size,
        default=[(480, 640)],
        metavar="WIDTHxHEIGHT",
        help="default: 640x480",
    )
    parser.add_argument("--repeats", type=at_least(1), default=9, help="timed runs of each (default: 9)")
    parser.add_argument("--threads", type=at_least(1), help="default: PyTorch's choice")
    parser.add_argument("--device", default="cpu")
    exit_on_user_error(compare, parser.parse_args())


if __name__ == "__main__":
    main()
