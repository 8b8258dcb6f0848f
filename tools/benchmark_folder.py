"""Print pairs per second for a folder: one by one, with reading and writing beside the network, and in batches."""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import torch

from mmfusion_distill.apis import FusionInferencer, fuse_files
from mmfusion_distill.datasets.generated_scenes import write_generated_pairs


def measure(args: argparse.Namespace) -> str:
    inferencer = FusionInferencer(weights=args.weights, device=args.device)
    ways = {
        "one by one": dict(workers=0, batch_size=1),
        f"{args.workers} threads": dict(workers=args.workers, batch_size=1),
        f"{args.workers} threads, batches of {args.batch_size}": dict(
            workers=args.workers, batch_size=args.batch_size
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        height, width = args.size
        write_generated_pairs(root, args.pairs, height=height, width=width)
        for _ in range(args.repeats + 1):
            for name, settings in ways.items():
                start = time.perf_counter()
                fuse_files(inferencer, root / "visible", root / "infrared", root / "out", **settings)
                times[name].append(time.perf_counter() - start)
    lines = ["| way | pairs/s | of the first |", "|---|---|---|"]
    seconds = {name: statistics.median(values[1:]) for name, values in times.items()}
    first = seconds["one by one"]
    lines += [
        f"| {name} | {args.pairs / value:.2f} | {first / value:.2f} times |"
        for name, value in seconds.items()
    ]
    note = (
        f"{args.pairs} pairs of {width}x{height}, {args.weights}, {args.device}, torch with "
        f"{torch.get_num_threads()} threads; in turn, median of {args.repeats} after a warm-up."
    )
    return "\n".join(lines) + "\n\n" + note


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", default="tiny", help="a name that `mmfusion models` lists, or a file")
    parser.add_argument("--pairs", type=int, default=16)
    parser.add_argument("--size", type=int, nargs=2, default=(480, 640), metavar=("HEIGHT", "WIDTH"))
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    print(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
