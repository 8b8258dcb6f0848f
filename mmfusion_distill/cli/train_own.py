"""`mmfusion train --data FOLDER`: from pairs of your own to a network, and a page on how it went."""

import argparse
import shlex
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..system.cores import CorePlan, plan_cores
from ..system.number_range import counted
from ..system.regular_file import check_writable, write_text_atomically
from ..system.stop_signals import told_when_interrupted
from ..user_errors import UserError

if TYPE_CHECKING:
    from mmengine.config import Config

    from ..data.own_pairs import OwnPairs

#: Iterations where neither these nor minutes are given, and the fewest that minutes give.
ITERATIONS, _FEWEST = 1000, 20
#: Of the time that is given, the part that is planned.
_PLANNED = 0.9
CONFIG, PAGE = "config.py", "results.html"


def train_own(args: argparse.Namespace) -> int:
    """Train on pairs of your own, and write the page of results.

    Args:
        args (argparse.Namespace): Of :func:`~mmfusion_distill.cli.train.build_parser`, with `data` or `resume`.

    Returns:
        int: The exit code.

    Raises:
        UserError: If pairs or weights cannot be used, or the folder has a run already.
    """
    out = Path(args.work_dir or Path("work_dirs") / name_of(args.data))
    check_writable(out)
    with warnings.catch_warnings():
        # Of libraries, about themselves.
        warnings.simplefilter("ignore")
        with told_when_interrupted(told_set_up(args.resume)):
            if args.resume is None:
                _plan(args, out, plan_cores())
            _train(out, args)
        with told_when_interrupted(
            "stopped while the page was being written: the same command with --resume writes it"
        ):
            _report(out)
    return 0


def told_set_up(resume: str | None) -> str:
    """What is said of a run that is stopped before its first step, where `--resume` was given or was not."""
    begins = "began: the same command starts again" if resume is None else "went on: the same command goes on"
    return f"stopped before training {begins}"


def name_of(folders: Sequence[str]) -> str:
    """Name of the data: of the folder, or of the one around the folders of both sources."""
    around = {Path(folder).resolve().parent for folder in folders}
    folder = around.pop() if len(folders) > 1 and len(around) == 1 else Path(folders[0]).resolve()
    return folder.name or "own"


class _Plan:
    """The lines that are printed before training, each as soon as it is known: a step is timed for the third."""

    def __init__(self) -> None:
        self.text = ""

    def tell(self, name: str, what: str) -> None:
        """Print a line that begins with a name."""
        line = f"{name:<10}{what}"
        print(line, flush=True)
        self.text += f"{line}\n"


def _plan(args: argparse.Namespace, out: Path, cores: CorePlan) -> None:
    """Find the pairs, write lists and config, and print the plan."""
    import torch

    from ..data.own_pairs import find_own_pairs
    from ..engine.own_config import VALIDATIONS, OwnRun, crop_size, own_config
    from ..engine.step_timing import time_training

    _check_new(out)
    torch.set_num_threads(cores.threads)
    pairs = find_own_pairs(args.data, args.pattern)
    for name, part in (("train.txt", pairs.train), ("val.txt", pairs.val)):
        write_text_atomically(out / name, "\n".join(part.names) + "\n")
    run = OwnRun(pairs, out, args.start, args.teacher)

    def config(iterations: int) -> "Config":
        return _with_options(own_config(run, iterations, cores.workers), args)

    _quieten()
    plan = _Plan()
    plan.tell("pairs", _told_pairs(pairs, out))
    iterations = args.iters or ITERATIONS
    cfg = config(iterations)
    plan.tell("network", _told_network(cfg, args))
    step, validation = time_training(cfg)
    fewest = ""
    if args.minutes:
        seconds = 60 * args.minutes * _PLANNED - VALIDATIONS * validation
        iterations = max(_FEWEST, int(seconds / step))
        fewest = ", the fewest," * (iterations == _FEWEST)
    cfg = config(iterations)
    iterations = cfg.train_cfg.max_iters
    minutes = (iterations * step + VALIDATIONS * validation) / 60
    height, width = crop_size(pairs.size)
    crops = f"{counted(cfg.train_dataloader.batch_size, 'crop')} of {width}x{height}"
    plan.tell(
        "training",
        f"{counted(iterations, 'iteration')}{fewest} of {crops}, {step:.3g} s each with {cores}: "
        f"about {_told_time(minutes)}",
    )
    curves = f"curves by tensorboard --logdir {shlex.quote(str(out))}; " if args.tensorboard else ""
    plan.tell(
        "results",
        f"{out / PAGE}, logs and weights beside it; {curves}Ctrl-C keeps what is reached, --resume goes on",
    )
    write_text_atomically(out / "plan.txt", plan.text)
    cfg.dump(str(out / CONFIG))


