"""Train all that comes with the package, in order and from nothing, and put it where it ships.

python tools/reproduce.py                      # what is done stays, what was stopped goes on
python tools/reproduce.py --stages medical     # some of it
python tools/reproduce.py --dry-run            # the plan, with hours

Data: RoadScene, M3SVD, LLVIP, M3FD and Harvard in MMFUSION_DATA_ROOT or data/, for research, each by its licence.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import UserError, exit_on_user_error

if TYPE_CHECKING:
    from mmfusion_distill.engine.recipe import Stage

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "mmfusion_distill" / "weights"


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stages", nargs="+", default=[], metavar="NAME", help="default: all")
    parser.add_argument(
        "--work-dir", default="work_dirs/reproduce", metavar="DIR", help="checkpoints and logs"
    )
    parser.add_argument("--seeds", type=at_least(1), default=1, metavar="N", help="trainings of the student")
    parser.add_argument(
        "--amp", action="store_true", help="mixed precision, for processors with bfloat16 units"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="time a step of each stage, print the hours, stop"
    )
    parser.add_argument(
        "--publish",
        action="store_true",
        help="write what is done into mmfusion_distill/weights, with its hashes",
    )
    return parser.parse_args()


def train_command(stage: "Stage", folder: Path, options: dict, amp: bool) -> list[str]:
    command = [sys.executable, "-m", "mmfusion_distill", "train", stage.config, "--work-dir", str(folder)]
    command += ["--resume", *(["--amp"] if amp else [])]
    return [*command, "--cfg-options", *(f"{name}={value}" for name, value in options.items())]


def run(args: argparse.Namespace) -> None:
    from mmfusion_distill.engine import recipe

    plan = recipe.planned(args.stages, args.seeds)
    print_plan(plan, args)
    if args.dry_run:
        return
    for stage, seed in plan:
        folder = recipe.folder_of(args.work_dir, stage.name, seed)
        if recipe.is_done(folder):
            print(f"{folder.name}: done already", flush=True)
            continue
        start = time.time()
        options = recipe.options_of(stage, args.work_dir, seed)
        if subprocess.run(train_command(stage, folder, options, args.amp)).returncode:
            raise UserError(
                f"{folder.name} ended early: what it has trained is kept in {folder}, run the same command to go on"
            )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "done").touch()
        print(f"{folder.name}: {(time.time() - start) / 3600:.2f} hours", flush=True)
    if args.publish:
        publish(plan, args)


def print_plan(plan: list[tuple["Stage", int]], args: argparse.Namespace) -> None:
    """Stages, iterations, and hours by a timed step of each."""
    from mmengine.registry import DefaultScope

    from mmfusion_distill.engine import recipe
    from mmfusion_distill.engine.step_timing import time_step
    from mmfusion_distill.zoo.config_files import read_config

    for stage, seed in plan:
        folder = recipe.folder_of(args.work_dir, stage.name, seed)
        config = read_config(stage.config)
        iterations = config.train_cfg.max_iters
        said = f"{folder.name}: {iterations} iterations of {stage.config}"
        if recipe.is_done(folder):
            said += ", done"
        elif args.dry_run:
            with DefaultScope.overwrite_default_scope(config.default_scope):
                said += f", {iterations * time_step(config) / 3600:.1f} hours in single precision"
        print(said, flush=True)


def publish(plan: list[tuple["Stage", int]], args: argparse.Namespace) -> None:
    """Put the last weights of every stage that ships into the package; students learn to name events before."""
    from mmfusion_distill.engine import recipe
    from mmfusion_distill.export.model_files import publish_network

    for stage, seed in plan:
        if stage.ships is None or seed:
            continue
        checkpoint, target = recipe.end_of(args.work_dir, stage.name), WEIGHTS / stage.ships
        if stage.reads_text:
            print(f"written: {publish_network(stage.config, checkpoint, target, half=True)}", flush=True)
        else:
            run_tool("model_converters/fit_events.py", stage.config, checkpoint, target)
    run_tool("deployment/export_shipped.py")


def run_tool(name: str, *arguments: str | Path) -> None:
    command = [sys.executable, ROOT / "tools" / name, *arguments]
    if subprocess.run(command).returncode:
        raise UserError(f"tools/{name} ended early: see above")


if __name__ == "__main__":
    exit_on_user_error(run, parse_args())
