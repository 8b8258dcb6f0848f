"""Training and testing by a config: what tools/train.py and tools/test.py call."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import mmengine
import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from ..extras import missing_module
from ..models.weight_files.checkpoints import CheckpointError, last_checkpoint, resolve_checkpoint
from ..system.cores import plan_cores
from ..system.launching import check_launcher
from ..system.regular_file import check_writable, write_atomically
from ..user_errors import MissingPackageError, UserError, reason_of
from ..zoo.config_files import fusor_of, read_config
from ..zoo.config_options import apply_options
from ..zoo.model_index import shipped_weights
from . import FusionRunner
from .mixed_precision import use_mixed_precision
from .resume_check import tell_of_unfinished_run


def load_config(
    config: str | Path, cfg_options: dict | None = None, work_dir: str | None = None, launcher: str = "none"
) -> Config:
    """Read a config and what the command line says about it.

    Args:
        config (str | Path): Config file.
        cfg_options (dict, optional): Settings that replace those of the file. Default: None.
        work_dir (str, optional): Folder of logs and checkpoints. Default: None, the config's own, else
            `work_dirs/NAME_OF_CONFIG`.
        launcher (str): 'none', 'pytorch', 'slurm' or 'mpi'. Default: 'none'.

    Returns:
        Config: Ready for a Runner.

    Raises:
        MissingFileError: If the config does not exist.
        UserError: If the config cannot be used, or has no such setting, or the launcher has not started this process.
    """
    check_launcher(launcher)
    cfg = read_config(config)
    cfg.launcher = launcher
    apply_options(cfg, cfg_options or {}, config)
    cfg.work_dir = work_dir or cfg.get("work_dir") or os.path.join("work_dirs", Path(config).stem)
    return cfg


def run_training(
    config: str,
    work_dir: str | None = None,
    resume: str | None = None,
    amp: bool = False,
    auto_scale_lr: bool = False,
    cfg_options: dict | None = None,
    launcher: str = "none",
    allow_partial: bool = False,
    tensorboard: bool = False,
    runner_type: type[FusionRunner] = FusionRunner,
) -> Runner:
    """Train a model.

    Args:
        config (str): Config file, or the name of a config that comes with the package.
        work_dir (str, optional): See :func:`load_config`.
        resume (str, optional): 'auto' goes on from the last checkpoint of the work folder, if there is one; else
            the checkpoint to go on from. Default: None, start again.
        amp (bool): Mixed precision. Default: False.
        auto_scale_lr (bool): Scale the learning rate by the batch size, as the config says. Default: False.
        cfg_options (dict, optional): Settings that replace those of the config. Default: None.
        launcher (str): See :func:`load_config`.
        allow_partial (bool): Start from weights (`load_from`) that fit the model in part, and list what does not.
            Default: False.
        tensorboard (bool): Write curves for TensorBoard too, into the folder of the log. Default: False.
        runner_type (type[FusionRunner]): Class of the runner. Default: :class:`FusionRunner`.

    Returns:
        Runner: The runner, after training.

    Raises:
        CheckpointError: If a checkpoint to resume or start from, or the teacher's, is missing or does not fit.
        MissingPackageError: If a part of the config needs a package that is not installed.
        UserError: If `auto_scale_lr` is asked of a config without a base batch size.
    """
    cfg = load_config(config, cfg_options, work_dir, launcher)
    if amp:
        use_mixed_precision(cfg)
    if auto_scale_lr:
        if "base_batch_size" not in cfg.get("auto_scale_lr", {}):
            raise UserError(f"--auto-scale-lr needs auto_scale_lr.base_batch_size in {config}")
        cfg.auto_scale_lr.enable = True
    if tensorboard:
        show_in_tensorboard(cfg)
    _share_cores(cfg, cfg_options or {}, is_told=runner_type.shows_log)
    if resume is not None:
        _resume(cfg, resume)
    else:
        tell_of_unfinished_run(cfg)
    if cfg.get("load_from"):
        cfg.load_from = _existing(shipped_weights(str(cfg.load_from)))
    with _naming_missing_packages(config):
        return _train(cfg, allow_partial, runner_type)


def show_in_tensorboard(cfg: Config) -> None:
    """Let a run write its curves for TensorBoard too.

    Raises:
        MissingPackageError: If TensorBoard is not installed.
    """
    if find_spec("tensorboard") is None:
        raise MissingPackageError("--tensorboard needs the package tensorboard: pip install tensorboard")
    visualizer = cfg.setdefault("visualizer", dict(type="Visualizer", vis_backends=[]))
    kept = [backend for backend in visualizer.get("vis_backends") or [] if "Tensorboard" not in str(backend)]
    visualizer["vis_backends"] = [*kept, dict(type="TensorboardVisBackend")]


def _share_cores(cfg: Config, options: dict, is_told: bool) -> None:
    """On a processor: no more threads, and no more processes that read, than there are cores for."""
    if get_device() != "cpu" or cfg.launcher != "none":
        return
    cores = plan_cores()
    torch.set_num_threads(cores.threads)
    for part in ("train", "val"):
        loaders = cfg.get(f"{part}_dataloader") or []
        for loader in loaders if isinstance(loaders, list) else [loaders]:
            is_asked_for = any(f"{part}_dataloader" in key and "num_workers" in key for key in options)
            if not is_asked_for and loader.get("num_workers", 0) > cores.workers:
                loader["num_workers"] = cores.workers
    if is_told:
        print(f"computing with {cores}", flush=True)


def _train(cfg: Config, allow_partial: bool, runner_type: type[FusionRunner]) -> Runner:
    runner = runner_type.from_cfg(cfg)
    runner.allow_partial = allow_partial
    model = runner.model.module if is_model_wrapper(runner.model) else runner.model
    if not getattr(model, "reads_annotations", True) and _has_annotations(cfg):
        runner.logger.info(
            "the annotations of the training pairs change nothing: no network of this config is guided by text, and "
            "its loss knows no events"
        )
    runner.train()
    return runner


@contextmanager
def _naming_missing_packages(config: str) -> Iterator[None]:
    """Say in one sentence which package a part of a config lacks (a logger of wandb, say)."""
    try:
        yield
    except ImportError as error:
        package = missing_module(error)
        if isinstance(error, UserError) or (package or "").startswith(__package__.partition(".")[0]):
            raise
        raise MissingPackageError(
            f"{config} names a part that needs {package or 'a package'}, which is not installed "
            f"({reason_of(error)}): install it, or take the part out of the config"
        ) from error


def _has_annotations(cfg: Config) -> bool:
    loader = cfg.get("train_dataloader")
    dataset = loader.get("dataset") if isinstance(loader, dict) else None
    if not isinstance(dataset, dict):
        raise UserError(
            "train_dataloader of the config has no dataset: it is a dict with a dict called dataset"
        )
    return bool(dataset.get("data_prefix", {}).get("annotation") or dataset.get("annotator"))


def _resume(cfg: Config, resume: str) -> None:
    """Let a config go on from a checkpoint, or 'auto'matically from the last one of the work folder."""
    if resume == "auto":
        latest = last_checkpoint(cfg.work_dir)
        if latest is None:
            print(f"nothing to resume in {cfg.work_dir}: training starts at the beginning")
            # Else mmengine would take what the config starts from for a run to go on with.
            cfg.resume = False
            return
        resume = str(latest)
    if not Path(resume).is_file():
        raise CheckpointError(f"the checkpoint {resume} to resume from does not exist")
    cfg.resume, cfg.load_from = True, resume


def _existing(checkpoint: str | Path) -> str:
    """The file that a checkpoint's path means; before anything is built, which takes a while."""
    path = resolve_checkpoint(checkpoint)
    if not path.is_file():
        raise CheckpointError(f"the checkpoint {path} does not exist: train it first, or correct the path")
    return str(path)


