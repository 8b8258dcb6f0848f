"""Write generated night scenes for the configs in configs/mix: `train` and `val` with images, boxes and masks."""

import argparse
from pathlib import Path

from mmfusion_distill.data.night_scenes import write_night_scenes
from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import exit_on_user_error


def write_sets(folder: str, train: int, val: int) -> None:
    """Write both sets; no scene is in both."""
    write_night_scenes(Path(folder) / "train", train)
    write_night_scenes(Path(folder) / "val", val, seed=train)
    print(f"written: {train} scenes for training, {val} for validation in {folder}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="target folder, e.g. data/night")
    parser.add_argument("--train", type=at_least(1), default=400, help="scenes for training (default: 400)")
    parser.add_argument("--val", type=at_least(1), default=200, help="scenes for validation (default: 200)")
    exit_on_user_error(write_sets, **vars(parser.parse_args()))


if __name__ == "__main__":
    main()
