"""Our published student against the straightforward implementation, at equal weights, in turn.

Prints time, processor time, peak memory and their ratios, and the largest difference of the results.
"""

import argparse

import torch


def compare(height: int, width: int, repeats: int) -> str:
    from mmagic.registry import MODELS

    from mmfusion_distill.analysis.benchmark import measure
    from mmfusion_distill.analysis.reference_network import ReferenceNetwork, to_our_names
    from mmfusion_distill.apis.model_files import PUBLISHED_NETWORKS

    reference = ReferenceNetwork(dim=16, num_refinement_blocks=2, factor=2).eval()
    network = MODELS.build(PUBLISHED_NETWORKS["student"]).eval()
    network.load_state_dict(to_our_names(reference.state_dict()))
    images = torch.rand(1, 3, height, width), torch.rand(1, 1, height, width)
    with torch.inference_mode():
        difference = float((network(*images) - reference(*images)[0]).abs().max())
    results = measure({"straightforward": reference, "ours": network}, height, width, repeats)
    theirs, ours = results.values()
    rows = [
        f"| {width}x{height} | {name} | {result.seconds:.2f} | {result.cpu_seconds:.2f} "
        f"| {result.peak_bytes / 1e9:.2f} |"
        for name, result in results.items()
    ]
    ratios = (
        f"| {width}x{height} | ratio | {theirs.seconds / ours.seconds:.2f} "
        f"| {theirs.cpu_seconds / ours.cpu_seconds:.2f} | {theirs.peak_bytes / ours.peak_bytes:.2f} |"
    )
    return "\n".join([*rows, ratios, f"\nlargest difference at {width}x{height}: {difference:.1e}\n"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--sizes", nargs="+", default=["256x256", "640x512"], help="WIDTHxHEIGHT, multiples of 64"
    )
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--repeats", type=int, default=3, help="timed runs of each, after one to warm up")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(f"Batch 1, {args.threads} threads, torch {torch.__version__}; in turn, median of {args.repeats}.\n")
    print("| size | network | s | processor s | peak GB |\n|---|---|---|---|---|")
    for size in args.sizes:
        width, height = map(int, size.split("x"))
        print(compare(height, width, args.repeats), flush=True)


if __name__ == "__main__":
    main()
