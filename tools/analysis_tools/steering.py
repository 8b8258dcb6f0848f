"""Show what naming each event moves in the fused images of real pairs, and write docs/steering.md.

python tools/analysis_tools/steering.py --weights teacher student tiny

Every validation set of a config is fused with nothing named and with every event, by its text (teachers) or by its
name (students). A named quantity should move as
named, and naming something else should move it by less
than a third of that.
"""

import argparse
from functools import partial
from pathlib import Path

from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import exit_on_user_error

CONFIG = "configs/fusion_distill/student_fusionunet_1xb2-3k_cameras-176x344.py"
HEAD = """# Steering

What naming one event moves in the fused images: means over real validation pairs of the ratio to the result with
nothing named, written by `{command}`.
A teacher is told by text (`--text`), a student by name (`--events`). In bold: what the event names. The pairs are as
they were recorded, so most have nothing of what most events name; a network that restores what is named, and only
that, moves little then.
"""


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", nargs="+", default=["teacher"], help="networks (default: teacher)")
    parser.add_argument("--config", default=CONFIG, help="whose validation sets are fused")
    parser.add_argument(
        "--count", type=at_least(1), default=12, metavar="N", help="pairs of a set (default: 12)"
    )
    parser.add_argument("--device", help="e.g. cpu or cuda:0 (default: the GPU if there is one)")
    parser.add_argument("--out", default="docs/steering.md", metavar="FILE", help="default: docs/steering.md")
    return parser.parse_args()


def report(args: argparse.Namespace) -> None:
    from mmfusion_distill.analysis.scored_pairs import load_shown_pairs, validated_sets
    from mmfusion_distill.analysis.steering import (
        fuse_named,
        measure_steering,
        steering_picture,
        steering_table,
    )
    from mmfusion_distill.apis import FusionInferencer
    from mmfusion_distill.images.image_io import write_image
    from mmfusion_distill.zoo.config_files import read_config

    command = f"python tools/analysis_tools/steering.py --weights {' '.join(args.weights)}"
    sections = [HEAD.format(command=command)]
    out = Path(args.out)
    sets = validated_sets(read_config(args.config))
    for weights in args.weights:
        network = FusionInferencer(weights=weights, device=args.device)
        for name, dataset in sets.items():
            pairs = load_shown_pairs(dataset, args.count)
            steering = measure_steering(partial(fuse_named, network), pairs)
            section = f"## {weights}, {name}, {len(pairs)} pairs\n\n{steering_table(steering)}\n"
            print(section, flush=True)
            sections.append(section)
            path = out.parent / "images" / f"steering-{weights}-{name}.png"
            write_image(path, steering_picture(steering))
    out.write_text("\n".join(sections), encoding="utf-8")
    print(f"written: {out} and the images beside it in {out.parent / 'images'}")


if __name__ == "__main__":
    exit_on_user_error(report, parse_args())
