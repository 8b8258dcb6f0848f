"""Print how exact registration is on pairs that were warped on purpose, and how many pairs it refuses.

MMFUSION_DATA_ROOT=data python tools/analysis_tools/registration_accuracy.py
"""

import argparse

from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import exit_on_user_error


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generated", type=at_least(0), default=40, help="of generated scenes (default: 40)")
    parser.add_argument("--real", type=at_least(0), default=20, help="pairs of each data set (default: 20)")
    parser.add_argument(
        "--sets",
        nargs="*",
        default=["RoadScene"],
        help="data sets in MMFUSION_DATA_ROOT or data/ (default: RoadScene)",
    )
    parser.add_argument("--unwarped", action="store_true", help="register these pairs unchanged, too")
    parser.add_argument("--seed", type=at_least(0), default=0, help="of pairs and warps (default: 0)")
    return parser.parse_args()


HEAD = "| pairs | | within 1 % | beyond | refused | median | worst |\n|---|---|---|---|---|---|---|"


def report(args: argparse.Namespace) -> None:
    import numpy as np

    from mmfusion_distill.analysis.registration_accuracy import accuracy_row, try_pairs, try_unwarped
    from mmfusion_distill.data.generated_scenes import generate_pair

    print("Farthest corner of B, of accepted pairs, as a share of A's diagonal:\n")
    print(HEAD)
    rng = np.random.default_rng(args.seed)
    scenes = (
        (str(seed), generate_pair(1000 + args.seed * 1000 + seed, 384, 512)) for seed in range(args.generated)
    )
    trials = try_pairs(scenes, args.seed, is_exact=True)
    if trials:
        print(accuracy_row("generated", [trial.error for trial in trials]), flush=True)
    for name in args.sets:
        chosen = choose_pairs(name, args.real, rng)
        trials = try_pairs(chosen, args.seed, is_exact=False)
        print(accuracy_row(f"{name}, against the pair as published", [trial.error for trial in trials]))
        known = [trial.beyond for trial in trials if trial.error is None or trial.beyond is not None]
        print(accuracy_row(f"{name}, against the pair as registered unwarped", known), flush=True)
        if args.unwarped:
            moved = [trial.error for trial in try_unwarped(chosen)]
            print(accuracy_row(f"{name}, not warped", moved), flush=True)


def choose_pairs(name, count, rng):
    """Pairs of a data set, drawn without repetition."""
    import os
    from pathlib import Path

    from mmfusion_distill.images.image_io import read_image
    from mmfusion_distill.images.pairing import pairs_of
    from mmfusion_distill.images.pixels import to_uint8
    from mmfusion_distill.user_errors import UserError

    root = Path(os.environ.get("MMFUSION_DATA_ROOT", "data")) / name
    folders = [
        root / (old if (root / old).is_dir() else new)
        for old, new in (("crop_LR_visible", "vi"), ("cropinfrared", "ir"))
    ]
    if not all(folder.is_dir() for folder in folders):
        raise UserError(f"{folders[0]} is no folder: check MMFUSION_DATA_ROOT and --sets")
    pairs = pairs_of(*folders).pairs
    chosen = rng.permutation(len(pairs))[:count]
    return [
        (
            pairs[index].name,
            (to_uint8(read_image(pairs[index].path_a)), to_uint8(read_image(pairs[index].path_b))[:, :, :1]),
        )
        for index in chosen
    ]


if __name__ == "__main__":
    exit_on_user_error(report, parse_args())
