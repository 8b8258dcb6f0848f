"""Print parameters, operations, time and, after the same short training, quality of the student candidates.

`python tools/candidates.py --train 2000 --threads 1` trains each of them for 2,000 iterations on RoadScene first;
interrupted, it goes on where it was when called again.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmfusion_distill.analysis.benchmark import benchmark_table
from mmfusion_distill.analysis.candidates import STUDENT_CANDIDATES, train_candidates
from mmfusion_distill.analysis.stopwatch import set_threads
from mmfusion_distill.io.config_files import read_config
from mmfusion_distill.user_errors import UserError, exit_on_user_error

CONFIGS = Path(__file__).parents[2] / "configs"
TEACHER = CONFIGS / "fusion_distill" / "teacher_fusionunet_1xb2-3k_roadscene-176x344.py"
CONFIG = CONFIGS / "fusion_distill" / "student_fusionunet_1xb2-6k_roadscene-176x344.py"


def compare(args: argparse.Namespace) -> None:
    candidates = {
        name: network
        for name, network in STUDENT_CANDIDATES.items()
        if not args.only or any(text in name for text in args.only)
    }
    if not candidates:
        raise UserError(f"--only {' '.join(args.only)} names none of: {'; '.join(STUDENT_CANDIDATES)}")
    scores = None
    if args.train:
        scores = train_candidates(candidates, args.config, args.train, args.work_dir)
    teacher = read_config(TEACHER).model.generator.to_dict()
    networks = {"teacher": teacher, **candidates}
    print(benchmark_table(networks, [tuple(args.size)], args.repeats, args.device, scores=scores))
    if args.train:
        print(f"Quality: after {args.train} iterations of {args.config.name}, on its validation pairs.")


def main(argv: Sequence[str] | None = None) -> None:
    """Parse the arguments and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=int, metavar="ITERATIONS", help="train each first (default: not)")
    parser.add_argument("--only", nargs="+", metavar="TEXT", help="those whose name contains one of these")
    parser.add_argument("--config", type=Path, default=CONFIG, help="training whose network is replaced")
    parser.add_argument("--work-dir", default="work_dirs/candidates", help="folder of the trainings")
    parser.add_argument("--size", type=int, nargs=2, default=(480, 640), metavar=("HEIGHT", "WIDTH"))
    parser.add_argument("--repeats", type=int, default=3, help="timed runs of each network")
    parser.add_argument("--threads", type=int, help="default: PyTorch's choice")
    parser.add_argument("--device", default="cpu", help="device of the timed runs")
    args = parser.parse_args(argv)
    set_threads(args.threads)
    exit_on_user_error(compare, args)


if __name__ == "__main__":
    main()
