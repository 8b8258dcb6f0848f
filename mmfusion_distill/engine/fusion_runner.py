"""A runner that takes no weights that do not fit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.dist import is_main_process
from mmengine.hooks import CheckpointHook
from mmengine.logging import MMLogger
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from mmengine.runner.base_loop import BaseLoop
from torch.utils.data import DataLoader

from ..models.weight_files.checkpoints import fit_model, read_checkpoint, select_fitting
from ..registry import RUNNERS
from ..system.regular_file import replaced_when_written
from ..user_errors import UserError
from .console import shorten_console, silence_console
from .finite_guard_hook import PackedBatchHook
from .keep_progress_hook import KeepProgressHook, StoppableRunner
from .reading_workers import heed_only_the_parent
from .resumable_loops import resumable
from .resume_check import check_run_state

#: What building a part of a config raises that has other values than it takes.
_UNBUILDABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


@contextmanager
def _named(key: str) -> Iterator[None]:
    """Say where in a config the values are that something could not be built from."""
    try:
        yield
    except UserError:
        raise
    except _UNBUILDABLE as error:
        # A KeyError shows its sentence in quotation marks.
        told = error.args[0] if isinstance(error, KeyError) and error.args else error
        reason = (str(told).strip().splitlines() or [type(error).__name__])[-1]
        raise UserError(f"{key} of the config cannot be built ({reason[:300]})") from error


def _naming(key: str, build: Callable[..., Any]) -> Callable[..., Any]:
    """A method of mmengine's runner, with :func:`_named` around it."""

    def build_or_name(*args: Any, **kwargs: Any) -> Any:
        """See mmengine; a config that cannot be built is one sentence."""
        with _named(key):
            return build(*args, **kwargs)

    return build_or_name


