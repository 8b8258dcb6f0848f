"""Print what a detector gains by fusion on generated night scenes, half of whose people only infrared shows.

The same small detector is trained on the visible images, on the infrared ones, and on fusions of both: by the
Laplacian pyramid, by the frozen student, and by the student trained along. Needs `pip install -e ".[detect]"`.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import exit_on_user_error

CONFIG = (
    Path(__file__).resolve().parents[2]
    / "configs"
    / "mix"
    / "rtmdet-nano_fusionunet-frozen_1xb8-600i_night-128x160.py"
)


def print_gain(folder: str | None, iterations: int, train: int, val: int, seeds: int) -> None:
    """Train and print a Markdown table."""
    from mmfusion_distill.analysis.detector_gain import measure_detector_gain, to_markdown

    def report(name: str, seed: int, scores: dict[str, float]) -> None:
        print(f"seed {seed}, {name}: AP {100 * scores['all']:.1f} %", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as temporary:
        results = measure_detector_gain(
            CONFIG, folder or temporary, iterations, train, val, range(seeds), on_result=report
        )
    print(to_markdown(results))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", help="where scenes and logs go (default: a temporary one)")
    parser.add_argument("--iterations", type=at_least(1), default=300, help="of each training (default: 300)")
    parser.add_argument("--train", type=at_least(1), default=300, help="scenes for training (default: 300)")
    parser.add_argument("--val", type=at_least(1), default=200, help="scenes for validation (default: 200)")
    parser.add_argument("--seeds", type=at_least(1), default=1, help="trainings of each input (default: 1)")
    exit_on_user_error(print_gain, **vars(parser.parse_args()))


if __name__ == "__main__":
    main()
