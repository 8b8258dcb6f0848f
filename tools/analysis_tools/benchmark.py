"""Print a Markdown table of time: of networks, of the fusing of folders and videos, of metrics, or of training steps.

python tools/analysis_tools/benchmark.py networks --sizes 640x480 1920x1080 --export onnx openvino --threads 2
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from mmfusion_distill.cli.command_line import image_size
from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import exit_on_user_error

CONFIGS = Path(__file__).parents[2] / "configs" / "_base_" / "models"
DEFAULT = {name: CONFIGS / f"{name}_fusionunet.py" for name in ("teacher", "student", "tiny")}


def read_networks(paths: list[str]) -> dict[str, dict]:
    """Networks of configs by short names; without any, teacher, student and tiny."""
    from mmfusion_distill.analysis.named_network import network_config

    return {name: network_config(path) for name, path in (named(paths, "stem") or DEFAULT).items()}


def named(paths: list[str], part: str) -> dict[str, str]:
    """Paths by a part of theirs, or by themselves where these are not unique."""
    names = [getattr(Path(path), part) for path in paths]
    return {path if names.count(name) > 1 else name: path for name, path in zip(names, paths)}


def networks(args: argparse.Namespace) -> str:
    """Time, operations, parameters and memory of networks, a copy and the Laplacian pyramid."""
    from mmfusion_distill.analysis.benchmark import benchmark_table
    from mmfusion_distill.analysis.preparers import export_networks

    chosen = read_networks(args.configs)
    with tempfile.TemporaryDirectory() as folder:
        files, problems = export_networks(chosen, args.export, folder)
        files.update(named(args.exported, "name"))
        table = benchmark_table(chosen, args.sizes, args.repeats, args.device, files)
    return "\n".join([table, *problems])


def folder(args: argparse.Namespace) -> str:
    """Pairs per second for a folder, and of decoding, the network and encoding alone; or its memory."""
    from mmfusion_distill.analysis.throughput import folder_memory, folder_table

    height, width = args.size
    if args.memory:
        return folder_memory(args.weights, args.pairs, width, height, args.threads)
    return folder_table(args.weights, args.pairs, width, height, args.workers, args.threads, args.repeats)


def film(args: argparse.Namespace) -> str:
    """Frames per second of a video, and of decoding, the network and encoding alone."""
    from mmfusion_distill.analysis.throughput import film_table

    height, width = args.size
    return film_table(args.weights, args.frames, width, height, args.threads, args.repeats)


def metrics(args: argparse.Namespace) -> str:
    """Time of each metric on one pair of images."""
    from mmfusion_distill.analysis.benchmark import metrics_table
    from mmfusion_distill.evaluation import METRICS_BY_NAME

    height, width = args.size
    return metrics_table(width, height, args.metrics or list(METRICS_BY_NAME), args.repeats)


def training(args: argparse.Namespace) -> str:
    """Time of a training step."""
    from mmfusion_distill.analysis.benchmark import training_table

    options = dict(with_bfloat16=args.bfloat16, with_compile=args.compile)
    chosen = read_networks(args.configs)
    return training_table(chosen, args.side, args.batch, args.repeats, args.device, **options)


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="{networks,folder,film,metrics,training}")

    def add(function: Callable, repeats: int, threads: int | None = None) -> argparse.ArgumentParser:
        command = commands.add_parser(function.__name__, help=function.__doc__, description=function.__doc__)
        command.set_defaults(function=function)
        command.add_argument("--repeats", type=at_least(1), default=repeats, help=f"timed runs ({repeats})")
        shown = threads or "PyTorch's choice"
        command.add_argument("--threads", type=at_least(1), default=threads, help=f"default: {shown}")
        return command

    size = dict(type=image_size, metavar="WIDTHxHEIGHT")
    command = add(networks, 9)
    command.add_argument("configs", nargs="*", help="configs; times are relative to the first")
    formats = ("onnx", "openvino", "torchscript")
    command.add_argument("--export", nargs="+", default=[], choices=formats, help="run them exported as well")
    command.add_argument("--exported", nargs="+", default=[], metavar="FILE", help="files of mmfusion export")
    command.add_argument("--sizes", nargs="+", default=[(480, 640)], help="default: 640x480", **size)
    command.add_argument("--device", default="cpu")
    command = add(folder, 3, threads=2)
    command.add_argument("--weights", default="tiny", help="a name that `mmfusion models` lists, or a file")
    command.add_argument("--pairs", type=at_least(1), default=100)
    command.add_argument("--size", default=(480, 640), **size)
    command.add_argument("--workers", type=at_least(1), default=2)
    command.add_argument(
        "--memory", action="store_true", help="the largest memory of a tenth and of all pairs"
    )
    command = add(film, 3, threads=2)
    command.add_argument("--weights", default="tiny", help="a name that `mmfusion models` lists, or a file")
    command.add_argument("--frames", type=at_least(2), default=150)
    command.add_argument("--size", default=(480, 640), **size)
    command = add(metrics, 5, threads=1)
    command.add_argument("--size", default=(480, 640), **size)
    command.add_argument("--metrics", nargs="+", metavar="KEY", help="default: all")
    command = add(training, 5)
    command.add_argument("configs", nargs="*", help="configs; times are relative to the first")
    command.add_argument("--side", type=at_least(64), default=64, help="of the crops, a multiple of 64")
    command.add_argument("--batch", type=at_least(1), default=4, help="crops of a step")
    command.add_argument("--bfloat16", action="store_true", help="under autocast to bfloat16 as well")
    command.add_argument("--compile", action="store_true", help="by torch.compile as well: takes minutes")
    command.add_argument("--device", default="cpu")
    return parser.parse_args(argv)


def run(args: argparse.Namespace) -> None:
    from mmfusion_distill.analysis.stopwatch import set_threads

    set_threads(args.threads)
    print(args.function(args))


def main(argv: Sequence[str] | None = None) -> None:
    """Parse the arguments and print the table."""
    exit_on_user_error(run, parse_args(argv))


if __name__ == "__main__":
    main()