def _train(out: Path, args: argparse.Namespace) -> None:
    from mmengine.config import Config

    from ..engine.fusion_runner import QuietRunner
    from ..engine.resume_check import unfinished_run
    from ..engine.running import run_training

    if args.resume is None:
        run_training(str(out / CONFIG), work_dir=str(out), runner_type=QuietRunner)
        return
    if not (out / CONFIG).is_file():
        raise UserError(f"{out} has no run to go on with: leave --resume out, or correct --out")
    loop = Config.fromfile(out / CONFIG).train_cfg
    if args.iters not in (None, loop.max_iters) and "train_cfg.max_iters" not in (args.cfg_options or {}):
        raise UserError(
            f"{out} has a run of {counted(loop.max_iters, 'iteration')}, which --resume ends with: leave --iters "
            f"out, or train on from its weights, --from {shlex.quote(str(out / 'last.safetensors'))} --out DIR"
        )
    unfinished = unfinished_run(out, loop)
    if unfinished and args.resume == "auto":
        print(f"{unfinished}; it goes on there", flush=True)
    # The config of the run has what was asked for at its start; what is asked for now counts.
    run_training(
        str(out / CONFIG),
        work_dir=str(out),
        resume=args.resume,
        amp=args.amp,
        cfg_options=args.cfg_options,
        tensorboard=args.tensorboard,
        runner_type=QuietRunner,
    )


def _report(out: Path) -> None:
    """Publish the weights and write the page."""
    from mmengine.config import Config

    from ..analysis.training_page import PYRAMID, write_training_page
    from ..export.model_files import publish_network
    from ..models.weight_files.checkpoints import last_checkpoint, resolve_checkpoint

    cfg = Config.fromfile(out / CONFIG)
    files = {}
    for name, checkpoint in (("last", last_checkpoint(out)), ("best", resolve_checkpoint(out))):
        if checkpoint is not None:
            files[name] = publish_network(out / CONFIG, checkpoint, out / f"{name}.safetensors", half=True)
    weights = ({"before": cfg.load_from} if cfg.load_from else {}) | files
    command = f"mmfusion fuse A B OUT --weights {shlex.quote(str(out / 'best.safetensors'))}"
    page = out / PAGE
    result = write_training_page(page, cfg, weights, (out / "plan.txt").read_text(), command)
    figure = dict(zip(result.methods, result.columns(["balanced_quality"])[:, 0]))
    shown = [f"{name} {figure[name]:.3f}" for name in ("before", "best", "last", PYRAMID) if name in figure]
    print(f"balanced_quality of the validation pairs: {', '.join(shown)}")
    if figure.get("before", 0.0) >= figure.get("best", 1.0):
        print(f"note      not better than {cfg.load_from} yet: train longer, or on more pairs")
    print(f"results   {page}\nfuse      {command}")