@RUNNERS.register_module()
class FusionRunner(StoppableRunner):
    """mmengine's runner, whose checkpoints fit the model as a whole or are refused, and whose runs lose nothing.

    mmengine's own writes missing and left-over weights into its log and goes on with random ones. Files are read
    without executing anything in them, and may be safetensors or the weights of a network alone. Every run has a
    :class:`KeepProgressHook`, and loops that can be resumed anywhere (:mod:`resumable_loops`).

    Attributes:
        allow_partial (bool): Take the weights that fit and list the others, where weights are loaded to start from
            or to be tested; a run is resumed as a whole or not at all. Default: False.
        shows_log (bool): Whether the log is on the console too, long messages by their first line. Default: True.
    """

    allow_partial = False
    shows_log = True

    build_model = _naming("model", Runner.build_model)
    build_optim_wrapper = _naming("optim_wrapper", Runner.build_optim_wrapper)
    build_param_scheduler = _naming("param_scheduler", Runner.build_param_scheduler)
    build_val_loop = _naming("val_cfg", Runner.build_val_loop)
    build_test_loop = _naming("test_cfg", Runner.build_test_loop)
    build_visualizer = _naming("visualizer", Runner.build_visualizer)
    build_log_processor = _naming("log_processor", Runner.build_log_processor)
    register_default_hooks = _naming("default_hooks", Runner.register_default_hooks)
    register_custom_hooks = _naming("custom_hooks", Runner.register_custom_hooks)
    setup_env = _naming("env_cfg", Runner.setup_env)
    build_evaluator = _naming("val_evaluator or test_evaluator", Runner.build_evaluator)

    @staticmethod
    def build_dataloader(*args: Any, **kwargs: Any) -> DataLoader:
        """See mmengine; the processes that read are not ended before this one."""
        with _named("a dataloader"):
            loader = Runner.build_dataloader(*args, **kwargs)
        heed_only_the_parent(loader)
        return loader

    @classmethod
    def from_cfg(cls, cfg: Config) -> "FusionRunner":
        """Build a runner from a config.

        Raises:
            UserError: If the config cannot be built.
        """
        with _named("a part"):
            return super().from_cfg(cfg)

    def build_logger(self, *args: Any, **kwargs: Any) -> MMLogger:
        """See mmengine; what is long, as the config, is in the file of the log only."""
        logger = super().build_logger(*args, **kwargs)
        (shorten_console if self.shows_log else silence_console)(logger)
        return logger

    def build_train_loop(self, loop: BaseLoop | dict) -> BaseLoop:
        """See mmengine; its two loops are replaced by those that can be resumed anywhere."""
        with _named("train_cfg"):
            return super().build_train_loop(resumable(loop) if isinstance(loop, dict) else loop)

    def register_hooks(self, *args: Any, **kwargs: Any) -> None:
        """See mmengine; batches are checked, and progress is kept even if the config says nothing of it."""
        super().register_hooks(*args, **kwargs)
        self.register_hook(PackedBatchHook())
        if not any(isinstance(hook, KeepProgressHook) for hook in self.hooks):
            self.register_hook(KeepProgressHook())

    def load_checkpoint(
        self,
        filename: str,
        map_location: str | Callable = "cpu",
        strict: bool = True,
        revise_keys: list | None = None,
    ) -> dict:
        """Load the weights of a checkpoint into the model.

        Args:
            filename (str): The checkpoint; see
                :func:`~mmfusion_distill.models.weight_files.checkpoints.read_checkpoint`.
            map_location (str | Callable): Not used: weights go where the model is. Default: 'cpu'.
            strict (bool): Not used: see :attr:`allow_partial`. Default: True.
            revise_keys (list, optional): Not used. Default: None.

        Returns:
            dict: The checkpoint.

        Raises:
            CheckpointError: If it cannot be read or does not fit.
        """
        model = self.model.module if is_model_wrapper(self.model) else self.model
        checkpoint = read_checkpoint(filename)
        partial = self.allow_partial and not self._resume
        hint = "" if self._resume else ": give --allow-partial to take what fits"
        state, problems = fit_model(
            model, checkpoint["state_dict"], filename, partial, hint, starts=not self._resume
        )
        checkpoint["state_dict"] = state
        if problems:
            self.logger.warning(f"{filename} was loaded in part; what did not fit: {'; '.join(problems)}")
        average = checkpoint.get("ema_state_dict")
        if self._resume:
            check_run_state(self, checkpoint, filename)
        if average is not None:
            # mmengine's EMAHook exchanges them by name, unchecked.
            average = {key: value for key, value in average.items() if key.startswith("module.")}
            select_fitting({f"module.{key}": value for key, value in state.items()}, average, filename)
        self.call_hook("after_load_checkpoint", checkpoint=checkpoint)
        model.load_state_dict(checkpoint["state_dict"], strict=False)
        self._has_loaded = True
        self.logger.info(f"Load checkpoint from {filename}")
        return checkpoint

    def save_checkpoint(self, out_dir: str, filename: str, *args: Any, **kwargs: Any) -> None:
        """Save a checkpoint in one step: a full disk or a kill leaves no part of one.

        Raises:
            OSError: One sentence with path and cause.
        """
        if not is_main_process() or "://" in str(out_dir):
            # The others only take part in what is done together, and a remote store writes as a whole.
            super().save_checkpoint(out_dir, filename, *args, **kwargs)
            return
        with replaced_when_written(Path(out_dir) / filename) as temporary:
            super().save_checkpoint(str(temporary.parent), temporary.name, *args, **kwargs)
        if kwargs.get("save_optimizer", True):
            self.saved_iter = kwargs.get("meta", {}).get("iter")

    def dump_config(self) -> None:
        """Write the config into the work folder; one that lies there itself is not written over."""
        source = self.cfg.filename
        target = Path(self.work_dir, Path(source).name) if source else None
        if target is None or target.resolve() != Path(source).resolve():
            super().dump_config()
        elif is_main_process():
            self.cfg.dump(str(Path(self.log_dir, target.name)))

    def call_hook(self, fn_name: str, **kwargs: Any) -> None:
        """Call the hooks; a figure that is to choose the best checkpoint has to be among the metrics.

        Raises:
            UserError: If it is not.
        """
        if fn_name == "after_val_epoch" and (metrics := kwargs.get("metrics")):
            for hook in self.hooks:
                wanted = (
                    hook.key_indicators or () if isinstance(hook, CheckpointHook) and hook.save_best else ()
                )
                missing = [key for key in wanted if key not in metrics and key != "auto"]
                if missing:
                    raise UserError(
                        f"default_hooks.checkpoint.save_best is '{missing[0]}', which the validation does not give: "
                        f"take one of {', '.join(metrics)}"
                    )
        super().call_hook(fn_name, **kwargs)

    def resume(self, filename: str, *args: Any, **kwargs: Any) -> None:
        """Go on from the checkpoint of a run.

        Raises:
            CheckpointError: If it cannot be read, or is of another model, optimizer or schedule.
        """
        self._resume = True
        super().resume(filename, *args, **kwargs)


class QuietRunner(FusionRunner):
    """A :class:`FusionRunner` that writes its log into the file only."""

    shows_log = False
