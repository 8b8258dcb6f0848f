"""Hold a student against its teacher and the paper's claim: 10 % size, 10 % time, 90 % quality.

python tools/analysis_tools/retention.py --teacher CONFIG WEIGHTS --student CONFIG WEIGHTS --a DIR --b DIR
"""

import argparse
from pathlib import Path

from mmfusion_distill.analysis.retention import Claim, measure_retention, retention_table
from mmfusion_distill.analysis.scored_pairs import folder_dataset, inputs_of
from mmfusion_distill.inference.pytorch_inferencer import PyTorchInferencer
from mmfusion_distill.system.number_range import NOT_NEGATIVE, at_least
from mmfusion_distill.system.regular_file import check_writable, write_text_atomically
from mmfusion_distill.user_errors import exit_on_user_error


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for role in ("teacher", "student"):
        parser.add_argument(
            f"--{role}", nargs=2, required=True, metavar=("CONFIG", "WEIGHTS"), help="of the network"
        )
    parser.add_argument("--a", required=True, metavar="DIR", help="source A")
    parser.add_argument("--b", required=True, metavar="DIR", help="source B")
    parser.add_argument("--ann-file", default="", metavar="FILE", help="only the pairs named")
    parser.add_argument(
        "--annotations", metavar="DIR", help="text of the pairs; what lacks is taken from image statistics"
    )
    parser.add_argument("--max-pairs", type=at_least(1), help="only the first ones")
    parser.add_argument("--repeats", type=at_least(1), default=5, help="timed runs on each pair")
    parser.add_argument("--device", help="e.g. cpu or cuda:0 (default: the GPU if there is one)")
    parser.add_argument("--out", metavar="FILE", help="also write the table here")
    claim = Claim()
    parser.add_argument(
        "--max-size", type=NOT_NEGATIVE, default=claim.parameters, help="share of the parameters"
    )
    parser.add_argument("--max-time", type=NOT_NEGATIVE, default=claim.seconds, help="share of the time")
    parser.add_argument(
        "--min-quality", type=NOT_NEGATIVE, default=claim.quality, help="share of the quality"
    )
    return parser.parse_args()


def report(args: argparse.Namespace) -> None:
    if args.out:
        check_writable(Path(args.out).parent)
    networks = {"teacher": tuple(args.teacher), "student": tuple(args.student)}
    pairs = inputs_of(folder_dataset(args.a, args.b, args.annotations, args.ann_file), args.max_pairs)
    measured = measure_retention(networks, pairs, PyTorchInferencer, repeats=args.repeats, device=args.device)
    table = retention_table(measured, Claim(args.max_size, args.max_time, args.min_quality))
    print(table)
    if args.out:
        write_text_atomically(args.out, table + "\n")


def main() -> None:
    exit_on_user_error(report, parse_args())


if __name__ == "__main__":
    main()