def _check_new(out: Path) -> None:
    """Refuse a folder that has a run."""
    from mmengine.config import Config

    from ..engine.resume_check import unfinished_run
    from ..models.weight_files.checkpoints import last_checkpoint

    if not (out / CONFIG).is_file() or last_checkpoint(out) is None:
        return
    unfinished = unfinished_run(out, Config.fromfile(out / CONFIG).train_cfg)
    if unfinished:
        raise UserError(f"{unfinished}: go on with --resume, or give another folder as --out")
    page = out / PAGE
    if not page.is_file():
        raise UserError(
            f"{out} has a run that was stopped before its page was written: --resume writes it, or give another "
            "folder as --out"
        )
    raise UserError(f"{out} has a run that is done ({page}): give another folder as --out")


def _with_options(cfg: "Config", args: argparse.Namespace) -> "Config":
    from ..engine.mixed_precision import use_mixed_precision
    from ..engine.running import show_in_tensorboard
    from ..zoo.config_options import apply_options

    apply_options(cfg, args.cfg_options or {}, CONFIG)
    if args.amp:
        use_mixed_precision(cfg)
    if args.tensorboard:
        show_in_tensorboard(cfg)
    return cfg


def _quieten() -> None:
    """Nothing but the plan and the progress is shown."""
    from mmengine.logging import MMLogger

    from ..engine.console import silence_console

    silence_console(MMLogger.get_current_instance())


def _told_pairs(pairs: "OwnPairs", out: Path) -> str:
    counts = f"{len(pairs.train.names)} to train with, {len(pairs.val.names)} to validate"
    parts = [
        f"{counts} ({out / 'train.txt'}, val.txt), {pairs.modality}, {_told_size(pairs)}",
        f"A {pairs.train.folder_a}, B {pairs.train.folder_b}",
        _told_texts(pairs),
        *pairs.left_out,
    ]
    return f"\n{'':<10}".join(parts)


def _told_texts(pairs: "OwnPairs") -> str:
    missing = len(pairs.train.names) + len(pairs.val.names) - pairs.texts
    if not pairs.texts:
        return "texts from image statistics"
    rest = f", those of the other {missing} from image statistics" if missing else ""
    return f"{counted(pairs.texts, 'text')} in {pairs.train.texts or pairs.val.texts}{rest}"


def _told_size(pairs: "OwnPairs") -> str:
    sizes = dict.fromkeys(f"{width}x{height}" for height, width in pairs.span)
    return " to ".join(sizes)


def _told_network(cfg: "Config", args: argparse.Namespace) -> str:
    from ..analysis.named_network import count_parameters
    from ..zoo.config_files import network_of

    start = "the Laplacian pyramid" if cfg.load_from is None else f"the weights {cfg.load_from}"
    taught = f", distilled from {args.teacher}" if args.teacher else ""
    return f"{count_parameters(network_of(cfg.model)):,} parameters, starts from {start}{taught}"


def _told_time(minutes: float) -> str:
    return f"{max(1, round(minutes))} min" if minutes < 90 else f"{minutes / 60:.1f} h"


def check_own_arguments(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """End the program if arguments do not go together."""
    only: Sequence[str] = ("teacher", "iters", "minutes", "pattern")
    given = [f"--{name}" for name in only if getattr(args, name) is not None]
    given += ["--from"] * (args.start != parser.get_default("start"))
    if args.config and args.data:
        parser.error("give a CONFIG or --data, not both")
    if not (args.config or args.data):
        parser.error("give a CONFIG, its file or its name, or --data with a folder of pairs")
    if args.config and given:
        parser.error(f"{given[0]} goes with --data: a config says it itself")
    if args.data and len(args.data) > 2:
        parser.error("--data takes one folder, or the folders of source A and of source B")
    if args.iters and args.minutes:
        parser.error("give --iters or --minutes, not both")
    if args.data and (args.launcher != "none" or args.auto_scale_lr):
        parser.error(
            "--launcher and --auto-scale-lr go with a CONFIG: --data writes one, config.py in its --out"
        )
