"""A runner that takes no weights that do not fit."""

from collections.abc import Callable
from typing import Any

from mmagic.registry import RUNNERS
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from ..models.weight_files.checkpoints import fit_model, read_checkpoint, select_fitting
from ..user_errors import UserError
from .resume_check import check_run_state


def _naming(key: str, build: Callable[..., Any]) -> Callable[..., Any]:
    """A method of mmengine's runner that says where in a config the values are that it could not build from."""

    def build_or_name(self: Runner, *args: Any, **kwargs: Any) -> Any:
        """See mmengine; a config that cannot be built is one sentence."""
        try:
            return build(self, *args, **kwargs)
        except UserError:
            raise
        except (AssertionError, KeyError, TypeError, ValueError) as error:
            reason = (str(error).strip("'\" \n").splitlines() or [type(error).__name__])[-1]
            raise UserError(f"{key} of the config cannot be built ({reason[:300]})") from error

    return build_or_name


@RUNNERS.register_module()
class FusionRunner(Runner):
    """mmengine's runner, whose checkpoints fit the model as a whole or are refused.

    mmengine's own writes missing and left-over weights into its log and goes on with random ones. Files are read
    without executing anything in them, and may be safetensors or the weights of a network alone.

    Attributes:
        allow_partial (bool): Take the weights that fit and list the others, where weights are loaded to start from
            or to be tested; a run is resumed as a whole or not at all. Default: False.
    """

    allow_partial = False

    build_model = _naming("model", Runner.build_model)
    build_optim_wrapper = _naming("optim_wrapper", Runner.build_optim_wrapper)
    build_param_scheduler = _naming("param_scheduler", Runner.build_param_scheduler)
    build_evaluator = _naming("val_evaluator or test_evaluator", Runner.build_evaluator)

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
        state, problems = fit_model(model, checkpoint["state_dict"], filename, partial, hint)
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

    def resume(self, filename: str, *args: Any, **kwargs: Any) -> None:
        """Go on from the checkpoint of a run.

        Raises:
            CheckpointError: If it cannot be read, or is of another model, optimizer or schedule.
        """
        self._resume = True
        super().resume(filename, *args, **kwargs)
