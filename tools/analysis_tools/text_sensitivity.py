"""How a teacher's result changes with the right text, a wrong one and none."""

import argparse

from mmfusion_distill.apis.command_line import exit_on_user_error
from mmfusion_distill.apis.text_sensitivity import text_sensitivity


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", help="config of a guided network with a test set")
    parser.add_argument("checkpoint", help="checkpoint, or the work folder of a run")
    parser.add_argument("--out", default="text_sensitivity.png", help="picture to write")
    parser.add_argument("--pairs", type=int, default=5, help="number of test pairs")
    args = parser.parse_args()
    print(exit_on_user_error(text_sensitivity, args.config, args.checkpoint, args.out, args.pairs))
    print(f"Picture (A, B, right text, wrong text, 8 x difference): {args.out}")


if __name__ == "__main__":
    main()
