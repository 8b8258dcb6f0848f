"""See it all work in minutes: annotate, train a teacher, distill a student, score both and fuse."""

import argparse
from pathlib import Path

from mmfusion_distill.apis.demonstration import run_demo
from mmfusion_distill.user_errors import exit_on_user_error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-dir", default="work_dirs/demo", help="where everything goes")
    parser.add_argument("--iterations", type=int, default=40, help="training iterations of each network")
    parser.add_argument("--pairs", type=int, default=2, help="unseen pairs that are scored and shown")
    args = parser.parse_args()
    configs = Path(__file__).resolve().parent.parent / "configs" / "fusion_distill"
    exit_on_user_error(run_demo, configs, args.work_dir, args.iterations, args.pairs)


if __name__ == "__main__":
    main()
