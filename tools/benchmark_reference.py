"""Our published student against the straightforward implementation of the tests, at equal weights, in turn."""

import argparse
import statistics
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))


def compare(height: int, width: int, repeats: int) -> str:
    from mmagic.registry import MODELS
    from reference_network import ReferenceNetwork, to_our_names

    from mmfusion_distill.apis.model_files import PUBLISHED_NETWORKS

    reference = ReferenceNetwork(dim=16, num_refinement_blocks=2, factor=2).eval()
    network = MODELS.build(PUBLISHED_NETWORKS["student"]).eval()
    network.load_state_dict(to_our_names(reference.state_dict()))
    images = torch.rand(1, 3, height, width), torch.rand(1, 1, height, width)
    times: dict[str, list[float]] = {"reference": [], "ours": []}
    results = {}
    with torch.inference_mode():
        for _ in range(repeats + 1):
            for name, function in (("reference", reference), ("ours", network)):
                start = time.process_time()
                results[name] = function(*images)
                times[name].append(time.process_time() - start)
    fused, expected = results["ours"], results["reference"][0]
    theirs, ours = (statistics.median(values[1:]) for values in times.values())
    difference = float((fused - expected).abs().max())
    return (
        f"{height}x{width}: reference {theirs:.1f} s, ours {ours:.1f} s of processor time, "
        f"{theirs / ours:.1f} times faster; largest difference {difference:.1e}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes", nargs="+", default=["256x256", "512x640"], help="HEIGHTxWIDTH, multiples of 64"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3, help="timed runs of each, after one to warm up")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    for size in args.sizes:
        print(compare(*map(int, size.split("x")), args.repeats), flush=True)


if __name__ == "__main__":
    main()
