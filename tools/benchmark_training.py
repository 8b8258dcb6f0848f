"""Print milliseconds per training step of the published student: straightforward code, ours, ours with options."""

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import nn


def training_step(
    network: nn.Module, device: str, size: int, batch: int, bf16: bool = False
) -> Callable[[], None]:
    """A function that does one step on random images: forward, fusion loss, backward, AdamW."""
    from mmagic.registry import MODELS

    loss = MODELS.build(dict(type="FusionLoss", use_events=False))
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    img_a = torch.rand(batch, 3, size, size, device=device)
    img_b = torch.rand(batch, 1, size, size, device=device)

    def step() -> None:
        optimizer.zero_grad()
        with torch.autocast(torch.device(device).type, torch.bfloat16, enabled=bf16):
            fused = network(img_a, img_b)
        fused = fused[0] if isinstance(fused, tuple) else fused
        sum(loss(fused.float(), img_a, img_b, events=None).values()).backward()
        optimizer.step()
        if torch.device(device).type == "cuda":
            torch.cuda.synchronize()

    return step


def measure(args: argparse.Namespace) -> str:
    from mmagic.registry import MODELS

    from mmfusion_distill.analysis.reference_network import ReferenceNetwork
    from mmfusion_distill.apis.model_files import PUBLISHED_NETWORKS

    def ours() -> nn.Module:
        return MODELS.build(PUBLISHED_NETWORKS["student"]).to(args.device)

    steps = {
        "straightforward": training_step(
            ReferenceNetwork(dim=16, num_refinement_blocks=2, factor=2).to(args.device),
            args.device,
            args.size,
            args.batch,
        ),
        "ours": training_step(ours(), args.device, args.size, args.batch),
        "ours, bfloat16 autocast": training_step(ours(), args.device, args.size, args.batch, bf16=True),
    }
    if args.compile:
        steps["ours, torch.compile"] = training_step(
            torch.compile(ours()), args.device, args.size, args.batch
        )
    times: dict[str, list[float]] = {name: [] for name in steps}
    first: dict[str, float] = {}
    for _ in range(args.repeats + 1):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            seconds = time.perf_counter() - start
            if name in first:
                times[name].append(seconds)
            else:
                first[name] = seconds
    lines = ["| training step | ms | times faster | first step s |", "|---|---|---|---|"]
    medians = {name: statistics.median(values) for name, values in times.items()}
    lines += [
        f"| {name} | {1000 * value:.0f} | {medians['straightforward'] / value:.2f} | {first[name]:.1f} |"
        for name, value in medians.items()
    ]
    note = (
        f"Published student, batch {args.batch} of {args.size}x{args.size}, {args.device}, "
        f"{torch.get_num_threads()} threads, torch {torch.__version__}; in turn, median of {args.repeats}."
    )
    return "\n".join(lines) + "\n\n" + note


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=64, help="side of the crops, a multiple of 64")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="cpu")
    parser.add_argument(
        "--compile", action="store_true", help="torch.compile as well: minutes for the first step"
    )
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(measure(args))


if __name__ == "__main__":
    main()