def _prepare_file(path: str) -> None:
    """Make sure that metrics can be written to a file, before they are computed."""
    suffixes = (".json", ".yaml", ".yml", ".pkl")
    if not path.endswith(suffixes):
        raise UserError(f"--out {path}: the file must end in {', '.join(suffixes)}")
    if Path(path).is_dir():
        raise UserError(f"--out {path} is a folder: name a file")
    check_writable(Path(path).parent)


class _MetricsKeeper(Hook):
    """MMagic's test loop shows its metrics to hooks only."""

    def after_test_epoch(self, runner: Runner, metrics: dict[str, float] | None = None) -> None:
        self.metrics = {name: float(value) for name, value in (metrics or {}).items()}


def run_test(
    config: str,
    checkpoint: str,
    work_dir: str | None = None,
    out: str | None = None,
    amp: bool = False,
    cfg_options: dict | None = None,
    launcher: str = "none",
    allow_partial: bool = False,
) -> dict[str, float]:
    """Test a model on the test set of its config.

    Args:
        config (str): Config file.
        checkpoint (str): The weights: a file, the work folder of a run, whose best checkpoint is taken, or the name
            of weights that come with the package.
        work_dir (str, optional): See :func:`load_config`.
        out (str, optional): File for the metrics (.json, .yaml or .pkl). Default: None.
        amp (bool): Mixed precision. Default: False.
        cfg_options (dict, optional): Settings that replace those of the config. Default: None.
        launcher (str): See :func:`load_config`.
        allow_partial (bool): Test with weights that fit the model in part, and list what does not. Default: False.

    Returns:
        dict[str, float]: Metrics by name.

    Raises:
        CheckpointError: If the checkpoint does not exist or does not fit the model.
        OSError: If `out` cannot be written.
        MissingPackageError: If a part of the config needs a package that is not installed.
        UserError: If the config has no such setting, or `out` is no file for metrics.
    """
    cfg = load_config(config, cfg_options, work_dir, launcher)
    cfg.load_from, cfg.resume = _existing(shipped_weights(checkpoint)), False
    if out:
        _prepare_file(out)
    cfg.model = fusor_of(cfg.model)
    # Hooks ask for the iteration, for which mmengine would build the training, data set and all.
    for part in ("train_dataloader", "train_cfg", "optim_wrapper", "param_scheduler"):
        cfg[part] = None
    if amp:
        cfg.test_cfg.fp16 = True
    keeper = _MetricsKeeper()
    with _naming_missing_packages(config):
        runner = FusionRunner.from_cfg(cfg)
        runner.allow_partial = allow_partial
        runner.register_hook(keeper, "LOWEST")
        runner.test()
    metrics = keeper.metrics
    if out:
        content = mmengine.dump(metrics, file_format=Path(out).suffix[1:])
        write_atomically(out, content if isinstance(content, bytes) else content.encode())
    return metrics
