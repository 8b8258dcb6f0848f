"""Print parameters, operations, time and, after the same short training, quality of the student candidates.

`python tools/candidates.py --train 2000 --threads 1` trains each of them for 2,000 iterations on RoadScene first;
interrupted, it goes on where it was when called again.
"""

import argparse
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

from mmengine.config import Config

from mmfusion_distill.analysis.benchmark import benchmark_table
from mmfusion_distill.analysis.candidates import train_candidates
from mmfusion_distill.analysis.networks_at_random import network_config
from mmfusion_distill.analysis.stopwatch import set_threads
from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import UserError, exit_on_user_error

CONFIGS = Path(__file__).parents[2] / "configs"
MODELS = {
    name: CONFIGS / "_base_" / "models" / f"{name}_fusionunet.py" for name in ("teacher", "student", "tiny")
}
CONFIG = CONFIGS / "fusion_distill" / "student_fusionunet_1xb2-3k_cameras-176x344.py"


_POOLED = [*[dict(type="GatedConvBlock")] * 3, dict(type="GatedConvBlock", pooled_attention=True)]
_PLAIN = dict(type="ConvFusion", _delete_=True)
_W24 = dict(widths=(24, 32, 40, 48), num_blocks=(1, 1, 1, 1))
#: What a candidate has otherwise than the student. In a name: width of level 1, blocks per level of encoder and
#: decoder, deepest block, neck.
CHANGES: dict[str, dict] = {
    "w24 1111 1111, attention, neck 3 4": _W24,
    "w24 1121 1221, attention, neck 3 4": dict(_W24, num_blocks=(1, 1, 2, 1), decoder_blocks=(1, 2, 2, 1)),
    "w24 1111 1111, attention, plain neck": dict(_W24, neck=_PLAIN),
    "w24 1111 1111, convolutions, plain neck": dict(_W24, neck=_PLAIN, blocks=_POOLED),
    "w32 1121 1121, attention, neck 4": dict(
        widths=(32, 40, 48, 48), num_blocks=(1, 1, 2, 1), decoder_blocks=(1, 1, 2, 1), neck=dict(levels=(4,))
    ),
    "w16 1122 1122, attention, neck 3 4": dict(
        widths=(16, 24, 40, 64), num_blocks=(1, 1, 2, 2), decoder_blocks=(1, 1, 2, 2)
    ),
    "w12 1111 1111, pooled, neck 4": dict(
        widths=(12, 16, 24, 32), num_blocks=(1, 1, 1, 1), blocks=_POOLED, neck=dict(levels=(4,))
    ),
    "w8 0111 1111, pooled, neck 4": dict(widths=(8, 16, 24, 32), blocks=_POOLED, neck=dict(levels=(4,))),
}


def find_networks() -> dict[str, dict]:
    """The teacher, the student and the tiny one as they are, and the candidates."""
    networks = {name: network_config(path) for name, path in MODELS.items()}
    for name, changes in CHANGES.items():
        candidate = Config(networks["student"])
        candidate.merge_from_dict(deepcopy(changes))
        networks[name] = candidate.to_dict()
    return networks


def compare(args: argparse.Namespace) -> None:
    networks = find_networks()
    teacher = networks.pop("teacher")
    candidates = {
        name: network
        for name, network in networks.items()
        if not args.only or any(text in name for text in args.only)
    }
    if not candidates:
        raise UserError(f"--only {' '.join(args.only)} names none of: {'; '.join(networks)}")
    scores = None
    if args.train:
        scores = train_candidates(candidates, args.config, args.train, args.work_dir, args.amp)
    rows = {"teacher": teacher, **candidates}
    print(benchmark_table(rows, [tuple(args.size)], args.repeats, args.device, scores=scores))
    if args.train:
        print(f"Quality: after {args.train} iterations of {args.config.name}, on its validation pairs.")


def main(argv: Sequence[str] | None = None) -> None:
    """Parse the arguments and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--train", type=at_least(1), metavar="ITERATIONS", help="train each first (default: not)"
    )
    parser.add_argument("--only", nargs="+", metavar="TEXT", help="those whose name contains one of these")
    parser.add_argument("--config", type=Path, default=CONFIG, help="training whose network is replaced")
    parser.add_argument("--amp", action="store_true", help="mixed precision, see tools/train.py")
    parser.add_argument("--work-dir", default="work_dirs/candidates", help="folder of the trainings")
    parser.add_argument("--size", type=at_least(1), nargs=2, default=(480, 640), metavar=("HEIGHT", "WIDTH"))
    parser.add_argument("--repeats", type=at_least(1), default=3, help="timed runs of each network")
    parser.add_argument("--threads", type=at_least(1), help="default: PyTorch's choice")
    parser.add_argument("--device", default="cpu", help="device of the timed runs")
    args = parser.parse_args(argv)
    set_threads(args.threads)
    exit_on_user_error(compare, args)


if __name__ == "__main__":
    main()
